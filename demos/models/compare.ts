/**
 * The five I/O models on the same clients: what each costs
 *
 * Each model runs in its own process, and reads a message from each of the same slow clients. *Deaf* is
 * the longest time that a message stayed in the kernel, unread, because the thread did not know of it.
 *
 * The idea to look for: all take the same time, that of the slowest client. They differ in whether the
 * processor was busy meanwhile, how many calls it took, and whether one client kept another waiting.
 * Four are synchronous: the program itself makes the call that copies, however it waited. Only in the
 * last does the kernel copy by itself.
 *
 * Order: 16
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endIfInterrupted } from '../support/interrupt.js';
import type { Report } from '../support/job.js';
import { integer, parseOptions, seconds } from '../support/options.js';
import { line } from '../support/progress.js';

const MODELS = ['blocking', 'non-blocking', 'multiplexing', 'signal-driven', 'asynchronous'];

const values = parseOptions({
  clients: { type: 'string', default: '4' },
  slowest: { type: 'string', default: '0.4' },
});
const clients = integer('clients', values.clients, 1, 100);
const slowest = seconds('slowest', values.slowest, 0.01, 10);
line(`${clients} clients, the slowest sends after ${slowest * 1e3} ms\n`);
line('                 wall ms    CPU ms    deaf ms  system calls');

for (const model of MODELS) {
  endIfInterrupted();
  const { wall, cpu, deaf, calls } = run(model);
  const numbers = [Math.round(wall), Math.round(cpu), deaf.toFixed(1)].map((text) =>
    String(text).padStart(9),
  );
  const made = Object.entries(calls).map(([name, times]) => `${name} ${times}`);
  line(`${model.padEnd(15)}${numbers.join(' ')}   ${made.join(', ')}`);
}
line('\nsynchronous: the first four. asynchronous: the last.');

function run(model: string): Report {
  const file = fileURLToPath(new URL(`${model}.js`, import.meta.url));
  const args = [file, '--json', '--clients', values.clients, '--slowest', values.slowest];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  endIfInterrupted();
  process.stderr.write(stderr);
  if (status === null) throw new Error(`${model} was ended by ${signal}`);
  if (status !== 0) process.exit(status);
  const lines = stdout.trimEnd().split('\n');
  for (const said of lines.slice(0, -1)) line(said);
  return JSON.parse(lines.at(-1) as string) as Report;
}
