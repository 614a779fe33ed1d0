/**
 * The soak: workers that do random things to selectors, end in the middle of them, and start again.
 *
 *   npm run soak -- --seconds 30 --workers 8 --descriptors 200 --seed 1
 *
 * It ends with an error when a selector reports what it must not, or not what it must; when a worker
 * stands still; when something crashes; or when a descriptor is left over.
 */
import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { signals, Waker } from 'fd-selectors/fds';
import { Random } from './random.js';

/** Milliseconds that a worker may take for what takes one. */
const PATIENCE = 180_000;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    workers: { type: 'string', default: '8' },
    descriptors: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const random = new Random(Number(values.seed));
const count = Number(values.descriptors);
const waker = new Waker();
const arrivals = signals(['SIGUSR2']);
const totals = { lives: 0, operations: 0, stop: 0, exit: 0, throw: 0, terminate: 0 };

const openFds = (): number => readdirSync('/proc/self/fd').length;

/** What is open, by kind. */
function describeFds(): string {
  const kinds = new Map<string, number>();
  for (const fd of readdirSync('/proc/self/fd')) {
    let kind = 'closed';
    try {
      kind = readlinkSync(`/proc/self/fd/${fd}`).replace(/:\[\d+\]$/, '');
    } catch {}
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return [...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

function fail(message: string): never {
  console.error(`${message}\nseed ${values.seed}`);
  process.exit(1);
}

/** Waits for what must come. */
async function expected(promise: Promise<unknown>, what: string): Promise<void> {
  const timer = setTimeout(() => fail(`a worker stands still: ${what}`), PATIENCE);
  await promise;
  clearTimeout(timer);
}

/** One worker, from its start to its end after some milliseconds. */
async function live(ms: number, end: 'stop' | 'exit' | 'throw' | 'terminate'): Promise<void> {
  const workerData = { seed: random.below(2 ** 31), count, waker: waker.fileno() };
  const worker = new Worker(new URL('worker.js', import.meta.url), { workerData });
  const loaded = new Promise((resolve) => worker.once('message', resolve));
  worker.on('message', (message: { failed?: string; operations?: number }) => {
    if (message.failed !== undefined) fail(message.failed);
    totals.operations += message.operations ?? 0;
  });
  worker.on('error', (error) => {
    if (error.message !== 'on purpose') fail(String(error.stack));
  });
  const exited = new Promise((resolve) => worker.once('exit', resolve));
  // Not before: Node itself leaks the files of modules that it is loading when a worker is terminated.
  await expected(loaded, 'at its start');
  await delay(ms);
  if (end === 'terminate') void worker.terminate();
  else worker.postMessage(end);
  await expected(exited, end);
  totals.lives++;
  totals[end]++;
}

/** One worker after the other, until the time is over; the last may end as it should. */
async function lives(deadline: number): Promise<void> {
  while (performance.now() < deadline) {
    const left = deadline - performance.now();
    await live(Math.min(left, 100 + random.below(1500)), random.pick(['stop', 'exit', 'throw', 'terminate']));
  }
  await live(200, 'stop');
}

const all = async (one: () => Promise<void>): Promise<void> => {
  await Promise.all(Array.from({ length: Number(values.workers) }, one));
};

console.log(`seed ${values.seed}`);
// Node opens some descriptors with its first workers.
await all(() => live(50, 'terminate'));
const before = openFds();
const noise = setInterval(() => {
  process.kill(process.pid, 'SIGUSR2');
  arrivals.read();
  waker.wake();
  setImmediate(() => waker.clear());
}, 1);
await all(() => lives(performance.now() + Number(values.seconds) * 1e3));
clearInterval(noise);
// The last interval's setImmediate still clears the waker, which is closed below.
await turn();
const left = openFds() - before;
console.log(
  `${totals.lives} lives of workers (${totals.stop} stopped, ${totals.exit} exited, ${totals.throw} threw, ` +
    `${totals.terminate} terminated), ${totals.operations} operations by those that stopped`,
);
if (left !== 0) fail(`${left} descriptors are left over; open are: ${describeFds()}`);
console.log('no violation, and no descriptor left over');
arrivals.close();
waker.close();
