import { describe, expect, it } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { constant, native } from '../../src/native.js';
import { EBADF, EINVAL, NO_INTEGERS } from '../support/raw.js';

const OPTIONS = constant('WEXITED') | constant('WNOHANG');

describe('pidfd', () => {
  it('opens a process, and tells what the system tells', () => {
    const fd = native.pidfdOpen(process.pid, 0);
    expect(fd).toBeGreaterThan(2);
    expect(native.pidfdSendSignal(fd, 0)).toBe(0);
    expect(native.pidfdSendSignal(fd, 65)).toBe(-EINVAL);
    const status = Int32Array.of(7, 7, 7);
    expect(native.waitid(fd, OPTIONS, status)).toBe(-errnoOf('ECHILD'));
    expect([...status]).toEqual([0, 0, 0]);
    native.close(fd);
    expect(native.pidfdSendSignal(fd, 0)).toBe(-EBADF);
    expect(native.waitid(fd, OPTIONS, status)).toBe(-EBADF);
  });

  it('answers EINVAL to what it does not take', () => {
    const fd = native.pidfdOpen(process.pid, 0);
    const status = new Int32Array(3);
    for (const wrong of NO_INTEGERS as number[]) {
      expect(native.pidfdOpen(wrong, 0)).toBe(-EINVAL);
      expect(native.pidfdOpen(process.pid, wrong)).toBe(-EINVAL);
      expect(native.pidfdSendSignal(wrong, 0)).toBe(-EINVAL);
      expect(native.pidfdSendSignal(fd, wrong)).toBe(-EINVAL);
      expect(native.waitid(wrong, OPTIONS, status)).toBe(-EINVAL);
      expect(native.waitid(fd, wrong, status)).toBe(-EINVAL);
    }
    expect(native.pidfdOpen(0, 0)).toBe(-EINVAL);
    expect(native.pidfdOpen(-1, 0)).toBe(-EINVAL);
    expect(native.waitid(-1, OPTIONS, status)).toBe(-EINVAL);
    for (const wrong of [new Int32Array(2), new Uint32Array(3), [0, 0, 0], null]) {
      expect(native.waitid(fd, OPTIONS, wrong as Int32Array)).toBe(-EINVAL);
    }
    native.close(fd);
  });
});
