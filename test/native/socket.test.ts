import { describe, expect, it } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { constant, native } from '../../src/native.js';

const AF_UNIX = constant('AF_UNIX');
const AF_INET = constant('AF_INET');
const AF_INET6 = constant('AF_INET6');
const SOCK_STREAM = constant('SOCK_STREAM');
const SOCK_CLOEXEC = constant('SOCK_CLOEXEC');
const MSG_DONTWAIT = constant('MSG_DONTWAIT');
const MSG_NOSIGNAL = constant('MSG_NOSIGNAL');
const EINVAL = -errnoOf('EINVAL');
const EBADF = -errnoOf('EBADF');
const ADDRESS_WORDS = 33;

const bytes = Buffer.alloc(64);
const address = (): Int32Array => new Int32Array(ADDRESS_WORDS);
const none: unknown[] = [undefined, null, 'x', {}, Number.NaN, 1.5, Infinity, 2 ** 31, 7n, Symbol.iterator];

/** Runs with a socket pair, and closes it. */
function withPair<T>(body: (a: number, b: number) => T): T {
  const fds = new Int32Array(2);
  expect(native.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds)).toBe(0);
  const [a, b] = fds as unknown as [number, number];
  try {
    return body(a, b);
  } finally {
    native.close(a);
    native.close(b);
  }
}

/** Every function, with arguments that it would take. */
const calls: Record<string, unknown[]> = {
  socket: [AF_INET, SOCK_STREAM, 0],
  socketpair: [AF_UNIX, SOCK_STREAM, 0, new Int32Array(2)],
  bind: [-1, address()],
  listen: [-1, 1],
  accept4: [-1, address(), 0],
  connect: [-1, address()],
  send: [-1, bytes, 0],
  sendto: [-1, bytes, 0, address()],
  recv: [-1, bytes, 0],
  recvfrom: [-1, bytes, 0, address()],
  shutdown: [-1, 0],
  getsockname: [-1, address()],
  getpeername: [-1, address()],
  setsockopt: [-1, 1, 2, bytes],
  getsockopt: [-1, 1, 2, bytes],
};

