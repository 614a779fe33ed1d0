/** The raw contract of getaddrinfo(3), getnameinfo(3) and the texts of inet(3). */
import { describe, expect, it } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { constant, native } from '../../src/native.js';
import { bytes, EINVAL, int, ints, itTakes, orNull, text } from '../support/raw.js';

const AF_INET = constant('AF_INET');
const AF_INET6 = constant('AF_INET6');
const SOCK_STREAM = constant('SOCK_STREAM');

const buffer = Buffer.alloc(64);

describe('native address calls', () => {
  const hints = (flags = 0, family = 0): Int32Array => Int32Array.of(flags, family, SOCK_STREAM, 0);
  const eai = new Int32Array(1);
  const rows = (count: number): Int32Array => new Int32Array(count * 36).fill(-7);

  itTakes({
    getaddrinfo: [
      1,
      orNull(text('127.0.0.1')),
      orNull(text('80')),
      { ...ints(4), good: hints() },
      ints(0),
      bytes(Buffer.alloc(9)),
      ints(1),
    ],
    getnameinfo: [0, ints(33), bytes(Buffer.alloc(9)), bytes(Buffer.alloc(9)), int(0), ints(1)],
    inetPton: [1, int(AF_INET), text('127.0.0.1'), bytes(buffer)],
    inetNtop: [7, int(AF_INET), bytes(new Uint8Array(64)), bytes(buffer)],
    inetAton: [1, text('127.0.0.1'), bytes(buffer)],
  });

  it('refuse short arrays, long texts and a NUL in a text', () => {
    const canonname = Buffer.alloc(9);
    const ask = (host: string, given = hints(), eaiWord = eai, name = canonname): number =>
      native.getaddrinfo(host, null, given, rows(1), name, eaiWord);
    expect(ask('h'.repeat(1025))).toBe(-EINVAL);
    expect(ask('127.0.0.1\0x')).toBe(-EINVAL);
    expect(ask('127.0.0.1', new Int32Array(3))).toBe(-EINVAL);
    expect(ask('127.0.0.1', hints(), new Int32Array(0))).toBe(-EINVAL);
    expect(ask('127.0.0.1', hints(), eai, Buffer.alloc(0))).toBe(-EINVAL);
    expect(native.inetPton(AF_INET, '1.2.3.4', new Uint8Array(3))).toBe(-EINVAL);
    expect(native.inetPton(AF_INET6, '::1', new Uint8Array(15))).toBe(-EINVAL);
    expect(native.inetNtop(AF_INET6, new Uint8Array(15), buffer)).toBe(-EINVAL);
    expect(native.inetAton('1.2.3.4', new Uint8Array(3))).toBe(-EINVAL);
  });

  it('count all addresses and write those that fit', () => {
    // Without a type, a numeric address is one for each of stream, datagram and raw.
    const any = new Int32Array(4);
    const some = rows(2);
    const count = native.getaddrinfo('127.0.0.1', '80', any, some.subarray(0, 36 + 35), buffer, eai);
    expect([count > 1, eai[0]]).toEqual([true, 0]);
    expect(some[0]).toBe(AF_INET);
    expect(some[35]).toBe(16);
    expect([...some.subarray(36)].every((word) => word === -7)).toBe(true);
    expect(native.getaddrinfo('127.0.0.1', '80', any, new Int32Array(0), buffer, eai)).toBe(count);
  });

  it('tell the code of the resolver apart from errno', () => {
    const numeric = constant('AI_NUMERICHOST');
    expect(native.getaddrinfo('no.such.host', null, hints(numeric), rows(1), buffer, eai)).toBe(0);
    expect(eai[0]).toBe(constant('EAI_NONAME'));
    expect(native.getnameinfo(new Int32Array(33), Buffer.alloc(9), Buffer.alloc(9), 0, eai)).toBe(0);
    expect(eai[0]).toBe(constant('EAI_FAMILY'));
  });

  it('translate texts and bytes', () => {
    expect(native.inetPton(AF_INET, '1.2.3.4', buffer)).toBe(1);
    expect([...buffer.subarray(0, 4)]).toEqual([1, 2, 3, 4]);
    for (const no of ['1.2.3', '', '::1', '1.2.3.4\0', '1'.repeat(500)]) {
      expect(native.inetPton(AF_INET, no, buffer), no).toBe(0);
    }
    expect(native.inetPton(12345, '1.2.3.4', buffer)).toBe(-errnoOf('EAFNOSUPPORT'));
    const text = Buffer.alloc(46);
    expect(text.toString('latin1', 0, native.inetNtop(AF_INET6, new Uint8Array(16), text))).toBe('::');
    expect(native.inetNtop(AF_INET, new Uint8Array(4), Buffer.alloc(3))).toBe(-errnoOf('ENOSPC'));
    expect(native.inetAton('127.1', buffer)).toBe(1);
    expect([...buffer.subarray(0, 4)]).toEqual([127, 0, 0, 1]);
  });
});
