// Runs the tests in every runtime: `npm run test:runtimes -- [--in FOLDER] [--only PART] [RUNTIME...]`.
//
// Prints a table, and each failure. On Node vitest runs the tests. Bun and Deno cannot run vitest's workers:
// there each file has a process of its own (testfile.mjs). The runtimes come from npm, into FOLDER, where they
// stay, or into a temporary one. PART is a part of the names of the test files.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { reasonFor } from './known.mjs';
import { fetchRuntime, RUNTIMES } from './runtimes.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const root = here('../..');

/** Milliseconds for one file, and for all of them in vitest. */
const PATIENCE = 180_000;
const PATIENCE_OF_VITEST = 900_000;

/** They test programs that need flags of V8 or count descriptors, or the repository and not the runtime. */
const LEFT_OUT =
  /^test\/(bench|cli|demos|docs|fault|fuzz|load|package|soak|types)\/|^test\/(architecture|gate|links|names|repository)\.test\.ts$/;

const { values, positionals } = parseArgs({
  options: { in: { type: 'string' }, only: { type: 'string', default: '' } },
  allowPositionals: true,
});

/** Runs a program; returns its output if it fails, otherwise nothing. */
function failureOf([command, ...args], { timeout, env = {} }) {
  return new Promise((settle) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: what a test leaves running ends with it.
      detached: true,
      env: { ...process.env, ...env },
    });
    const end = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {}
    };
    const timer = setTimeout(end, timeout);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output = (output + data).slice(-2000);
      });
    }
    child.on('exit', end);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      settle(code === 0 ? undefined : `ended with ${code ?? signal}\n${output}`);
    });
  });
}

/** The features that the smoke test finds broken, with every symbol of the addon looked up at once. */
async function smoke(command, scratch) {
  const result = join(scratch, 'smoke');
  const env = { LD_BIND_NOW: '1' };
  const failure = await failureOf([...command, here('smoke.mjs'), result], { timeout: PATIENCE, env });
  if (failure !== undefined) return [{ name: 'smoke', state: 'fail', reason: failure }];
  return JSON.parse(readFileSync(result, 'utf8'));
}

async function byVitest(command, scratch) {
  const result = join(scratch, 'vitest');
  const args = [
    'run',
    '--exclude',
    'test/{bench,cli,demos,docs,fault,fuzz,load,package,soak}/**',
    ...(values.only ? [values.only] : []),
  ];
  // What the tests start by the name `node` is this one, too.
  const PATH = `${dirname(command[0])}${delimiter}${process.env.PATH}`;
  const env = { PATH, VITEST_JSON: result };
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const failure = await failureOf([...command, vitest, ...args], { timeout: PATIENCE_OF_VITEST, env });
  try {
    return JSON.parse(readFileSync(result, 'utf8')).testResults.flatMap(({ name: file, assertionResults }) =>
      assertionResults.map(({ fullName, status, failureMessages: [reason] }) => ({
        name: `${file.slice(root.length)} > ${fullName}`,
        state: { passed: 'pass', failed: 'fail' }[status] ?? 'skip',
        reason,
      })),
    );
  } catch {
    return [{ name: 'vitest', state: 'fail', reason: failure }];
  }
}

async function byFile(command, program, scratch) {
  const files = readdirSync(join(root, 'test'), { recursive: true })
    .map((file) => `test/${file}`)
    .filter((file) => file.endsWith('.test.ts') && !LEFT_OUT.test(file) && file.includes(values.only));
  const outcomes = [];
  const next = async () => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      const result = join(scratch, file.replaceAll('/', '-'));
      const args = [here('testfile.mjs'), file, result, program];
      const failure = await failureOf([...command, ...args], { timeout: PATIENCE });
      try {
        for (const one of JSON.parse(readFileSync(result, 'utf8')))
          outcomes.push({ ...one, name: `${file} > ${one.name}` });
      } catch {
        outcomes.push({ name: file, state: 'fail', reason: failure ?? 'no result' });
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, next));
  return outcomes;
}

/** Counts what became of the tests, and prints what failed without a known reason. */
function report(name, outcomes) {
  const count = { passed: 0, failed: 0, skipped: 0, known: 0 };
  const reasons = new Map();
  for (const { name: test, state, reason } of outcomes) {
    const known = state === 'fail' ? reasonFor(name, test) : undefined;
    if (state === 'pass') count.passed++;
    else if (state !== 'fail') count.skipped++;
    else if (known !== undefined) {
      count.known++;
      reasons.set(known, (reasons.get(known) ?? 0) + 1);
    } else {
      count.failed++;
      console.log(`${name}: ${test}\n  ${reason}`);
    }
  }
  if (count.failed > 0 || count.passed === 0) process.exitCode = 1;
  return { count, reasons };
}

const scratch = mkdtempSync(join(tmpdir(), 'fd-selectors-'));
const rows = {};
const differences = [];
try {
  for (const runtime of RUNTIMES) {
    const { name } = runtime;
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const { command, version, program } = fetchRuntime(runtime, resolve(values.in ?? scratch));
    const features = await smoke(command, scratch);
    const rest = await (program === undefined
      ? byVitest(command, scratch)
      : byFile(command, program, scratch));
    const { count, reasons } = report(name, [...features, ...rest]);
    rows[`${name.split(' ')[0]} ${version}`] = count;
    for (const [reason, tests] of reasons) differences.push(`${name}, ${tests} tests: ${reason}`);
  }
} finally {
  rmSync(scratch, { recursive: true });
}
console.table(rows);
if (differences.length > 0) console.log(`Known differences:\n${differences.join('\n')}`);
