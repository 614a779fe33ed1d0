/** One worker of the soak: random operations until it is told to stop, or ends in the middle. */
import { setImmediate as turn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { EpollSelector, EVENT_READ, PollSelector, ready, SelectSelector } from 'fd-selectors';
import { signals } from 'fd-selectors/fds';
import { Random } from './random.js';
import { streams } from './rings.js';
import { Subject, violation } from './subject.js';
import { certain, drain, fill, kinds, type Thing } from './things.js';

/** Selectors at a time. */
const SUBJECTS = 6;

const { seed, count, waker } = workerData as { seed: number; count: number; waker: number };
const random = new Random(seed);
const things: Thing[] = Array.from({ length: count }, () => random.pick(kinds)());
const subjects: Subject[] = Array.from({ length: SUBJECTS }, open);
/** Duplicates of what was closed while registered. */
const ghosts: { close(): void }[] = [];
const arrivals = signals(['SIGUSR2']);
const stop = new AbortController();
let operations = 0;

function fail(error: unknown): void {
  parentPort?.postMessage({ failed: String((error as Error).stack) });
}

function open(): Subject {
  return new Subject(random, fail);
}

/** Puts another descriptor in the place of one, which nobody watches any more. */
function replace(index: number): void {
  const thing = things[index] as Thing;
  for (const subject of subjects) subject.unregister(thing);
  thing.close();
  things[index] = random.pick(kinds)();
}

/** Closes a descriptor while epoll watches it and a duplicate of it lives. */
function haunt(index: number): void {
  const thing = things[index] as Thing;
  const subject = random.pick(subjects);
  if (thing.dup === undefined || !(subject.sel instanceof EpollSelector) || !subject.has(thing)) return;
  fill(thing);
  for (const other of subjects) if (other !== subject) other.unregister(thing);
  const fd = thing.fileobj.fileno();
  ghosts.push(thing.dup());
  thing.close();
  subject.unregisterClosed(thing, fd);
  things[index] = random.pick(kinds)();
  if (ghosts.length > 10) ghosts.shift()?.close();
}

/** What is written while a selector waits must be reported, and by ready(), too. */
async function wakes(): Promise<void> {
  const thing = random.pick(certain)();
  const Selector = random.pick([SelectSelector, PollSelector, EpollSelector]);
  using sel = new Selector<Thing>();
  if (Selector === SelectSelector && thing.fileobj.fileno() >= 1024) return thing.close();
  const key = sel.register(thing.fileobj, EVENT_READ, thing);
  setImmediate(() => fill(thing));
  const [found, events] = await Promise.all([sel.selectAsync(), ready(thing.fileobj, EVENT_READ)]);
  if (found[0]?.[0] !== key || events !== EVENT_READ) violation('a wake-up found something else');
  drain(thing);
  const controller = new AbortController();
  const aborted = ready(thing.fileobj, EVENT_READ, { signal: controller.signal });
  const late = ready(thing.fileobj, EVENT_READ, { timeout: 0.001 });
  setImmediate(() => controller.abort());
  const answers = await Promise.allSettled([aborted, late]);
  if (answers[0].status !== 'rejected') violation('an aborted wait resolved');
  if (answers[1].status !== 'fulfilled' || answers[1].value !== 0) violation('a late wait found something');
  sel.unregister(thing.fileobj);
  thing.close();
}

/** Does something, and says whether that was to begin a wait. */
function operate(): 'wait' | undefined {
  operations++;
  const subject = random.pick(subjects);
  const index = random.below(things.length);
  const thing = things[index] as Thing;
  const kind = random.below(100);
  if (kind >= 95) {
    subject.wait();
    return 'wait';
  }
  if (kind < 25) subject.register(thing);
  else if (kind < 35) subject.modify(thing);
  else if (kind < 45) subject.unregister(thing);
  else if (kind < 60) fill(thing);
  else if (kind < 75) drain(thing);
  else if (kind < 80) replace(index);
  else if (kind < 82) haunt(index);
  else if (kind < 90) subject.check();
  else if (kind < 93) subject.abort();
  else if (kind < 94) arrivals.read();
  else {
    subject.close();
    subjects[subjects.indexOf(subject)] = open();
  }
  return undefined;
}

async function run(): Promise<void> {
  while (!stop.signal.aborted) {
    // What a wait has found at once is looked at before the registrations change again.
    for (let left = random.below(20); left > 0 && operate() !== 'wait'; left--);
    if (random.chance(0.05)) await wakes();
    if (random.chance(0.02)) await streams(random);
    await turn();
  }
  for (const subject of subjects) {
    subject.check();
    subject.close();
  }
  for (const thing of things) thing.close();
  for (const ghost of ghosts) ghost.close();
  arrivals.close();
  parentPort?.postMessage({ operations });
  parentPort?.close();
}

/** Wakes with the main thread, again and again. */
async function listen(): Promise<void> {
  while (!stop.signal.aborted) {
    await ready(waker, EVENT_READ, { signal: stop.signal });
    await turn();
  }
}

parentPort?.on('message', (order: 'stop' | 'exit' | 'throw') => {
  if (order === 'exit') process.exit(0);
  if (order === 'throw') throw new Error('on purpose');
  stop.abort();
});
parentPort?.postMessage({});
listen().catch((error) => {
  if (!stop.signal.aborted) fail(error);
});
run().catch(fail);
