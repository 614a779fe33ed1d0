/** chain, churn and wakeup on the npm package `epoll`, reading with `node:fs` as its users do. */
import { readSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { openPairs, starters } from '../pairs.js';
import { after, Round } from '../round.js';
import { fds, measure, measureAsync, now, parameter, trial } from '../workload.js';

/** What the package exports. */
interface Epoll {
  add(fd: number, events: number): Epoll;
  remove(fd: number): Epoll;
  modify(fd: number, events: number): Epoll;
  close(): void;
}
interface EpollClass {
  new (onEvent: (error: Error | null, fd: number, events: number) => void): Epoll;
  readonly EPOLLIN: number;
  readonly EPOLLOUT: number;
}

const load = createRequire(new URL('../../../../bench/package.json', import.meta.url));
const { Epoll } = load('epoll') as { Epoll: EpollClass };
const { EPOLLIN, EPOLLOUT } = Epoll;
const pairs = openPairs(trial === 'wakeup' ? 1 : fds);
const readers = pairs.readers.map((sock) => sock.fileno());
const writers = pairs.writers.map((sock) => sock.fileno());
const byte = new Uint8Array(1);

function later(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

async function chain(): Promise<void> {
  const next: number[] = [];
  for (const [i, reader] of readers.entries()) next[reader] = writers[after(i)] as number;
  let round: Round;
  let done = later();
  const poller = new Epoll((_, fd) => {
    readSync(fd, byte);
    if (round.passes()) writeSync(next[fd] as number, byte);
    else if (!round.goesOn) done.resolve();
  });
  for (const reader of readers) poller.add(reader, EPOLLIN);
  const first = starters(writers);
  await measureAsync(async () => {
    done = later();
    for (const writer of first) writeSync(writer, byte);
    round = new Round();
    await done.promise;
    return round.time();
  });
  for (const reader of readers) poller.remove(reader);
  poller.close();
}

function churn(): void {
  const poller = new Epoll(() => undefined);
  const modify = parameter('operation', 'register') === 'modify';
  if (modify) for (const reader of readers) poller.add(reader, EPOLLIN);
  measure(() => {
    const start = now();
    for (const reader of readers) {
      if (modify) poller.modify(reader, EPOLLIN | EPOLLOUT).modify(reader, EPOLLIN);
      else poller.add(reader, EPOLLIN).remove(reader);
    }
    return (now() - start) / (modify ? 2 * fds : fds);
  });
  if (modify) for (const reader of readers) poller.remove(reader);
  poller.close();
}

async function wakeup(): Promise<void> {
  const [reader = -1] = readers;
  const [writer = -1] = writers;
  let woken = later();
  const poller = new Epoll(() => {
    readSync(reader, byte);
    woken.resolve();
  }).add(reader, EPOLLIN);
  await measureAsync(async () => {
    const start = now();
    for (let i = 0; i < 100; i++) {
      woken = later();
      writeSync(writer, byte);
      await woken.promise;
    }
    return (now() - start) / 100;
  });
  poller.remove(reader).close();
}

if (trial === 'churn') churn();
else await (trial === 'wakeup' ? wakeup() : chain());
