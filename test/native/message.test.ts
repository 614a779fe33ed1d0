/** The raw contract of sendmsg, recvmsg, readv, writev, fcntl, ioctl, sendfile, openpty and netdb. */
import { describe, expect, it } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { constant, native } from '../../src/native.js';
import { openFds } from '../support/openfds.js';

const EINVAL = -errnoOf('EINVAL');
const EBADF = -errnoOf('EBADF');
const bytes = Buffer.alloc(64);
const struct = Buffer.alloc(16 * 1024);
const answer = Buffer.alloc(4096);
const address = (): Int32Array => new Int32Array(33);

/** Every function, with arguments that it would take; and which of them may be null. */
const calls: Record<string, { args: unknown[]; nullable?: number[] }> = {
  sendmsg: { args: [-1, [bytes], bytes, 0, address()], nullable: [4] },
  recvmsg: { args: [-1, [bytes], bytes, 0, address(), new Int32Array(2)] },
  readv: { args: [-1, [bytes, bytes]] },
  writev: { args: [-1, [bytes, bytes]] },
  fcntl: { args: [-1, constant('F_GETFD'), 0] },
  fcntlBytes: { args: [-1, constant('F_GETLK'), struct] },
  ioctl: { args: [-1, constant('FIOCLEX'), 0] },
  ioctlBytes: { args: [-1, constant('FIONREAD'), struct] },
  sendfile: { args: [-1, -1, 0, 1] },
  lseek: { args: [-1, 0] },
};
const names: Record<string, { args: unknown[]; nullable?: number[] }> = {
  openpty: { args: [new Int32Array(2)] },
  gethostbyname: { args: ['127.0.0.1', answer, new Int32Array(1)] },
  gethostbyaddr: { args: [2, Buffer.from([127, 0, 0, 1]), answer, new Int32Array(1)] },
  getservbyname: { args: ['http', null], nullable: [1] },
  getservbyport: { args: [80, null, answer], nullable: [1] },
  getprotobyname: { args: ['tcp'] },
  ifNametoindex: { args: ['lo'] },
  ifIndextoname: { args: [1, answer] },
  ifNameindex: { args: [answer] },
};

const wrongs: unknown[] = [
  undefined,
  null,
  {},
  Number.NaN,
  1.5,
  Infinity,
  2 ** 53,
  7n,
  Symbol.iterator,
  () => {},
];

const invoke = (name: string, args: unknown[]): unknown =>
  (native as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(...args);

describe.each(Object.entries({ ...calls, ...names }))('native %s', (name, { args, nullable = [] }) => {
  it('refuses every argument of a wrong type with -EINVAL', () => {
    for (let i = 0; i < args.length; i++) {
      for (const wrong of wrongs) {
        if (wrong === null && nullable.includes(i)) continue;
        expect(invoke(name, args.with(i, wrong)), `argument ${i}: ${String(wrong)}`).toBe(EINVAL);
      }
      expect(invoke(name, args.slice(0, i)), `only ${i} arguments`).toBe(EINVAL);
    }
  });
});

it.each(Object.entries(calls))(
  'native %s answers -EBADF for a descriptor that is not one',
  (name, { args }) => {
    expect(invoke(name, args)).toBe(EBADF);
  },
);

describe('an array of buffers', () => {
  it.each([
    ['a string in it', ['x']],
    ['a hole', Array(1)],
    ['what is like an array', { length: 1, 0: bytes }],
    ['a buffer itself', bytes],
    ['a huge length', Object.assign([], { length: 2 ** 32 - 1 })],
  ])('with %s is refused', (_title, buffers) => {
    expect(invoke('readv', [0, buffers])).toBe(EINVAL);
  });

  it('whose getter throws is refused, and the exception is not left behind', () => {
    const throws = Object.defineProperty([bytes], 0, {
      get() {
        throw new Error('never seen');
      },
    });
    expect(invoke('writev', [1, throws])).toBe(EINVAL);
  });

  it('whose getter detaches another one is not read from', () => {
    const fds = new Int32Array(2);
    native.pipe2(fds, 0);
    const [r, w] = fds as unknown as [number, number];
    const doomed = new Uint8Array(new ArrayBuffer(32));
    const list: unknown[] = [doomed, bytes];
    Object.defineProperty(list, 1, {
      get() {
        structuredClone(doomed, { transfer: [doomed.buffer] });
        return bytes.subarray(0, 3);
      },
    });
    expect(invoke('writev', [w, list])).toBe(3);
    native.close(r);
    native.close(w);
  });

  it('that is longer than the kernel takes is refused by the kernel', () => {
    const fds = new Int32Array(2);
    native.pipe2(fds, 0);
    expect(native.writev(fds[1] as number, Array(1025).fill(bytes))).toBe(EINVAL);
    expect(native.writev(fds[1] as number, Array(1024).fill(bytes.subarray(0, 1)))).toBe(1024);
    for (const fd of fds) native.close(fd);
  });
});

describe('control messages that make no sense', () => {
  it('are refused, and leave nothing open', () => {
    const fds = new Int32Array(2);
    native.socketpair(1, 1, 0, fds);
    const [a, b] = fds as unknown as [number, number];
    const before = openFds();
    let seed = 1;
    for (let round = 0; round < 2000; round++) {
      const control = Buffer.alloc(round % 64);
      for (let i = 0; i < control.length; i++) {
        seed = (seed * 1103515245 + 12345) & 0x7fffffff;
        control[i] = i < 8 && i > 0 ? 0 : seed >> 16;
      }
      const sent = native.sendmsg(a, [bytes.subarray(0, 1)], control, 0x40, null);
      if (sent > 0) native.recvmsg(b, [bytes], Buffer.alloc(round % 40), 0x40, address(), new Int32Array(2));
    }
    expect(openFds()).toBe(before);
    native.close(a);
    native.close(b);
  });
});

it('a struct that is too small for the kernel reaches no system call', () => {
  expect(native.fcntlBytes(0, constant('F_GETLK'), Buffer.alloc(16383))).toBe(EINVAL);
  expect(native.ioctlBytes(0, constant('FIONREAD'), Buffer.alloc(16383))).toBe(EINVAL);
});

it('an answer that does not fit is -ERANGE', () => {
  const ERANGE = -errnoOf('ERANGE');
  expect(native.ifNameindex(Buffer.alloc(1))).toBe(ERANGE);
  expect(native.ifIndextoname(1, Buffer.alloc(2))).toBe(ERANGE);
  expect(native.gethostbyname('127.0.0.1', Buffer.alloc(3), new Int32Array(1))).toBe(ERANGE);
});
