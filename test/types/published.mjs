/**
 * Compiles a program against the published types, without skipLibCheck, with old and new TypeScript and @types/node:
 *
 *     npm run test:types -- [--tarball FILE] [--here] [COMPILER...]
 *
 * It installs the compilers into a temporary directory, which takes the network and some minutes; `--here` takes those
 * of this checkout. The types are those of a packed tarball, or of dist/.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const COMPILERS = ['5.7', '5.9', '6.0', '7.0'];
const NODES = ['20', '22', '24', '26'];
/** How a project may resolve modules. */
const MODULES = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'node16', moduleResolution: 'node16' },
  { module: 'esnext', moduleResolution: 'bundler' },
];

const PROGRAM = `
import { DefaultSelector, EVENT_READ, ready } from 'fd-selectors';
import { EventFd, fcntl, openpty, pipe, readv, signals, TimerFd, Waker } from 'fd-selectors/fds';
import { epoll, poll, select } from 'fd-selectors/select';
import { AF_INET6, createServer, gaierror, Socket, type InetAddress, timeout } from 'fd-selectors/socket';

const server = createServer(['127.0.0.1', 0]);
const address: InetAddress = server.getsockname();
const [conn] = server.accept();
const data: Uint8Array = conn.recv(10);
// @ts-expect-error it is a Buffer
const count: number = conn.recv(10);
const line: string = conn.makefile().readline();
const bytes: Buffer = conn.makefile('rb').readline();
const six: number = createServer(['::1', 0], { family: AF_INET6 }).getsockname()[3];
class Own extends Socket {
  greet(): string { return 'hello'; }
}
const own: string = Own.fromFd(5).greet();
const sel = new DefaultSelector<string>();
sel.register(conn, EVENT_READ, 'data');
// @ts-expect-error a string has no descriptor
sel.register('stdin', EVENT_READ, 'data');
for (const [key, events] of sel.select(1)) console.log(key.data, events);
const [reader, writer] = pipe();
export { address, bytes, count, data, epoll, EventFd, fcntl, gaierror, line, openpty, own, poll, reader, readv, ready, select, signals, six, timeout, TimerFd, Waker, writer };
`;

const CONFIG = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2022', 'esnext.disposable'],
    strict: true,
    exactOptionalPropertyTypes: true,
    isolatedModules: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false,
    noEmit: true,
    // No global types but those that the package itself refers to.
    types: [],
  },
  files: ['program.mts'],
};

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals: chosen } = parseArgs({
  options: { tarball: { type: 'string' }, here: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const folder = mkdtempSync(join(tmpdir(), 'fd-selectors-types-'));
let failures = 0;

/** Puts the package, and the program that uses it, into a project. */
function addPackage(place) {
  const installed = join(place, 'node_modules/fd-selectors');
  mkdirSync(installed, { recursive: true });
  if (values.tarball) {
    execFileSync('tar', ['xzf', resolve(values.tarball), '--strip-components=1', '-C', installed]);
  } else {
    cpSync(join(root, 'package.json'), join(installed, 'package.json'));
    cpSync(join(root, 'dist'), join(installed, 'dist'), { recursive: true });
  }
  writeFileSync(join(place, 'program.mts'), PROGRAM);
}

function project(name) {
  const place = join(folder, name);
  mkdirSync(place);
  writeFileSync(join(place, 'package.json'), '{"private":true,"type":"module"}');
  return place;
}

/** A project with the compiler and Node's types of this checkout. */
function projectHere() {
  const place = project('here');
  for (const name of ['typescript', '@types/node', 'undici-types']) {
    cpSync(join(root, 'node_modules', name), join(place, 'node_modules', name), { recursive: true });
  }
  addPackage(place);
  return place;
}

/** One with a compiler and a version of Node's types from the registry. */
function projectWith(compiler, node) {
  const place = project(`${compiler}-${node}`);
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
  const wanted = [`typescript@${compiler}`, `@types/node@${node}`];
  execFileSync('npm', ['install', ...flags, ...wanted], {
    cwd: place,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // Last: npm removes what it has not installed itself.
  addPackage(place);
  return place;
}

/** Compiles the program; prints and counts what is wrong with our types. */
function compile(place, modules, title) {
  const compilerOptions = { ...CONFIG.compilerOptions, ...modules };
  writeFileSync(join(place, 'tsconfig.json'), JSON.stringify({ ...CONFIG, compilerOptions }));
  const { status, stdout } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc'], {
    cwd: place,
    encoding: 'utf8',
  });
  // What @types/node itself gets wrong with a compiler is not ours.
  const ours = stdout
    .split('\n')
    .filter((text) => /error TS/.test(text) && !text.startsWith('node_modules/@types/'));
  const known =
    status === 0 ? '' : ` (${stdout.split('\n').length - 1 - ours.length} lines about @types/node)`;
  console.log(`${title}, ${modules.module}: ${ours.length === 0 ? `ok${known}` : 'failed'}`);
  for (const text of ours) console.log(`  ${text}`);
  return ours.length;
}

function compileAll(place, title) {
  for (const modules of MODULES) failures += compile(place, modules, title);
}

try {
  if (values.here) compileAll(projectHere(), 'typescript and @types/node of this checkout');
  for (const compiler of COMPILERS.filter(
    (one) => !values.here && (chosen.length === 0 || chosen.includes(one)),
  )) {
    for (const node of NODES) {
      compileAll(projectWith(compiler, node), `typescript ${compiler}, @types/node ${node}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failures === 0 ? 0 : 1;
