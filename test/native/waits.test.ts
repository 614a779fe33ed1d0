/** The raw contract of select, poll and epoll: a result or -errno, whatever the arguments. */
import { constants as os } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { native } from '../../src/native.js';

type Loose = (...args: unknown[]) => unknown;
const raw = native as unknown as Record<string, Loose>;
const { EBADF, EEXIST, EINVAL, ENOENT, EPERM } = os.errno;

function pipe(): [number, number] {
  const fds = new Int32Array(2);
  expect(native.pipe2(fds, 0)).toBe(0);
  onTestFinished(() => {
    for (const fd of fds) native.close(fd);
  });
  return [fds[0] as number, fds[1] as number];
}

/** Values that no integer, timeout or array argument may be. */
const nonsense = [undefined, null, 'x', '1', true, {}, [], 1n, Symbol('s'), () => 1, new Date(0)];
const nonIntegers = [...nonsense, Number.NaN, Infinity, -Infinity, 0.5, 2 ** 31, -(2 ** 31) - 1, 2 ** 53];
const nonBuffers = [
  ...nonsense,
  1,
  new Int32Array(64),
  new Uint8Array(256),
  new Float32Array(64),
  new SharedArrayBuffer(256),
  new DataView(new ArrayBuffer(256)),
];

describe('select', () => {
  const set = (): Int32Array<ArrayBuffer> => new Int32Array(32);

  it('fills the sets and counts the bits', () => {
    const [reader, writer] = pipe();
    const [r, w] = [set(), set()];
    for (const fd of [reader, writer]) {
      (r[fd >> 5] as number) |= 1 << (fd & 31);
      (w[fd >> 5] as number) |= 1 << (fd & 31);
    }
    expect(native.select(Math.max(reader, writer) + 1, r.buffer, w.buffer, null, 0)).toBe(1);
    expect(r.every((word) => word === 0)).toBe(true);
    expect((w[writer >> 5] as number) & (1 << (writer & 31))).not.toBe(0);
  });

  it.each([
    ['nfds beyond FD_SETSIZE', [1025, null, null, null, 0]],
    ['nfds far beyond FD_SETSIZE', [2 ** 31 - 1, null, null, null, 0]],
    ['negative nfds', [-1, null, null, null, 0]],
    ['a short readfds', [1, new ArrayBuffer(127), null, null, 0]],
    ['a short writefds', [1, null, new ArrayBuffer(0), null, 0]],
    ['a short exceptfds', [1, null, null, new ArrayBuffer(127), 0]],
    ['a NaN timeout', [0, null, null, null, Number.NaN]],
    ['no arguments', []],
    ...nonIntegers.map((value): [string, unknown[]] => [
      `nfds ${String(value)}`,
      [value, null, null, null, 0],
    ]),
    ...nonBuffers
      .filter((value) => value !== null)
      .map((value): [string, unknown[]] => [`readfds ${String(value)}`, [1, value, null, null, 0]]),
    ...nonsense.map((value): [string, unknown[]] => [
      `timeout ${String(value)}`,
      [0, null, null, null, value],
    ]),
  ])('answers -EINVAL to %s', (_what, args) => {
    expect(raw['select']?.(...args)).toBe(-EINVAL);
  });

  it('answers -EBADF to a closed descriptor', () => {
    const fd = native.dup(0);
    native.close(fd);
    const r = set();
    (r[fd >> 5] as number) |= 1 << (fd & 31);
    expect(native.select(fd + 1, r.buffer, null, null, 0)).toBe(-EBADF);
  });

  it('takes a timeout beyond what a timespec holds', () => {
    const [, writer] = pipe();
    const w = set();
    (w[writer >> 5] as number) |= 1 << (writer & 31);
    for (const seconds of [Number.MAX_VALUE, Infinity, 2 ** 63]) {
      const copy = w.slice().buffer;
      expect(native.select(writer + 1, null, copy, null, seconds)).toBe(1);
    }
  });
});

