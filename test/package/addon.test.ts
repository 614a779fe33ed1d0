/** Loading the addon: where it is looked for, and what each failure says. Each is made to happen, in a process of its own. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';
import { tempdir } from '../support/tempdir.js';

type TempDir = ReturnType<typeof tempdir>;

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, 'build/Release/fd_selectors.node');
const shipped = join('prebuilds', `linux-${process.arch}`, 'fd-selectors.node');
const [major = 0] = process.versions.node.split('.').map(Number);
const PERMISSION = major < 23 ? '--experimental-permission' : '--permission';

/** What loading ended with: the number of exports, or the code and the message of the error. */
interface Outcome {
  exports?: number;
  file?: string;
  code?: string;
  message?: string;
  cause?: string;
}

/** A package that has nothing but the loader, at `dist/addon.js`. */
function emptyPackage(): TempDir {
  const dir = tempdir();
  mkdirSync(dir.join('dist'));
  cpSync(join(root, 'dist/addon.js'), dir.join('dist/addon.js'));
  writeFileSync(dir.join('package.json'), '{"type":"module"}');
  return dir;
}

/** Puts an addon into a package, with some of its bytes changed. */
function place(dir: TempDir, where = shipped, change: (addon: Buffer) => void = () => {}): string {
  const file = dir.join(where);
  mkdirSync(dirname(file), { recursive: true });
  const addon = readFileSync(built);
  change(addon);
  writeFileSync(file, addon);
  return file;
}

/** Replaces a text by one of the same length, wherever it stands. */
function replace(addon: Buffer, from: string, to: string): void {
  const at = addon.indexOf(`${from}\0`);
  if (at === -1 || from.length !== to.length) throw new Error(`${from} does not stand in the addon`);
  addon.write(to, at);
}

interface Circumstances {
  flags?: string[];
  before?: string;
  env?: NodeJS.ProcessEnv;
}

/** Loads the addon of a package in a process of its own. */
function load(dir: TempDir, { flags = [], before = '', env = {} }: Circumstances = {}): Outcome {
  const code = `${before};
    const { findAddon, loadAddon } = await import(${JSON.stringify(pathToFileURL(dir.join('dist/addon.js')))});
    const tell = (outcome) => console.log(JSON.stringify(outcome));
    try {
      tell({ exports: Object.keys(loadAddon()).length, file: findAddon()?.file });
    } catch ({ code, message, cause }) {
      tell({ code, message, cause: cause?.message });
    }`;
  const args = ['--no-warnings', ...flags, '--input-type=module', '-e', code];
  const { FD_SELECTORS_PREBUILD: _, ...inherited } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    env: { ...inherited, ...env },
    encoding: 'utf8',
    timeout: LIMIT,
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Outcome;
}

it.each([
  ['compiled in the package', 'build/Release/fd_selectors.node'],
  ['shipped with it', shipped],
  ['beside the bundle that the loader is in', join('dist', shipped)],
])('loads the addon %s', (_, where) => {
  using dir = emptyPackage();
  const file = place(dir, where);
  const { exports, file: found } = load(dir);
  expect(exports).toBeGreaterThan(50);
  expect(found).toBe(file);
});

it('prefers what was compiled in the package, and above all what FD_SELECTORS_PREBUILD names', () => {
  using dir = emptyPackage();
  using other = tempdir();
  place(dir);
  const compiled = place(dir, 'build/Release/fd_selectors.node');
  const named = place(other);
  expect(load(dir).file).toBe(compiled);
  expect(load(dir, { env: { FD_SELECTORS_PREBUILD: other.path } }).file).toBe(named);
  using nothing = tempdir();
  const { code } = load(dir, { env: { FD_SELECTORS_PREBUILD: nothing.path } });
  expect(code).toBe('ERR_ADDON_NOT_FOUND');
});

it('says on another system that it needs Linux', () => {
  using dir = emptyPackage();
  place(dir);
  const before = "Object.defineProperty(process, 'platform', { value: 'darwin' })";
  const { code, message } = load(dir, { before });
  expect(code).toBe('ERR_UNSUPPORTED_PLATFORM');
  expect(message).toMatch(/needs Linux, this is darwin/);
});

it('says which architectures there are, and how to compile', () => {
  using dir = emptyPackage();
  const before = "Object.defineProperty(process, 'arch', { value: 'riscv64' })";
  expect(load(dir, { before }).message).toMatch(/no compiled addon for linux-riscv64.*no folder prebuilds/);
  for (const arch of ['x64', 'arm64']) place(dir, `prebuilds/linux-${arch}/fd-selectors.node`);
  const { code, message } = load(dir, { before });
  expect(code).toBe('ERR_ADDON_NOT_FOUND');
  expect(message).toMatch(/The package has it for linux-arm64 and linux-x64\. .*two commands.*building\.md/);
});

const broken: [what: string, change: (addon: Buffer) => void, says: RegExp][] = [
  [
    'libstdc++ is too old',
    (addon) => replace(addon, 'GLIBCXX_3.4.18', 'GLIBCXX_9.9.99'),
    /The C\+\+ library of this machine is too old: GLIBCXX_9\.9\.99 is needed/,
  ],
  [
    'libstdc++ is missing',
    (addon) => replace(addon, 'libstdc++.so.6', 'libstdc--.so.6'),
    /The library libstdc--\.so\.6 is missing: install/,
  ],
  [
    'it is of another C library',
    (addon) => replace(addon, 'epoll_create1', 'epoll_create9'),
    /compiled for another C library/,
  ],
  [
    'it is of another architecture',
    (addon) => addon.writeUInt16LE(process.arch === 'x64' ? 183 : 62, 18),
    /compiled for another architecture/,
  ],
  ['it is not an addon', (addon) => addon.fill('x', 0, 64), /compiled for another architecture/],
];
it.each(broken)('says it where %s', (_, change, says) => {
  using dir = emptyPackage();
  const file = place(dir, shipped, change);
  // As musl does: every name is looked up when the addon is loaded.
  const { code, message, cause } = load(dir, { env: { LD_BIND_NOW: '1' } });
  expect(message).toMatch(says);
  expect(code).toBe('ERR_DLOPEN_FAILED');
  expect(message).toContain(file);
  expect(cause).toBeTruthy();
});

it.each([
  ['--no-addons', ['--no-addons']],
  [PERMISSION, [PERMISSION, '--allow-fs-read=*']],
])('says that addons are disabled by %s', (_, flags) => {
  using dir = emptyPackage();
  place(dir);
  const { code, message } = load(dir, { flags });
  expect(code).toBe('ERR_DLOPEN_DISABLED');
  expect(message).toMatch(/--allow-addons/);
});

it('says that it may not read its folder', () => {
  using dir = emptyPackage();
  place(dir);
  const { code, message } = load(dir, { flags: [PERMISSION, `--allow-fs-read=${dir.join('dist')}/*`] });
  expect(code).toBe('ERR_ACCESS_DENIED');
  expect(message).toMatch(/--allow-fs-read/);
});