const invoke = (name: string, args: unknown[]): unknown =>
  (native as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(...args);

describe('native socket calls', () => {
  for (const [name, args] of Object.entries(calls)) {
    it(`${name} refuses every argument of a wrong type with -EINVAL`, () => {
      for (let i = 0; i < args.length; i++) {
        for (const wrong of none) expect(invoke(name, args.with(i, wrong)), `argument ${i}`).toBe(EINVAL);
        expect(invoke(name, args.slice(0, i)), `only ${i} arguments`).toBe(EINVAL);
      }
    });
  }

  it('refuse typed arrays of another type or too short', () => {
    for (const name of ['bind', 'connect', 'getsockname', 'getpeername']) {
      expect(invoke(name, [-1, new Int32Array(ADDRESS_WORDS - 1)])).toBe(EINVAL);
      expect(invoke(name, [-1, new Uint32Array(ADDRESS_WORDS)])).toBe(EINVAL);
    }
    expect(native.accept4(-1, new Int32Array(32), 0)).toBe(EINVAL);
    expect(native.recvfrom(-1, bytes, 0, new Int32Array(32))).toBe(EINVAL);
    expect(native.socketpair(AF_UNIX, SOCK_STREAM, 0, new Int32Array(1))).toBe(EINVAL);
    expect(native.send(-1, new Uint16Array(4) as unknown as Uint8Array, 0)).toBe(EINVAL);
    for (const length of [bytes.length + 1, -1, 1.5, Number.NaN, '1', null, undefined] as number[]) {
      expect(native.send(-1, bytes, 0, length)).toBe(EINVAL);
      expect(native.recv(-1, bytes, 0, length)).toBe(EINVAL);
      expect(native.recvfrom(-1, bytes, 0, address(), length)).toBe(EINVAL);
    }
  });

  it('refuse an address whose length is beyond its 128 bytes', () => {
    for (const length of [-1, 129, 0x7fff_ffff, -0x8000_0000]) {
      const wrong = address();
      wrong[ADDRESS_WORDS - 1] = length;
      expect(native.bind(-1, wrong)).toBe(EINVAL);
      expect(native.connect(-1, wrong)).toBe(EINVAL);
      expect(native.sendto(-1, bytes, 0, wrong)).toBe(EINVAL);
    }
  });

  it('return -errno', () => {
    for (const [name, args] of Object.entries(calls)) {
      if (args[0] === -1) expect(invoke(name, args), name).toBe(EBADF);
    }
    expect(native.socket(12345, SOCK_STREAM, 0)).toBe(-errnoOf('EAFNOSUPPORT'));
    expect(native.listen(0x7fff_ffff, 1)).toBe(EBADF);
    withPair((a, b) => {
      expect(native.recv(a, bytes, MSG_DONTWAIT)).toBe(-errnoOf('EAGAIN'));
      expect(native.getsockopt(a, 12345, 1, bytes)).toBe(-errnoOf('EOPNOTSUPP'));
      native.close(b);
      expect(native.send(a, bytes, MSG_NOSIGNAL)).toBe(-errnoOf('EPIPE'));
    });
  });

  it('move bytes, those of a part of a buffer too, and none', () => {
    withPair((a, b) => {
      const part = Buffer.from('xxpingxx').subarray(2, 6);
      expect(native.send(a, part, 0)).toBe(4);
      expect(native.send(a, new Uint8Array(0), 0)).toBe(0);
      expect(native.send(a, part, 0, 0)).toBe(0);
      const room = Buffer.alloc(8, '.').subarray(1, 7);
      expect(native.recv(b, room, 0, 6)).toBe(4);
      expect(Buffer.from(room.buffer, room.byteOffset - 1, 8).toString()).toBe('.ping...');
      expect(native.recv(b, new Uint8Array(0), MSG_DONTWAIT)).toBe(-errnoOf('EAGAIN'));
    });
  });

  it('count a length in bytes of the buffer, not in words of the address', () => {
    const room = Buffer.alloc(64);
    const beyond = new Uint8Array(ADDRESS_WORDS - 1);
    withPair((a, b) => {
      expect(native.send(a, bytes, 0)).toBe(bytes.length);
      expect(native.recvfrom(b, beyond, 0, address(), ADDRESS_WORDS)).toBe(EINVAL);
      expect(native.recvfrom(b, room, 0, address(), 1)).toBe(1);
      expect(native.recvfrom(b, room, 0, address(), 50)).toBe(50);
      expect(native.recvfrom(b, room, 0, address())).toBe(13);
    });
  });

  it('write the length of an address', () => {
    withPair((a) => {
      const name = address().fill(-1);
      expect(native.getsockname(a, name)).toBe(0);
      expect(name[ADDRESS_WORDS - 1]).toBe(2);
      expect((name[0] as number) & 0xffff).toBe(AF_UNIX);
    });
  });

  it('leave the length of an address alone when they fail', () => {
    const name = address().fill(7);
    expect(native.getsockname(-1, name)).toBe(EBADF);
    expect(name[ADDRESS_WORDS - 1]).toBe(7);
  });
});

describe('native address calls', () => {
  const hints = (flags = 0, family = 0): Int32Array => Int32Array.of(flags, family, SOCK_STREAM, 0);
  const eai = new Int32Array(1);
  const rows = (count: number): Int32Array => new Int32Array(count * 36).fill(-7);

  it('refuse every argument of a wrong type with -EINVAL', () => {
    const cases: Record<string, unknown[]> = {
      getaddrinfo: ['127.0.0.1', '80', hints(), rows(1), Buffer.alloc(9), eai],
      getnameinfo: [address(), Buffer.alloc(9), Buffer.alloc(9), 0, eai],
      inetPton: [AF_INET, '127.0.0.1', bytes],
      inetNtop: [AF_INET, bytes, bytes],
      inetAton: ['127.0.0.1', bytes],
    };
    const wrongs = [undefined, 12.5, {}, 7n, Symbol.iterator, new Float64Array(9)];
    for (const [name, args] of Object.entries(cases)) {
      for (let i = 0; i < args.length; i++) {
        for (const wrong of wrongs) expect(invoke(name, args.with(i, wrong)), `${name} ${i}`).toBe(EINVAL);
      }
    }
  });

  it('refuse short arrays, long texts and a NUL in a text', () => {
    const canonname = Buffer.alloc(9);
    const ask = (host: string, given = hints(), eaiWord = eai, name = canonname): number =>
      native.getaddrinfo(host, null, given, rows(1), name, eaiWord);
    expect(ask('h'.repeat(1025))).toBe(EINVAL);
    expect(ask('127.0.0.1\0x')).toBe(EINVAL);
    expect(ask('127.0.0.1', new Int32Array(3))).toBe(EINVAL);
    expect(ask('127.0.0.1', hints(), new Int32Array(0))).toBe(EINVAL);
    expect(ask('127.0.0.1', hints(), eai, Buffer.alloc(0))).toBe(EINVAL);
    expect(native.inetPton(AF_INET, '1.2.3.4', new Uint8Array(3))).toBe(EINVAL);
    expect(native.inetPton(AF_INET6, '::1', new Uint8Array(15))).toBe(EINVAL);
    expect(native.inetNtop(AF_INET6, new Uint8Array(15), bytes)).toBe(EINVAL);
    expect(native.inetAton('1.2.3.4', new Uint8Array(3))).toBe(EINVAL);
  });

  it('count all addresses and write those that fit', () => {
    // Without a type, a numeric address is one for each of stream, datagram and raw.
    const any = new Int32Array(4);
    const some = rows(2);
    const count = native.getaddrinfo('127.0.0.1', '80', any, some.subarray(0, 36 + 35), bytes, eai);
    expect([count > 1, eai[0]]).toEqual([true, 0]);
    expect(some[0]).toBe(AF_INET);
    expect(some[35]).toBe(16);
    expect([...some.subarray(36)].every((word) => word === -7)).toBe(true);
    expect(native.getaddrinfo('127.0.0.1', '80', any, new Int32Array(0), bytes, eai)).toBe(count);
  });

  it('tell the code of the resolver apart from errno', () => {
    const numeric = constant('AI_NUMERICHOST');
    expect(native.getaddrinfo('no.such.host', null, hints(numeric), rows(1), bytes, eai)).toBe(0);
    expect(eai[0]).toBe(constant('EAI_NONAME'));
    expect(native.getnameinfo(address(), Buffer.alloc(9), Buffer.alloc(9), 0, eai)).toBe(0);
    expect(eai[0]).toBe(constant('EAI_FAMILY'));
  });

  it('translate texts and bytes', () => {
    expect(native.inetPton(AF_INET, '1.2.3.4', bytes)).toBe(1);
    expect([...bytes.subarray(0, 4)]).toEqual([1, 2, 3, 4]);
    for (const no of ['1.2.3', '', '::1', '1.2.3.4\0', '1'.repeat(500)]) {
      expect(native.inetPton(AF_INET, no, bytes), no).toBe(0);
    }
    expect(native.inetPton(12345, '1.2.3.4', bytes)).toBe(-errnoOf('EAFNOSUPPORT'));
    const text = Buffer.alloc(46);
    expect(text.toString('latin1', 0, native.inetNtop(AF_INET6, new Uint8Array(16), text))).toBe('::');
    expect(native.inetNtop(AF_INET, new Uint8Array(4), Buffer.alloc(3))).toBe(-errnoOf('ENOSPC'));
    expect(native.inetAton('127.1', bytes)).toBe(1);
    expect([...bytes.subarray(0, 4)]).toEqual([127, 0, 0, 1]);
  });
});
