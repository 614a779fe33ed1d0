import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { EventFd, getblocking, Inotify, PidFd, pipe, signals, TimerFd, Waker } from 'fd-selectors/fds';
import { describe, expect, it } from 'vitest';
import type { OwnedFd } from '../../src/fds/ownedfd.js';
import { openFds } from '../support/openfds.js';

function end(which: 0 | 1): OwnedFd {
  const ends = pipe();
  ends[1 - which]?.close();
  return ends[which];
}

interface Kind {
  open(): OwnedFd;
  /** Every method that needs the descriptor. */
  use: ((object: never) => unknown)[];
}

const kinds: Record<string, Kind> = {
  PipeReader: {
    open: () => end(0),
    use: [
      (o: ReturnType<typeof pipe>[0]) => o.read(1),
      (o: ReturnType<typeof pipe>[0]) => o.tryRead(1),
      (o: ReturnType<typeof pipe>[0]) => o.readInto(Buffer.alloc(1)),
      (o: ReturnType<typeof pipe>[0]) => o.tryReadInto(Buffer.alloc(1)),
    ],
  },
  PipeWriter: {
    open: () => end(1),
    use: [
      (o: ReturnType<typeof pipe>[1]) => o.write(Buffer.alloc(1)),
      (o: ReturnType<typeof pipe>[1]) => o.tryWrite(Buffer.alloc(1)),
    ],
  },
  EventFd: {
    open: () => new EventFd(),
    use: [
      (o: EventFd) => o.read(),
      (o: EventFd) => o.tryRead(),
      (o: EventFd) => o.readBigInt(),
      (o: EventFd) => o.tryReadBigInt(),
      (o: EventFd) => o.write(),
      (o: EventFd) => o.tryWrite(),
    ],
  },
  TimerFd: {
    open: () => new TimerFd(),
    use: [
      (o: TimerFd) => o.set(1),
      (o: TimerFd) => o.setAbsolute(1),
      (o: TimerFd) => o.get(),
      (o: TimerFd) => o.read(),
      (o: TimerFd) => o.tryRead(),
    ],
  },
  PidFd: {
    open: () => PidFd.open(process.pid),
    use: [(o: PidFd) => o.sendSignal(0), (o: PidFd) => o.wait(), (o: PidFd) => o.tryWait()],
  },
  Inotify: {
    open: () => new Inotify(),
    use: [
      (o: Inotify) => o.watch('/', 1),
      (o: Inotify) => o.unwatch(1),
      (o: Inotify) => o.read(),
      (o: Inotify) => o.tryRead(),
    ],
  },
  Signals: { open: () => signals(['SIGUSR2', 'SIGHUP']), use: [(o: ReturnType<typeof signals>) => o.read()] },
  Waker: { open: () => new Waker(), use: [(o: Waker) => o.wake(), (o: Waker) => o.clear()] },
};

describe.each(Object.entries(kinds))('%s', (name, { open, use }) => {
  it('is born close-on-exec', () => {
    using object = open();
    const flags = /flags:\t(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${object.fileno()}`, 'utf8'));
    expect(Number.parseInt(flags?.[1] as string, 8) & 0o2000000).not.toBe(0);
  });

  it('is born non-blocking, but for a pidfd, which has no reads that could block', () => {
    using object = open();
    expect(getblocking(object)).toBe(name === 'PidFd');
  });

  it('closes once', () => {
    const object = open();
    const fd = object.fileno();
    expect(object.closed).toBe(false);
    object.close();
    expect(object.closed).toBe(true);
    using other = open();
    expect(other.fileno()).toBe(fd);
    object.close();
    expect(getblocking(other)).toBe(getblocking(other.fileno()));
  });

  it('is disposable', () => {
    let seen: OwnedFd;
    {
      using object = open();
      seen = object;
      expect(seen.closed).toBe(false);
    }
    expect(seen.closed).toBe(true);
  });

  it('refuses every use after close', () => {
    const object = open();
    object.close();
    const closed = expect.objectContaining({ name: 'ValueError', code: 'ERR_CLOSED' });
    expect(() => object.fileno()).toThrow(closed);
    for (const call of use) expect(() => call(object as never), String(call)).toThrow(closed);
    expect(() => object.fileno()).toThrow(`The ${name} is closed`);
  });

  it('leaks no descriptor in 1,000 cycles', () => {
    open().close();
    const before = openFds();
    for (let i = 0; i < 1000; i++) open().close();
    expect(openFds()).toBe(before);
  });
});

it('is closed on exec: a child inherits none', async () => {
  using event = new EventFd();
  const child = spawn('test', ['!', '-e', `/proc/self/fd/${event.fileno()}`]);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  expect(code).toBe(0);
});
