import { describe, expect, it } from 'vitest';
import { constant, native } from '../../src/native.js';
import { EBADF, EINVAL, NO_INTEGERS } from '../support/raw.js';

const MONOTONIC = constant('CLOCK_MONOTONIC');
const FLAGS = constant('TFD_NONBLOCK') | constant('TFD_CLOEXEC');

/** What no time may be; fractions and large numbers may. */
const NO_TIMES = NO_INTEGERS.filter((wrong) => typeof wrong !== 'number' || !(wrong >= 0));

describe('timerfd', () => {
  it('keeps what settime was given', () => {
    const fd = native.timerfdCreate(MONOTONIC, FLAGS);
    const time = new Float64Array(2);
    expect(native.timerfdSettime(fd, 0, 1000.5, 0.25)).toBe(0);
    expect(native.timerfdGettime(fd, time)).toBe(0);
    expect(time[0]).toBeGreaterThan(0);
    expect(time[0]).toBeLessThanOrEqual(1000.5);
    expect(time[1]).toBe(0.25);
    native.close(fd);
  });

  it('rounds up, never to a timer that is not armed, and clamps what is beyond all clocks', () => {
    const fd = native.timerfdCreate(MONOTONIC, FLAGS);
    const time = new Float64Array(2);
    for (const [interval, kept] of [
      [1e-12, 1e-9],
      [1.5e-9, 2e-9],
      [0.9999999999, 1],
      [1e18, 9e9],
      [Infinity, 9e9],
    ] as const) {
      expect(native.timerfdSettime(fd, 0, 1000, interval)).toBe(0);
      native.timerfdGettime(fd, time);
      expect(time[1]).toBe(kept);
    }
    native.close(fd);
  });

  it('answers EINVAL to what it does not take', () => {
    const fd = native.timerfdCreate(MONOTONIC, FLAGS);
    for (const wrong of NO_INTEGERS as number[]) {
      expect(native.timerfdCreate(wrong, FLAGS)).toBe(-EINVAL);
      expect(native.timerfdCreate(MONOTONIC, wrong)).toBe(-EINVAL);
      expect(native.timerfdSettime(wrong, 0, 1, 1)).toBe(-EINVAL);
      expect(native.timerfdSettime(fd, wrong, 1, 1)).toBe(-EINVAL);
      expect(native.timerfdGettime(wrong, new Float64Array(2))).toBe(-EINVAL);
    }
    for (const wrong of [...NO_TIMES, -1, -1e-9] as number[]) {
      expect(native.timerfdSettime(fd, 0, wrong, 1)).toBe(-EINVAL);
      expect(native.timerfdSettime(fd, 0, 1, wrong)).toBe(-EINVAL);
    }
    for (const wrong of [new Float64Array(1), new Float32Array(2), new BigUint64Array(2), [0, 0], null]) {
      expect(native.timerfdGettime(fd, wrong as Float64Array)).toBe(-EINVAL);
    }
    const time = new Float64Array(2);
    expect(native.timerfdGettime(fd, time)).toBe(0);
    expect([...time]).toEqual([0, 0]);
    native.close(fd);
    expect(native.timerfdSettime(fd, 0, 1, 1)).toBe(-EBADF);
    expect(native.timerfdGettime(fd, time)).toBe(-EBADF);
  });
});
