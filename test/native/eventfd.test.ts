import { describe, expect, it } from 'vitest';
import { constant, native } from '../../src/native.js';
import { EBADF, EINVAL, NO_INTEGERS } from '../support/raw.js';

const NONBLOCK = constant('EFD_NONBLOCK') | constant('EFD_CLOEXEC');

describe('eventfd', () => {
  it('returns a descriptor whose counter begins with initval', () => {
    const fd = native.eventfd(0xffff_ffff, NONBLOCK);
    const counter = new BigUint64Array(1);
    expect(native.read(fd, new Uint8Array(counter.buffer), 8)).toBe(8);
    expect(counter[0]).toBe(0xffff_ffffn);
    expect(native.close(fd)).toBe(0);
    expect(native.close(fd)).toBe(-EBADF);
  });

  it('answers EINVAL to what it does not take', () => {
    for (const wrong of [...NO_INTEGERS, -1, 2 ** 32]) {
      expect(native.eventfd(wrong as number, NONBLOCK)).toBe(-EINVAL);
    }
    for (const wrong of [...NO_INTEGERS, -1]) expect(native.eventfd(0, wrong as number)).toBe(-EINVAL);
    expect((native.eventfd as () => number)()).toBe(-EINVAL);
  });
});
