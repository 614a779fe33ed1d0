/** The raw contract of socket(2) and its family. */
import { describe, expect, it } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { constant, native } from '../../src/native.js';
import { bytes, EBADF, EINVAL, int, intBut, ints, itTakes, optional } from '../support/raw.js';

const AF_UNIX = constant('AF_UNIX');
const AF_INET = constant('AF_INET');
const SOCK_STREAM = constant('SOCK_STREAM');
const SOCK_CLOEXEC = constant('SOCK_CLOEXEC');
const MSG_DONTWAIT = constant('MSG_DONTWAIT');
const MSG_NOSIGNAL = constant('MSG_NOSIGNAL');
const ADDRESS_WORDS = 33;

const buffer = Buffer.alloc(64);
/** How much of the buffer. */
const length = optional(intBut(buffer.length, -1, buffer.length + 1));
const address = (): Int32Array => new Int32Array(ADDRESS_WORDS);

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

describe('native socket calls', () => {
  const name = ints(ADDRESS_WORDS);
  itTakes({
    socket: ['fd', int(AF_INET), int(SOCK_STREAM), int(0)],
    socketpair: ['fds', int(AF_UNIX), int(SOCK_STREAM), int(0), ints(2)],
    bind: [-EBADF, int(-1), name],
    listen: [-EBADF, int(-1), int(1)],
    accept4: [-EBADF, int(-1), name, int(0)],
    connect: [-EBADF, int(-1), name],
    send: [-EBADF, int(-1), bytes(buffer), int(0), length],
    sendto: [-EBADF, int(-1), bytes(buffer), int(0), name],
    recv: [-EBADF, int(-1), bytes(buffer), int(0), length],
    recvfrom: [-EBADF, int(-1), bytes(buffer), int(0), name, length],
    shutdown: [-EBADF, int(-1), int(0)],
    getsockname: [-EBADF, int(-1), name],
    getpeername: [-EBADF, int(-1), name],
    setsockopt: [-EBADF, int(-1), int(1), int(2), bytes(buffer)],
    getsockopt: [-EBADF, int(-1), int(1), int(2), bytes(buffer)],
  });

  it('refuse an address whose length is beyond its 128 bytes', () => {
    for (const length of [-1, 129, 0x7fff_ffff, -0x8000_0000]) {
      const wrong = address();
      wrong[ADDRESS_WORDS - 1] = length;
      expect(native.bind(-1, wrong)).toBe(-EINVAL);
      expect(native.connect(-1, wrong)).toBe(-EINVAL);
      expect(native.sendto(-1, buffer, 0, wrong)).toBe(-EINVAL);
    }
  });

  it('return -errno', () => {
    expect(native.socket(12345, SOCK_STREAM, 0)).toBe(-errnoOf('EAFNOSUPPORT'));
    expect(native.listen(0x7fff_ffff, 1)).toBe(-EBADF);
    withPair((a, b) => {
      expect(native.recv(a, buffer, MSG_DONTWAIT)).toBe(-errnoOf('EAGAIN'));
      expect(native.getsockopt(a, 12345, 1, buffer)).toBe(-errnoOf('EOPNOTSUPP'));
      native.close(b);
      expect(native.send(a, buffer, MSG_NOSIGNAL)).toBe(-errnoOf('EPIPE'));
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
      expect(native.send(a, buffer, 0)).toBe(buffer.length);
      expect(native.recvfrom(b, beyond, 0, address(), ADDRESS_WORDS)).toBe(-EINVAL);
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
    expect(native.getsockname(-1, name)).toBe(-EBADF);
    expect(name[ADDRESS_WORDS - 1]).toBe(7);
  });
});
