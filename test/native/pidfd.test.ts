/** The raw contract of pidfd_open(2) and what takes a pidfd. */
import { describe, expect, it } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { constant, native } from '../../src/native.js';
import { EBADF, int, intBut, ints, itTakes } from '../support/raw.js';

const OPTIONS = constant('WEXITED') | constant('WNOHANG');

describe('pidfd', () => {
  itTakes({
    pidfdOpen: ['fd', intBut(process.pid, 0, -1), int(0)],
    pidfdSendSignal: [-EBADF, int(999), int(0)],
    waitid: [-EBADF, intBut(999, -1), int(OPTIONS), ints(3)],
  });

  it('opens a process, and tells what the system tells', () => {
    const fd = native.pidfdOpen(process.pid, 0);
    expect(fd).toBeGreaterThan(2);
    expect(native.pidfdSendSignal(fd, 0)).toBe(0);
    expect(native.pidfdSendSignal(fd, 65)).toBe(-errnoOf('EINVAL'));
    const status = Int32Array.of(7, 7, 7);
    expect(native.waitid(fd, OPTIONS, status)).toBe(-errnoOf('ECHILD'));
    expect([...status]).toEqual([0, 0, 0]);
    native.close(fd);
    expect(native.pidfdSendSignal(fd, 0)).toBe(-EBADF);
  });
});
