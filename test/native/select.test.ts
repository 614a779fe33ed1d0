/** The raw contract of select(2). */
import { describe, expect, it } from 'vitest';
import { native } from '../../src/native.js';
import { EBADF, EINVAL, intBut, itTakes, openPipe, orNull, structs, timeout } from '../support/raw.js';

const set = (...fds: number[]): Int32Array<ArrayBuffer> => {
  const words = new Int32Array(32);
  for (const fd of fds) (words[fd >> 5] as number) |= 1 << (fd & 31);
  return words;
};
const anySet = orNull(structs(new ArrayBuffer(128)));
const shortSet = { good: null, wrong: [...anySet.wrong, new ArrayBuffer(127), new ArrayBuffer(0)] };

describe('select', () => {
  // The kernel would read past the end of a set for an nfds beyond FD_SETSIZE.
  itTakes({ select: [0, intBut(0, -1, 1025, 2 ** 31 - 1), anySet, anySet, shortSet, timeout] });

  it('refuses a short set wherever it stands', () => {
    const short = new ArrayBuffer(127);
    expect(native.select(1, short, null, null, 0)).toBe(-EINVAL);
    expect(native.select(1, null, short, null, 0)).toBe(-EINVAL);
    expect(native.select(1, null, null, short, 0)).toBe(-EINVAL);
    expect(native.select(1024, null, null, null, 0)).toBe(0);
  });

  it('fills the sets and counts the bits', () => {
    const [reader, writer] = openPipe();
    const [r, w] = [set(reader, writer), set(reader, writer)];
    expect(native.select(Math.max(reader, writer) + 1, r.buffer, w.buffer, null, 0)).toBe(1);
    expect(r).toEqual(set());
    expect(w).toEqual(set(writer));
  });

  it('answers -EBADF to a closed descriptor', () => {
    const fd = native.dup(0);
    native.close(fd);
    expect(native.select(fd + 1, set(fd).buffer, null, null, 0)).toBe(-EBADF);
  });

  it.each([Number.MAX_VALUE, Infinity, 2 ** 63, -1, -Infinity])('takes a timeout of %s', (seconds) => {
    const [, writer] = openPipe();
    expect(native.select(writer + 1, null, set(writer).buffer, null, seconds)).toBe(1);
  });
});