describe('poll', () => {
  it('fills revents', () => {
    const [reader, writer] = pipe();
    const fds = Int32Array.of(reader, 1, writer, 4, 999, 1);
    expect(native.poll(fds.buffer, 3, 0)).toBe(2);
    expect([...new Int16Array(fds.buffer)].filter((_, i) => i % 4 === 3)).toEqual([0, 4, 32]);
  });

  it.each([
    ['more entries than the array holds', [new ArrayBuffer(23), 3, 0]],
    ['a negative count', [new ArrayBuffer(8), -1, 0]],
    ['a NaN timeout', [new ArrayBuffer(8), 0, Number.NaN]],
    ['no arguments', []],
    ...nonBuffers.map((value): [string, unknown[]] => [`fds ${String(value)}`, [value, 0, 0]]),
    ...nonIntegers.map((value): [string, unknown[]] => [
      `nfds ${String(value)}`,
      [new ArrayBuffer(8), value, 0],
    ]),
    ...nonsense.map((value): [string, unknown[]] => [
      `timeout ${String(value)}`,
      [new ArrayBuffer(8), 0, value],
    ]),
  ])('answers -EINVAL to %s', (_what, args) => {
    expect(raw['poll']?.(...args)).toBe(-EINVAL);
  });

  it('answers -EINVAL to more descriptors than the process may have', () => {
    expect(native.poll(new ArrayBuffer(8_400_000), 1_050_000, 0)).toBe(-EINVAL);
  });
});

describe('pollOne', () => {
  const [POLLIN, POLLOUT, POLLNVAL] = [1, 4, 32];

  it('returns the revents of one descriptor, 0 after the timeout', () => {
    const [reader, writer] = pipe();
    expect(native.pollOne(reader, POLLIN, 0)).toBe(0);
    expect(native.pollOne(writer, POLLIN | POLLOUT, -1)).toBe(POLLOUT);
    native.write(writer, Uint8Array.of(1));
    expect(native.pollOne(reader, POLLIN | POLLOUT, -1)).toBe(POLLIN);
    expect(native.pollOne(999, POLLIN, -1)).toBe(POLLNVAL);
  });

  it('waits at least for its timeout, also on a negative descriptor, which is never ready', () => {
    const start = process.hrtime.bigint();
    expect(native.pollOne(-1, POLLIN, 0.000_3)).toBe(0);
    expect(process.hrtime.bigint() - start).toBeGreaterThanOrEqual(300_000n);
  });

  it.each(nonIntegers.map((value) => [value]))('answers -EINVAL to %s', (value) => {
    expect(raw['pollOne']?.(value, POLLIN, 0)).toBe(-EINVAL);
    expect(raw['pollOne']?.(0, value, 0)).toBe(-EINVAL);
    if (typeof value !== 'number' || Number.isNaN(value)) {
      expect(raw['pollOne']?.(0, POLLIN, value)).toBe(-EINVAL);
    }
  });

  it('answers -EINVAL to events beyond 16 bits, and without arguments', () => {
    for (const events of [2 ** 15, -(2 ** 15) - 1]) expect(native.pollOne(0, events, 0)).toBe(-EINVAL);
    expect(raw['pollOne']?.()).toBe(-EINVAL);
  });
});

