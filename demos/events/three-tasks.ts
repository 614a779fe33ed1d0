/**
 * Three tasks that mostly wait: one after the other, in threads, and event-driven
 *
 * Three times, each task works for a moment and then waits for something slow. The same three tasks
 * run in three ways, each drawn as measured: a row for each task, `█` where it works,
 * `░` where it waits.
 *
 * The idea to look for: one after the other, every wait is lost. Threads wait side by side, each in a
 * `read()` of its own. Event-driven, one thread has one wait for all: no two pieces of work ever run at the
 * same time, and yet it takes about as long as three threads do.
 *
 * Order: 41
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { DefaultSelector, EVENT_READ } from 'fd-selectors';
import { TimerFd } from 'fd-selectors/fds';
import { endIfInterrupted, endOnceInterrupted } from '../support/interrupt.js';
import { PER_WORKER, requireDescriptors } from '../support/limits.js';
import { parseOptions } from '../support/options.js';
import { line } from '../support/progress.js';
import { now, report, type Segment, Track } from '../support/timeline.js';

const TASKS = ['A', 'B', 'C'];
const ROUNDS = 3;
/** Seconds of work, and of waiting for what takes its time elsewhere: a disk, another machine, a person. */
const WORK = 0.02;
const WAIT = 0.08;

if (isMainThread) await main();
else parentPort?.postMessage(runBlocking(String(workerData)));

async function main(): Promise<void> {
  parseOptions({});
  requireDescriptors(TASKS.length * PER_WORKER);
  endOnceInterrupted();
  line(`three tasks; each works ${WORK * 1e3} ms and waits ${WAIT * 1e3} ms, ${ROUNDS} times\n`);
  report('one after the other', '1 thread', TASKS.flatMap(runBlocking));
  report('in threads', `${TASKS.length} threads`, await runThreads());
  report('event-driven', '1 thread', runEvents());
}

/** A task as one would write it: it blocks its thread while it waits. */
function runBlocking(name: string): Segment[] {
  const track = new Track(name);
  const slow = new TimerFd({ nonblocking: false });
  for (let round = 0; round < ROUNDS; round++) {
    track.begin('work');
    work();
    track.begin('wait');
    slow.set(WAIT);
    slow.read();
  }
  slow.close();
  return track.end();
}

/** The same task, a thread for each. */
async function runThreads(): Promise<Segment[]> {
  const workers = TASKS.map((name) => new Worker(fileURLToPath(import.meta.url), { workerData: name }));
  const reports = await Promise.all(workers.map((worker) => once(worker, 'message')));
  return reports.flatMap(([segments]) => segments as Segment[]);
}

/** One thread: a task is what is left to do when its descriptor is ready. */
function runEvents(): Segment[] {
  const sel = new DefaultSelector<() => void, TimerFd>();
  const tracks = TASKS.map((name) => {
    const track = new Track(name);
    const slow = new TimerFd();
    let rounds = 0;
    const step = (): void => {
      track.begin('work');
      work();
      track.begin('wait');
      slow.set(WAIT); // Which also forgets what it has waited for.
      rounds++;
      sel.modify(slow, EVENT_READ, rounds < ROUNDS ? step : finish);
    };
    const finish = (): void => {
      track.end();
      sel.unregister(slow);
      slow.close();
    };
    sel.register(slow, EVENT_READ, step);
    slow.set(1e-9); // The first step is due at once.
    return track;
  });
  while (sel.getMap().size > 0) {
    for (const [key] of sel.select()) key.data();
  }
  sel.close();
  return tracks.flatMap((track) => track.end());
}

/** Keeps the processor busy. */
function work(): void {
  if (isMainThread) endIfInterrupted();
  for (const end = now() + WORK; now() < end; );
}
