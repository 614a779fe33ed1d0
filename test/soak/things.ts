/** What the soak watches: descriptors of each kind, and what is known about them. */
import { EventFd, pipe, TimerFd, Waker } from 'fd-selectors/fds';
import { socketpair } from 'fd-selectors/socket';

/** One watched descriptor, and how it becomes readable and unreadable. */
export interface Thing {
  readonly fileobj: { fileno(): number };
  readonly writable: boolean;
  /** Whether it is readable; `undefined` where only the clock knows. */
  readable: boolean | undefined;
  fill(): void;
  drain(): void;
  close(): void;
  /** A second descriptor for the same file, for those kinds that have objects for it. */
  dup?(): { close(): void };
}

const byte = Buffer.from('x');

function pipeReader(): Thing {
  const [reader, writer] = pipe();
  return {
    fileobj: reader,
    writable: false,
    readable: false,
    fill: () => writer.tryWrite(byte),
    drain: () => reader.tryRead(100_000),
    close: () => {
      reader.close();
      writer.close();
    },
  };
}

function pipeWriter(): Thing {
  const [reader, writer] = pipe();
  return {
    fileobj: writer,
    writable: true,
    readable: undefined,
    fill: () => {},
    drain: () => {},
    close: () => {
      writer.close();
      reader.close();
    },
  };
}

function socketEnd(): Thing {
  const [near, far] = socketpair();
  near.setblocking(false);
  far.setblocking(false);
  return {
    fileobj: near,
    writable: true,
    readable: false,
    fill: () => far.trySend(byte),
    drain: () => near.tryRecv(100_000),
    close: () => {
      near.close();
      far.close();
    },
    dup: () => near.dup(),
  };
}

function event(): Thing {
  const fileobj = new EventFd();
  return {
    fileobj,
    writable: true,
    readable: false,
    fill: () => fileobj.write(1),
    drain: () => fileobj.tryRead(),
    close: () => fileobj.close(),
  };
}

function waker(): Thing {
  const fileobj = new Waker();
  return {
    fileobj,
    writable: true,
    readable: false,
    fill: () => fileobj.wake(),
    drain: () => fileobj.clear(),
    close: () => fileobj.close(),
  };
}

function timer(): Thing {
  const fileobj = new TimerFd();
  return {
    fileobj,
    writable: false,
    readable: undefined,
    fill: () => fileobj.set(0.002),
    drain: () => fileobj.tryRead(),
    close: () => fileobj.close(),
  };
}

/** Those whose readability is known at any time. */
export const certain = [pipeReader, socketEnd, event, waker];
/** All kinds. */
export const kinds = [...certain, pipeWriter, timer];

/** Makes it readable, if its kind can be at once. */
export function fill(thing: Thing): void {
  if (thing.readable === true) return;
  thing.fill();
  if (thing.readable === false) thing.readable = true;
}

/** Makes it unreadable. */
export function drain(thing: Thing): void {
  thing.drain();
  if (thing.readable === true) thing.readable = false;
}