describe('epoll', () => {
  const { stride, events: EVENTS, fd: FD, tag: TAG } = native.epollEvent;

  function create(): number {
    const epfd = native.epollCreate1(0);
    onTestFinished(() => void native.close(epfd));
    return epfd;
  }

  it('hands back descriptor and tag with each event', () => {
    const epfd = create();
    const [, writer] = pipe();
    for (const tag of [0, 1, -1, 0x8000_0000, 0x7fff_ffff]) {
      expect(native.epollCtl(epfd, 1, writer, 4, tag)).toBe(0);
      const events = new Int32Array(stride);
      expect(native.epollWait(epfd, events.buffer, 0)).toBe(1);
      expect([events[EVENTS], events[FD], events[TAG]]).toEqual([4, writer, tag | 0]);
      expect(native.epollCtl(epfd, 2, writer, 0, 0)).toBe(0);
    }
  });

  it('writes no more events than the array has room for, whole events only', () => {
    const epfd = create();
    const [, first] = pipe();
    const [, second] = pipe();
    for (const fd of [first, second]) native.epollCtl(epfd, 1, fd, 4, 0);
    const events = new Int32Array(stride * 2 - 1).fill(-7);
    expect(native.epollWait(epfd, events.buffer, 0)).toBe(1);
    expect([...events.subarray(stride)]).toEqual(Array(stride - 1).fill(-7));
    expect(native.epollWait(epfd, new ArrayBuffer(stride * 4 - 1), 0)).toBe(-EINVAL);
  });

  it('answers -errno for each kind of failure', () => {
    const epfd = create();
    const [reader] = pipe();
    expect(native.epollCreate1(1)).toBe(-EINVAL);
    expect(native.epollCtl(epfd, 1, 999, 1, 0)).toBe(-EBADF);
    expect(native.epollCtl(999, 1, reader, 1, 0)).toBe(-EBADF);
    expect(native.epollCtl(epfd, 1, epfd, 1, 0)).toBe(-EINVAL);
    expect(native.epollCtl(epfd, 99, reader, 1, 0)).toBe(-EINVAL);
    expect(native.epollCtl(epfd, 3, reader, 1, 0)).toBe(-ENOENT);
    expect(native.epollCtl(epfd, 1, reader, 1, 0)).toBe(0);
    expect(native.epollCtl(epfd, 1, reader, 1, 0)).toBe(-EEXIST);
    expect(native.epollWait(999, new ArrayBuffer(stride * 4), 0)).toBe(-EBADF);
    expect(native.epollWait(reader, new ArrayBuffer(stride * 4), 0)).toBe(-EINVAL);
  });

  it('answers -EPERM for a regular file', async () => {
    const { openSync, closeSync } = await import('node:fs');
    const fd = openSync('package.json', 'r');
    onTestFinished(() => closeSync(fd));
    expect(native.epollCtl(create(), 1, fd, 1, 0)).toBe(-EPERM);
  });

  it.each(nonIntegers.filter((value) => value !== 2 ** 31).map((value) => [value]))(
    'answers -EINVAL to %s for any integer',
    (value) => {
      const epfd = create();
      expect(raw['epollCreate1']?.(value)).toBe(-EINVAL);
      for (let i = 0; i < 5; i++) {
        expect(raw['epollCtl']?.(...[epfd, 1, 0, 1, 0].with(i, value as number))).toBe(-EINVAL);
      }
      expect(raw['epollWait']?.(value, new ArrayBuffer(stride * 4), 0)).toBe(-EINVAL);
    },
  );

  it.each(nonBuffers.map((value) => [value]))('answers -EINVAL to %s for the events', (value) => {
    expect(raw['epollWait']?.(create(), value, 0)).toBe(-EINVAL);
  });

  it.each([...nonsense, Number.NaN].map((value) => [value]))(
    'answers -EINVAL to %s for the timeout',
    (value) => {
      expect(raw['epollWait']?.(create(), new ArrayBuffer(stride * 4), value)).toBe(-EINVAL);
    },
  );

  it('waits at least for its timeout', () => {
    const epfd = create();
    for (const seconds of [1e-9, 0.000_3, 0.010_000_001]) {
      const start = process.hrtime.bigint();
      expect(native.epollWait(epfd, new ArrayBuffer(stride * 4), seconds)).toBe(0);
      expect(Number(process.hrtime.bigint() - start) / 1e9).toBeGreaterThanOrEqual(seconds);
    }
  });
});
