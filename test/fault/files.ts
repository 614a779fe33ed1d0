/** Descriptors of other kinds, coroutines and rings, while the kernel refuses. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import {
  close,
  dup,
  dup2,
  EventFd,
  getblocking,
  IN_CREATE,
  Inotify,
  openpty,
  PidFd,
  pipe,
  pipe2,
  read,
  readv,
  setblocking,
  signals,
  TimerFd,
  tryRead,
  tryWrite,
  Waker,
  write,
  writev,
} from 'fd-selectors/fds';
import { socketpair } from 'fd-selectors/socket';
import { Ring } from 'fd-selectors/uring';
import type { Subject } from './engine.js';
import { subject } from './subject.js';
import { tasks } from './tasks.js';

const TRIED = { EAGAIN: 'absorbed' };
const CLOSED = { EINTR: 'absorbed' };
/** Eight bytes or none. */
const COUNTER = { SHORT: 'EINVAL' };

/** Something that is opened, used and closed. */
function used<T extends { close(): void }>(
  name: string,
  open: () => T,
  use: (it: T) => unknown,
  effects = {},
): Subject {
  return subject(
    name,
    () => {
      const it = open();
      return { act: () => use(it), end: () => it.close() };
    },
    effects,
  );
}

const opening: Subject[] = (
  [
    ['EventFd', () => new EventFd()],
    ['Waker', () => new Waker()],
    ['TimerFd', () => new TimerFd()],
    ['Inotify', () => new Inotify()],
    ['PidFd', () => PidFd.open(process.pid)],
    ['signals', () => signals(['SIGUSR2'])],
  ] as const
).map(([name, open]) =>
  subject(
    `${name}, opened and closed`,
    () => ({ act: () => open().close() }),
    {
      close: CLOSED,
      // The previous handler cannot come back: ours passes on what comes.
      'sigaction#3': 'absorbed',
      'sigaction#4': 'absorbed',
    },
    { varies: 'a handler that could not be removed is there already for the next run' },
  ),
);

const counters: Subject[] = [
  used(
    'EventFd.write()',
    () => new EventFd(),
    (it) => it.write(1),
    { write: COUNTER },
  ),
  used(
    'EventFd.read()',
    () => new EventFd(1),
    (it) => it.read(),
    { read: COUNTER },
  ),
  used(
    'EventFd.tryRead()',
    () => new EventFd(1),
    (it) => it.tryRead(),
    { read: { ...TRIED, ...COUNTER } },
  ),
  used(
    'Waker.wake()',
    () => new Waker(),
    (it) => it.wake(),
    { write: { ...TRIED, ...COUNTER } },
  ),
  used(
    'Waker.clear()',
    () => new Waker(),
    (it) => it.clear(),
    { read: { ...TRIED, ...COUNTER } },
  ),
  used(
    'TimerFd.set() and get()',
    () => new TimerFd(),
    (it) => {
      it.set(1);
      it.get();
    },
  ),
  used(
    'Inotify.watch() and unwatch()',
    () => new Inotify(),
    (it) => it.unwatch(it.watch('/', IN_CREATE)),
  ),
  used(
    'PidFd.sendSignal()',
    () => PidFd.open(process.pid),
    (it) => it.sendSignal(0),
  ),
  used(
    'signals().read()',
    () => signals(['SIGUSR2']),
    (it) => it.read(),
    { read: { ...TRIED, ...COUNTER } },
  ),
];

const child = spawn('sleep', ['600'], { stdio: 'ignore', env: { PATH: process.env['PATH'] } });
child.unref();
process.once('exit', () => child.kill('SIGKILL'));
counters.push(
  used(
    'PidFd.tryWait()',
    () => PidFd.open(child.pid as number),
    (it) => it.tryWait(),
  ),
);

/** The bytes that were in a pipe before a fault are there after it. */
function moved(name: string, act: (reader: number, writer: number) => unknown, effects = {}): Subject {
  return subject(
    name,
    () => {
      const [reader, writer] = pipe();
      return {
        act: () => act(reader.fileno(), writer.fileno()),
        verify: () => {
          writeSync(writer.fileno(), 'still');
          const got = Buffer.alloc(99);
          if (!got.toString('latin1', 0, readSync(reader.fileno(), got)).endsWith('still'))
            throw new Error('lost');
        },
        end: () => {
          reader.close();
          writer.close();
        },
      };
    },
    effects,
  );
}

const data = Buffer.from('data');
const bytes: Subject[] = [
  moved('write()', (_, writer) => write(writer, data)),
  moved('tryWrite()', (_, writer) => tryWrite(writer, data), { write: TRIED }),
  moved('writev()', (_, writer) => writev(writer, [data, data])),
  moved('read()', (reader, writer) => {
    writeSync(writer, 'data');
    read(reader, Buffer.alloc(4));
  }),
  moved(
    'tryRead()',
    (reader, writer) => {
      writeSync(writer, 'data');
      tryRead(reader, Buffer.alloc(4));
    },
    { read: TRIED },
  ),
  moved('readv()', (reader, writer) => {
    writeSync(writer, 'data');
    readv(reader, [Buffer.alloc(4)]);
  }),
  moved('setblocking() and getblocking()', (reader) => {
    setblocking(reader, true);
    getblocking(reader);
  }),
];

const numbers: Subject[] = [
  subject('pipe()', () => ({
    act: () => {
      for (const end of pipe()) closeSync(end.fileno());
    },
  })),
  subject('pipe2()', () => ({
    act: () => {
      for (const fd of pipe2(0)) closeSync(fd);
    },
  })),
  subject(
    'openpty()',
    () => ({
      act: () => {
        for (const fd of openpty()) closeSync(fd);
      },
    }),
    { ioctl: { EINVAL: 'absorbed', ENOTTY: 'absorbed' } },
  ),
  subject('dup()', () => ({ act: () => closeSync(dup(0)) })),
  subject('dup2()', () => {
    const file = openSync('/dev/null', 'r');
    return { act: () => dup2(0, file), end: () => closeSync(file) };
  }),
  subject(
    'close()',
    () => {
      const file = openSync('/dev/null', 'r');
      return { act: () => close(file) };
    },
    { close: CLOSED },
  ),
];

function rings(): Subject[] {
  try {
    new Ring().close();
  } catch {
    return [];
  }
  return [
    // Where the kernel cannot end the operations, their memory stays mapped.
    subject('Ring, opened and closed', () => ({ act: () => new Ring({ entries: 4 }).close() }), {
      // A kernel that lacks what is asked for: the ring does with less.
      'io_uring_setup#1': { EINVAL: 'absorbed' },
      io_uring_register: 'absorbed',
      close: CLOSED,
    }),
    subject(
      'Ring.completions()',
      (closing) => {
        const [a, b] = socketpair();
        closing(a);
        closing(b);
        const ring = closing(new Ring({ entries: 4, buffers: 2 }));
        b.send(data);
        ring.recv(a);
        let got = '';
        const take = (): void => {
          for (const { bytes } of ring.completions(5)) got += bytes;
        };
        return {
          act: take,
          // What could not be submitted is submitted by the next call.
          verify: () => {
            if (got === '') take();
            if (got !== 'data') throw new Error(`received '${got}'`);
          },
        };
      },
      { io_uring_enter: { EINTR: 'absorbed', EBUSY: 'absorbed' } },
    ),
  ];
}

export const files: Subject[] = [...opening, ...counters, ...bytes, ...numbers, ...rings(), ...tasks];
