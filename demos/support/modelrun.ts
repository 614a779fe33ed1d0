/** Starts the server models for `servers/compare`, and puts load on them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createConnection } from 'fd-selectors/socket';
import { endOnceInterrupted } from './interrupt.js';
import type { Seen } from './lineload.js';
import { cpuOf, memoryOf } from './usage.js';

/** A server model, and how many connections to hold open while its memory is measured. */
interface Model {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly hold: number;
  /** Whether clients that were left waiting would be served, after they have gone, before the next. */
  readonly lags?: boolean;
}

const POOL = ['--workers', '8'];

export const MODELS: readonly Model[] = [
  { name: 'process per request', file: 'process-per-request', args: [], hold: 8, lags: true },
  { name: 'worker per request', file: 'worker-per-request', args: [], hold: 8, lags: true },
  { name: 'pool of 8 processes', file: 'process-pool', args: POOL, hold: 8 },
  { name: 'pool of 8 workers', file: 'worker-pool', args: POOL, hold: 8 },
  { name: 'one thread, select', file: 'one-thread', args: ['--selector', 'select'], hold: 500 },
  { name: 'one thread, poll', file: 'one-thread', args: ['--selector', 'poll'], hold: 500 },
  { name: 'one thread, epoll', file: 'one-thread', args: ['--selector', 'epoll'], hold: 500 },
  { name: 'thread per core', file: 'thread-per-core', args: [], hold: 500 },
];

/** Seconds for which a client waits once the time is up, and for which an answer may be late. */
const GRACE = 0.5;
const PATIENCE = 60;

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill();
});
endOnceInterrupted();

function run(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** A server that runs. */
export interface Running {
  readonly pid: number;
  readonly port: number;
  readonly model: Model;
  stop(): Promise<void>;
}

export async function start(model: Model): Promise<Running> {
  const child = run([script(`../servers/${model.file}.js`), '--quiet', ...model.args]);
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout! });
  // Ctrl-C may have ended it before it reaches us: to wait on would end this program, with nothing left to wait for.
  const failed = ended.then(() =>
    Promise.reject(new Error(`the server of ${model.name} ended before it listened`)),
  );
  const [said] = (await Promise.race([once(lines, 'line'), failed])) as [string];
  const port = Number(/^listening on .*:(\d+),/.exec(said)?.[1]);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  return { pid: child.pid!, port, model, stop };
}

/** Opens connections that are answered and stay open; returns what each takes, in KiB. */
export async function hold({ pid, port, model }: Running, count: number): Promise<number> {
  const isPool = model.file.endsWith('-pool');
  if (!isPool) ask(port, 1); // What the first client takes, others need not.
  const before = isPool ? 0 : memoryOf(pid);
  const connections = ask(port, count);
  // In a pool, a connection takes one of its members.
  const each = (memoryOf(pid) - before) / count;
  for (const connection of connections) connection.close();
  return each;
}

function ask(port: number, count: number): ReturnType<typeof createConnection>[] {
  const connections = Array.from({ length: count }, () =>
    createConnection(['127.0.0.1', port], { timeout: PATIENCE }),
  );
  for (const connection of connections) connection.sendall(Buffer.from('hello\n'));
  for (const connection of connections) connection.recv(4096);
  if (count === 1) connections[0]?.close();
  return connections;
}

/** So many clients at once, for so many seconds. Returns what they saw, and the CPU time of the server, in ms. */
export async function load(
  { pid, port }: Running,
  clients: number,
  seconds: number,
): Promise<{ seen: Seen; cpu: number }> {
  const before = cpuOf(pid);
  const child = run([script('lineload.js'), ...[port, clients, seconds, GRACE].map(String)]);
  const seen = JSON.parse(await text(child.stdout!)) as Seen;
  return { seen, cpu: cpuOf(pid) - before };
}
