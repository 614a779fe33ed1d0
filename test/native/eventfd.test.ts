/** The raw contract of eventfd(2). */
import { describe, expect, it } from 'vitest';
import { constant, native } from '../../src/native.js';
import { EBADF, intBut, itTakes, NO_INTEGERS } from '../support/raw.js';

const NONBLOCK = constant('EFD_NONBLOCK') | constant('EFD_CLOEXEC');

describe('eventfd', () => {
  itTakes({ eventfd: ['fd', { good: 2 ** 31, wrong: [...NO_INTEGERS, -1] }, intBut(NONBLOCK, -1)] });

  it('returns a descriptor whose counter begins with initval', () => {
    const fd = native.eventfd(0xffff_ffff, NONBLOCK);
    const counter = new BigUint64Array(1);
    expect(native.read(fd, new Uint8Array(counter.buffer), 8)).toBe(8);
    expect(counter[0]).toBe(0xffff_ffffn);
    expect(native.close(fd)).toBe(0);
    expect(native.close(fd)).toBe(-EBADF);
  });
});
