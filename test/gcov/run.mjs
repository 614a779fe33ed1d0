// Which lines of the addon the tests run, by gcov:
//
//   npm run coverage:native
//
// Builds the addon with counters in build-coverage, runs the tests of the library on it, and prints each file with
// the lines that did not run.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const objects = join(root, 'build-coverage/build/CMakeFiles/fd_selectors.dir/native');
const env = {
  ...process.env,
  FD_SELECTORS_PREBUILD: join(root, 'build-coverage'),
  // The processes of the tests are ended by a signal: only an exit writes the counters.
  NODE_OPTIONS: `--import=${new URL('exit.mjs', import.meta.url)}`,
};

function run(command, args, options = {}) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (status !== 0) console.log(`${command} ended with ${status}`);
}

run('npx', ['cmake-js', 'compile', '--out', 'build-coverage/build', '--CDCOVERAGE=ON', '--CDWERROR=ON']);
for (const file of readdirSync(objects)) if (file.endsWith('.gcda')) rmSync(join(objects, file));
run('npx', ['vitest', 'run', '--exclude', 'test/{bench,cli,demos,package}/**', ...process.argv.slice(2)], {
  env,
});

/** By file, how often each line ran, whatever included it. */
const files = new Map();
for (const file of readdirSync(objects).filter((name) => name.endsWith('.gcda'))) {
  const args = ['--json-format', '--stdout', join(objects, file)];
  const { stdout } = spawnSync('gcov', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  for (const one of JSON.parse(stdout).files) {
    if (!one.file.startsWith(join(root, 'native'))) continue;
    const lines = files.get(one.file) ?? new Map();
    files.set(one.file, lines);
    for (const { line_number: line, count } of one.lines) lines.set(line, (lines.get(line) ?? 0) + count);
  }
}

/** `1-3, 7` */
function ranges(lines) {
  const found = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last !== undefined && line === last[1] + 1) last[1] = line;
    else found.push([line, line]);
  }
  return found.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(', ');
}

let all = 0;
let ran = 0;
for (const [file, lines] of [...files].sort()) {
  const missing = [...lines].filter(([, count]) => count === 0).map(([line]) => line);
  all += lines.size;
  ran += lines.size - missing.length;
  const percent = ((1 - missing.length / lines.size) * 100).toFixed(1);
  console.log(
    `${basename(file).padEnd(20)} ${percent.padStart(5)} %  ${ranges(missing.sort((a, b) => a - b))}`,
  );
}
console.log(`${'all'.padEnd(20)} ${((ran / all) * 100).toFixed(1).padStart(5)} % of ${all} lines`);
