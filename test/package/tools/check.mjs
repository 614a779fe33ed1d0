/**
 * Tries a packed tarball with the tools of others: those of published.mjs look at it, bundlers bundle it, nft traces it.
 *
 *     npm run test:package -- TARBALL
 *
 * The tools are installed into a temporary folder, in the versions of package.json beside this file.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { check } from './published.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = resolve(here, '../../..');
const [given] = process.argv.slice(2);
if (given === undefined) {
  console.error('usage: npm run test:package -- TARBALL');
  process.exit(2);
}
const tarball = resolve(given);
const folder = mkdtempSync(join(tmpdir(), 'fd-selectors-tools-'));
const call = (command, args, cwd = folder) =>
  execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 300_000,
  });
const load = async (name) =>
  import(pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href);

const APP = `
import { DefaultSelector, EVENT_READ } from 'fd-selectors';
import { socketpair } from 'fd-selectors/socket';
const [a, b] = socketpair();
const sel = new DefaultSelector();
sel.register(b, EVENT_READ, 'data');
a.send(Buffer.from('ping'));
for (const [key] of sel.select(1)) console.log(key.data, b.recv(9).toString());
`;
const SAYS = 'data ping\n';
const EXTERNAL = /^fd-selectors/;
const prebuilds = join(folder, 'node_modules/fd-selectors/prebuilds');

function expect(found, wanted) {
  if (found !== wanted) throw new Error(`expected ${JSON.stringify(wanted)}, got ${JSON.stringify(found)}`);
}

/** Runs a bundle, in a folder without node_modules if it has all that it needs. */
function runs(file, bundled) {
  if (!bundled) return expect(call(process.execPath, [file]), SAYS);
  const alone = mkdtempSync(join(tmpdir(), 'fd-selectors-bundle-'));
  try {
    cpSync(file, join(alone, basename(file)));
    cpSync(prebuilds, join(alone, 'prebuilds'), { recursive: true });
    expect(call(process.execPath, [join(alone, basename(file))], alone), SAYS);
  } finally {
    rmSync(alone, { recursive: true });
  }
}

const out = (name) => join(folder, 'out', name);

async function esbuild(format, bundled) {
  const { build } = await load('esbuild');
  const outfile = out(`esbuild-${bundled}.${format === 'esm' ? 'mjs' : 'cjs'}`);
  const external = bundled ? [] : ['fd-selectors'];
  const entryPoints = [join(folder, 'app.mjs')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format, external, logLevel: 'error' });
  runs(outfile, bundled);
}

async function rollup() {
  const { rollup: start } = await load('rollup');
  const warnings = [];
  const bundle = await start({
    input: join(folder, 'app.mjs'),
    external: [EXTERNAL, /^node:/],
    onwarn: ({ message }) => warnings.push(message),
  });
  await bundle.write({ file: out('rollup.mjs'), format: 'es' });
  expect(warnings.join('\n'), '');
  runs(out('rollup.mjs'), false);
}

/** Rolldown, Vite's bundler, resolves packages by itself. */
async function vite(bundled) {
  const { build } = await import(createRequire(join(root, 'package.json')).resolve('vite'));
  const name = `vite-${bundled}.mjs`;
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    ...(bundled && { ssr: { noExternal: true } }),
    build: {
      ssr: join(folder, 'app.mjs'),
      outDir: out(''),
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: name } },
    },
  });
  runs(out(name), bundled);
}

async function webpack() {
  const { default: start } = await load('webpack');
  const stats = await new Promise((settle, fail) =>
    start(
      {
        mode: 'production',
        target: 'node20',
        entry: join(folder, 'app.mjs'),
        output: { path: out(''), filename: 'webpack.cjs' },
        externalsType: 'commonjs',
        externals: [({ request }, done) => (EXTERNAL.test(request) ? done(null, request) : done())],
      },
      (error, result) => (error ? fail(error) : settle(result)),
    ),
  );
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString());
  runs(out('webpack.cjs'), false);
}

async function nft() {
  const { nodeFileTrace } = await load('@vercel/nft');
  const { fileList } = await nodeFileTrace([join(folder, 'app.mjs')], { base: folder });
  const addon = `node_modules/fd-selectors/prebuilds/linux-${process.arch}/fd-selectors.node`;
  if (!fileList.has(addon)) throw new Error(`${addon} is not traced`);
  const copy = join(folder, 'traced');
  for (const file of fileList) cpSync(join(folder, file), join(copy, file), { recursive: true });
  expect(call(process.execPath, [join(copy, 'app.mjs')], copy), SAYS);
}

/** As docs/bundling.md says, with the Node that runs this; in a folder that has nothing else but prebuilds/. */
async function executable() {
  const { build } = await load('esbuild');
  const { inject } = await load('postject');
  const alone = mkdtempSync(join(tmpdir(), 'fd-selectors-sea-'));
  try {
    const [main, output, app] = ['app.cjs', 'app.blob', 'app'].map((name) => join(alone, name));
    const entryPoints = [join(folder, 'app.mjs')];
    await build({
      entryPoints,
      outfile: main,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
    writeFileSync(
      join(alone, 'sea.json'),
      JSON.stringify({ main, output, disableExperimentalSEAWarning: true }),
    );
    call(process.execPath, ['--experimental-sea-config', 'sea.json'], alone);
    cpSync(process.execPath, app);
    chmodSync(app, 0o755);
    const sentinelFuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
    await inject(app, 'NODE_SEA_BLOB', readFileSync(output), { sentinelFuse });
    for (const file of [main, output]) rmSync(file);
    cpSync(prebuilds, join(alone, 'prebuilds'), { recursive: true });
    expect(call(app, [], tmpdir()), SAYS);
  } finally {
    rmSync(alone, { recursive: true });
  }
}

async function published() {
  if (!(await check(tarball))) throw new Error('see above');
}

const checks = {
  'publint and attw': published,
  'esbuild, external': () => esbuild('esm', false),
  'esbuild, bundled to ESM': () => esbuild('esm', true),
  'esbuild, bundled to CommonJS': () => esbuild('cjs', true),
  'rollup, external': rollup,
  'vite ssr, external': () => vite(false),
  'vite ssr, bundled': () => vite(true),
  'webpack, external': webpack,
  'nft traces the addon': nft,
  'a single executable': executable,
};

try {
  cpSync(join(here, 'package.json'), join(folder, 'package.json'));
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts'];
  call('npm', ['install', '--no-package-lock', ...flags]);
  call('npm', ['install', '--no-save', '--no-package-lock', ...flags, tarball]);
  writeFileSync(join(folder, 'app.mjs'), APP);
  mkdirSync(join(folder, 'out'));
  if (!existsSync(prebuilds)) throw new Error('the tarball has no prebuilds/');
  for (const [name, run] of Object.entries(checks)) {
    try {
      await run();
      console.log(`ok      ${name}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`FAILED  ${name}\n${error.stack}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
