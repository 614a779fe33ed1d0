/** The raw contract of getaddrinfo(3) in another thread. */
import { describe, expect, it } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { constant, native } from '../../src/native.js';
import { bytes, EBADF, EINVAL, int, ints, itTakes, orNull, text } from '../support/raw.js';

const EAGAIN = errnoOf('EAGAIN');
const eai = new Int32Array(1);
const canonname = Buffer.alloc(64);

describe('native lookups', () => {
  const hints = Int32Array.of(constant('AI_NUMERICHOST'), 0, constant('SOCK_STREAM'), 0);

  /** Answered, and then asked. */
  function answered(host: string): number {
    const fd = native.lookupOpen(host, '80', hints);
    expect(native.pollOne(fd, constant('POLLIN'), -1)).toBe(constant('POLLIN'));
    return fd;
  }

  itTakes({
    lookupAnswer: [-EBADF, int(-1), ints(0), bytes(canonname), ints(1)],
    lookupClose: [-EBADF, int(-1)],
  });

  it('lookupOpen takes its arguments, and no others', () => {
    const good = ['127.0.0.1', '80', hints];
    const wrong = [orNull(text('')).wrong, orNull(text('')).wrong, ints(4).wrong];
    const open = native.lookupOpen as (...args: unknown[]) => number;
    for (const [i, values] of wrong.entries()) {
      for (const value of values) expect(open(...good.with(i, value as never)), String(value)).toBe(-EINVAL);
    }
    expect(open('127.0.0.1', '80')).toBe(-EINVAL);
  });

  it('answer what getaddrinfo answers, as often as they are asked', () => {
    const fd = answered('127.0.0.1');
    const expected = new Int32Array(36);
    const found = new Int32Array(36);
    expect(native.getaddrinfo('127.0.0.1', '80', hints, expected, canonname, eai)).toBe(1);
    expect(native.lookupAnswer(fd, new Int32Array(0), canonname, eai)).toBe(1);
    expect(native.lookupAnswer(fd, found, canonname, eai)).toBe(1);
    expect(found).toEqual(expected);
    expect(native.lookupAnswer(fd, found, Buffer.alloc(0), eai)).toBe(-EINVAL);
    expect(native.lookupClose(fd)).toBe(0);
    expect(native.lookupAnswer(fd, found, canonname, eai)).toBe(-EBADF);
    expect(native.lookupClose(fd)).toBe(-EBADF);
  });

  it('tell the code of the resolver', () => {
    const fd = answered('no.such.host');
    expect(native.lookupAnswer(fd, new Int32Array(36), canonname, eai)).toBe(0);
    expect(eai[0]).toBe(constant('EAI_NONAME'));
    expect(native.lookupClose(fd)).toBe(0);
  });

  it('may be closed before the answer, and know only their own descriptors', () => {
    const fd = native.lookupOpen('127.0.0.1', '80', hints);
    expect([0, 1, -EAGAIN]).toContain(native.lookupAnswer(fd, new Int32Array(0), canonname, eai));
    expect(native.lookupClose(fd)).toBe(0);
    expect(native.lookupClose(2)).toBe(-EBADF);
  });
});
