import { CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_REALTIME, getblocking, TimerFd } from 'fd-selectors/fds';
import { select } from 'fd-selectors/select';
import { describe, expect, it } from 'vitest';
import { NO, readable, YES } from '../support/readable.js';

const error = (name: string, code: string) => expect.objectContaining({ name, code });
const monotonic = () => Number(process.hrtime.bigint()) / 1e9;

describe('TimerFd', () => {
  it('expires once, and never early', () => {
    using timer = new TimerFd();
    for (const seconds of [0.02, 0.0012345, 1e-9, 1e-12]) {
      const start = monotonic();
      timer.set(seconds);
      expect(select([timer], [], [], 60)[0]).toEqual([timer]);
      expect(monotonic() - start).toBeGreaterThanOrEqual(seconds);
      expect(timer.read()).toBe(1);
      expect(timer.tryRead()).toBe(null);
      expect(timer.get()).toEqual([0, 0]);
    }
    expect(() => timer.read()).toThrow(error('BlockingIOError', 'EAGAIN'));
  });

  it('is readable from its expiration to the read', () => {
    using timer = new TimerFd();
    timer.set(1000);
    expect(readable(timer, 0)).toEqual(NO);
    timer.set(0.001);
    expect(readable(timer)).toEqual(YES);
    timer.read();
    expect(readable(timer, 0)).toEqual(NO);
  });

  it('counts the expirations of an interval', () => {
    using timer = new TimerFd();
    using pause = new TimerFd();
    const start = monotonic();
    timer.set(0.001, 0.001);
    expect(timer.get()[1]).toBe(0.001);
    pause.set(0.05);
    select([pause], [], [], 60);
    const expirations = timer.read();
    expect(expirations).toBeGreaterThanOrEqual(50);
    expect(expirations).toBeLessThanOrEqual((monotonic() - start) / 0.001);
    expect(readable(timer)).toEqual(YES);
  });

  it('forgets what was set before, and zero disarms', () => {
    using timer = new TimerFd();
    timer.set(1e-9);
    expect(readable(timer)).toEqual(YES);
    timer.set(0, 5);
    expect(timer.tryRead()).toBe(null);
    expect(timer.get()[0]).toBe(0);
  });

  it('tells what is left', () => {
    using timer = new TimerFd();
    expect(timer.get()).toEqual([0, 0]);
    timer.set(100, 2.5);
    const [next, interval] = timer.get();
    expect(next).toBeGreaterThan(0);
    expect(next).toBeLessThanOrEqual(100);
    expect(interval).toBe(2.5);
  });

  it('expires at a time of its clock', () => {
    using wall = new TimerFd({ clock: CLOCK_REALTIME });
    const time = Date.now() / 1e3 + 0.02;
    wall.setAbsolute(time);
    expect(readable(wall)).toEqual(YES);
    // Date.now() shows whole milliseconds, rounded down.
    expect((Date.now() + 1) / 1e3).toBeGreaterThanOrEqual(time);
    using steady = new TimerFd({ clock: CLOCK_MONOTONIC });
    steady.setAbsolute(monotonic() + 1000);
    expect(steady.get()[0]).toBeGreaterThan(0);
    expect(steady.get()[0]).toBeLessThanOrEqual(1000);
  });

  it('expires at once for a time that is past, once for each interval', () => {
    using timer = new TimerFd({ clock: CLOCK_REALTIME });
    timer.setAbsolute(Date.now() / 1e3 - 10, 1);
    expect(readable(timer)).toEqual(YES);
    expect(timer.read()).toBeGreaterThanOrEqual(10);
  });

  it('takes more time than anybody has', () => {
    using timer = new TimerFd();
    timer.set(1e300, 1e300);
    expect(timer.get()[0]).toBeGreaterThan(1e9);
    expect(readable(timer, 0)).toEqual(NO);
  });

  it('takes a clock, and blocks when asked to', () => {
    using timer = new TimerFd({ clock: CLOCK_BOOTTIME, nonblocking: false });
    expect(getblocking(timer)).toBe(true);
    timer.set(1e-9);
    expect(timer.read()).toBe(1);
    for (const clock of [2, -1, 12345, Number.NaN]) {
      expect(() => new TimerFd({ clock })).toThrow(error('OSError', 'EINVAL'));
    }
  });

  it('refuses times that are none, and stays as it was', () => {
    using timer = new TimerFd();
    timer.set(1000, 7);
    for (const time of [-1, -1e-9, Number.NaN, Infinity]) {
      for (const call of [
        () => timer.set(time),
        () => timer.set(1, time),
        () => timer.setAbsolute(time),
        () => timer.setAbsolute(1, time),
      ]) {
        expect(call).toThrow(error('ValueError', 'ERR_INVALID_TIME'));
      }
    }
    expect(() => timer.set('1' as never)).toThrow(error('TypeError', 'ERR_INVALID_ARG_TYPE'));
    expect(() => timer.set(1, null as never)).toThrow(error('TypeError', 'ERR_INVALID_ARG_TYPE'));
    expect(timer.get()[1]).toBe(7);
  });
});
