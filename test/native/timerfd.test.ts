/** The raw contract of timerfd_create(2). */
import { describe, expect, it, onTestFinished } from 'vitest';
import { constant, native } from '../../src/native.js';
import { doubles, EBADF, int, itTakes, seconds } from '../support/raw.js';

const MONOTONIC = constant('CLOCK_MONOTONIC');
const FLAGS = constant('TFD_NONBLOCK') | constant('TFD_CLOEXEC');

function create(): number {
  const fd = native.timerfdCreate(MONOTONIC, FLAGS);
  onTestFinished(() => void native.close(fd));
  return fd;
}

describe('timerfd', () => {
  itTakes({
    timerfdCreate: ['fd', int(MONOTONIC), int(FLAGS)],
    timerfdSettime: [-EBADF, int(-1), int(0), seconds(1), seconds(1)],
    timerfdGettime: [-EBADF, int(-1), doubles(2)],
  });

  it('keeps what settime was given, and nothing of what it refused', () => {
    const fd = create();
    const time = new Float64Array(2);
    expect(native.timerfdSettime(fd, 0, 1, -1)).toBeLessThan(0);
    expect(native.timerfdGettime(fd, time)).toBe(0);
    expect([...time]).toEqual([0, 0]);
    expect(native.timerfdSettime(fd, 0, 1000.5, 0.25)).toBe(0);
    expect(native.timerfdGettime(fd, time)).toBe(0);
    expect(time[0]).toBeGreaterThan(0);
    expect(time[0]).toBeLessThanOrEqual(1000.5);
    expect(time[1]).toBe(0.25);
  });

  it('rounds up, never to a timer that is not armed, and clamps what is beyond all clocks', () => {
    const fd = create();
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
  });
});
