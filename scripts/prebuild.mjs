/**
 * Compiles the addons that the package ships, one for each architecture, and puts them into prebuilds/:
 *
 *     node scripts/prebuild.mjs [--arch x64,arm64] [--out FOLDER] [--all]
 *
 * It compiles in a folder of its own, so build/ stays as it is. An architecture whose compiler is missing is left out
 * and named; with --all, and when npm publishes, that is an error, and what was compiled before does not count.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { report } from './symbols.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const TRIPLES = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };
const PACKAGES = { x64: 'g++-x86-64-linux-gnu', arm64: 'g++-aarch64-linux-gnu' };

const onPath = (command) =>
  process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, command)));

/** The compiler and strip for an architecture, or `undefined` where they are not installed. */
function toolsFor(arch) {
  if (arch === process.arch)
    return { CC: process.env.CC ?? 'cc', CXX: process.env.CXX ?? 'c++', strip: 'strip' };
  const triple = TRIPLES[arch];
  const tools = { CC: `${triple}-gcc`, CXX: `${triple}-g++`, strip: `${triple}-strip` };
  return Object.values(tools).every(onPath) ? tools : undefined;
}

function call(command, args, options) {
  const { error, signal, status } = spawnSync(command, args, { stdio: ['ignore', 2, 2], ...options });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status ?? signal}`);
}

/** Node's headers, where they came with Node: then node-gyp need not fetch them. */
function headers() {
  const prefix = join(process.execPath, '..', '..');
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? { npm_config_nodedir: prefix } : {};
}

/** Compiles in a copy of the sources, and returns the path of the stripped addon. */
function compile(arch, { strip, ...compilers }, folder) {
  for (const name of ['native', 'binding.gyp', 'addon.gypi', 'package.json']) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const gyp = join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  call(process.execPath, [gyp, 'rebuild', `--arch=${arch}`, `--jobs=${availableParallelism()}`], {
    cwd: folder,
    env: { ...headers(), ...process.env, ...compilers },
  });
  const addon = join(folder, 'build', 'Release', 'fd_selectors.node');
  call(strip, ['--strip-unneeded', '--remove-section=.comment', addon]);
  return addon;
}

/** Where an addon is kept that was compiled from these very sources, with this compiler and these headers. */
function cacheFor(arch, { CXX }) {
  const hash = createHash('sha256');
  const sources = readdirSync(join(root, 'native')).map((name) => join('native', name));
  for (const name of [
    ...sources.sort(),
    'addon.gypi',
    'binding.gyp',
    'scripts/prebuild.mjs',
    'package-lock.json',
  ]) {
    hash.update(`${name}\0`).update(readFileSync(join(root, name)));
  }
  hash.update(spawnSync(CXX, ['--version']).stdout ?? '').update(process.version);
  return join(root, 'node_modules', '.cache', 'fd-selectors', `${arch}-${hash.digest('hex')}.node`);
}

/** Compiles for one architecture into `out`, unless that was done before; returns the path of the addon. */
function prebuild(arch, tools, out, anew) {
  const folder = mkdtempSync(join(tmpdir(), 'fd-selectors-prebuild-'));
  try {
    const cached = cacheFor(arch, tools);
    if (anew || !existsSync(cached)) {
      mkdirSync(dirname(cached), { recursive: true });
      copyFileSync(compile(arch, tools, folder), cached);
    }
    const to = join(out, `linux-${arch}`, 'fd-selectors.node');
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(cached, to);
    return to;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Compiles for every architecture that there is a compiler for, in place of what `out` has; checks what they need. */
export function prebuildAll({
  archs = Object.keys(TRIPLES),
  out = join(root, 'prebuilds'),
  all = false,
} = {}) {
  const tools = archs.map((arch) => [arch, toolsFor(arch)]);
  for (const [arch, found] of tools) {
    if (found) continue;
    const message = `no addon for ${arch}: its compiler is missing (apt-get install ${PACKAGES[arch]})`;
    if (all) throw new Error(message);
    console.error(message);
  }
  rmSync(out, { recursive: true, force: true });
  const files = tools.flatMap(([arch, found]) => (found ? [prebuild(arch, found, out, all)] : []));
  if (!report(files)) throw new Error('An addon needs more from a machine than Node does: see above');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { arch: { type: 'string' }, out: { type: 'string' }, all: { type: 'boolean' } },
  });
  prebuildAll({ ...values, archs: values.arch?.split(',') });
}
