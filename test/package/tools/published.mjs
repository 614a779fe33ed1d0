/** Lets publint and attw, tools of others, look at a packed tarball: `npm run test:published -- TARBALL`. */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';

/** What publint has to say. */
async function lint(tarball) {
  const { messages } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer }, strict: true });
  return messages;
}

/** The package is for `import`; from CommonJS, Node loads it by require(esm), of which attw's older modes know nothing. */
async function types(tarball) {
  const { problems } = await checkPackage(createPackageFromTarballData(tarball));
  const known = ({ kind, resolutionKind }) =>
    ['node10', 'node16-cjs'].includes(resolutionKind) ||
    (kind === 'CJSResolvesToESM' && resolutionKind !== 'bundler');
  return problems.filter((problem) => !known(problem));
}

/** Prints what the tools complain about; returns whether they do not. */
export async function check(file) {
  const tarball = readFileSync(file);
  const complaints = { publint: await lint(tarball), attw: await types(tarball) };
  for (const [tool, messages] of Object.entries(complaints)) {
    console.log(`${messages.length === 0 ? 'ok    ' : 'FAILED'}  ${tool}`);
    for (const message of messages) console.log(`  ${JSON.stringify(message)}`);
  }
  return Object.values(complaints).flat().length === 0;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [file] = process.argv.slice(2);
  if (file === undefined) {
    console.error('usage: npm run test:published -- TARBALL');
    process.exitCode = 2;
  } else if (!(await check(file))) process.exitCode = 1;
}
