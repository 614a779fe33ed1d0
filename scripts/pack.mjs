/**
 * The prepack and postpack of `npm pack` and `npm publish`: what is packed is compiled anew, and nothing else changes.
 *
 * prebuilds/ is there only while npm packs. dist/ is brought up to date, as by `npm run build:ts`, and loses what no
 * source makes any more. build/ is not touched.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prebuildAll } from './prebuild.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const prebuilds = join(root, 'prebuilds');

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** Removes from dist/ what was compiled from a source that is gone: npm runs `prepare` next, which compiles the rest. */
function removeStale() {
  const sources = new Set([
    ...filesIn(join(root, 'src')),
    ...['demos', 'bench'].flatMap((name) => filesIn(join(root, name)).map((file) => join(name, file))),
  ]);
  for (const file of filesIn(join(root, 'dist'))) {
    const source = file.replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts');
    if (!sources.has(source)) rmSync(join(root, 'dist', file));
  }
}

const when = process.argv[2];
if (when === 'before') {
  removeStale();
  prebuildAll({ all: process.env.npm_command === 'publish' });
} else if (when === 'after') {
  rmSync(prebuilds, { recursive: true, force: true });
} else {
  console.error('usage: node scripts/pack.mjs before | after');
  process.exitCode = 2;
}
