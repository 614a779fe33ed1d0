import { EventFd, getblocking } from 'fd-selectors/fds';
import { select } from 'fd-selectors/select';
import { describe, expect, it } from 'vitest';
import { NO, readable, YES } from '../support/readable.js';

const error = (name: string, code: string) => expect.objectContaining({ name, code });
const MOST = 2n ** 64n - 2n;

describe('EventFd', () => {
  it('counts, and a read takes all', () => {
    using event = new EventFd();
    expect(readable(event, 0)).toEqual(NO);
    event.write();
    event.write(0);
    event.write(41);
    expect(readable(event)).toEqual(YES);
    expect(event.read()).toBe(42);
    expect(readable(event, 0)).toEqual(NO);
    expect(event.tryRead()).toBe(null);
    expect(event.tryReadBigInt()).toBe(null);
    expect(() => event.read()).toThrow(error('BlockingIOError', 'EAGAIN'));
    expect(() => event.readBigInt()).toThrow(error('BlockingIOError', 'EAGAIN'));
  });

  it('as a semaphore, a read takes one', () => {
    using event = new EventFd(2, { semaphore: true });
    expect(event.read()).toBe(1);
    expect(readable(event)).toEqual(YES);
    expect(event.readBigInt()).toBe(1n);
    expect(event.tryRead()).toBe(null);
  });

  it('begins with the counter given', () => {
    using event = new EventFd(0xffff_ffff);
    expect(event.read()).toBe(0xffff_ffff);
  });

  it('holds 64 bits but the last value, and is not writable when full', () => {
    using event = new EventFd();
    expect(event.tryWrite(MOST)).toBe(true);
    expect(select([], [event], [], 0)[1]).toEqual([]);
    expect(event.tryWrite(1)).toBe(false);
    expect(() => event.write(1)).toThrow(error('BlockingIOError', 'EAGAIN'));
    expect(event.readBigInt()).toBe(MOST);
    expect(select([], [event], [], 0)[1]).toEqual([event]);
  });

  it('is exact to 2^53 as a number, and beyond as a bigint', () => {
    using event = new EventFd();
    event.write(Number.MAX_SAFE_INTEGER);
    expect(event.read()).toBe(Number.MAX_SAFE_INTEGER);
    event.write(2n ** 53n + 1n);
    expect(event.tryReadBigInt()).toBe(2n ** 53n + 1n);
    event.write(2n ** 53n + 1n);
    expect(event.tryRead()).toBe(2 ** 53);
  });

  it('refuses counts that are none', () => {
    using event = new EventFd();
    for (const count of [-1, 0.5, Number.NaN, Infinity, 2 ** 53, -1n, MOST + 1n]) {
      expect(() => event.write(count)).toThrow(error('ValueError', 'ERR_INVALID_COUNT'));
      expect(() => event.tryWrite(count)).toThrow(error('ValueError', 'ERR_INVALID_COUNT'));
    }
    for (const count of ['1', null, {}]) {
      expect(() => event.write(count as never)).toThrow(error('TypeError', 'ERR_INVALID_ARG_TYPE'));
    }
    for (const initial of [-1, 2 ** 32, 1.5, Number.NaN, '1' as never]) {
      expect(() => new EventFd(initial)).toThrow(error('ValueError', 'ERR_INVALID_COUNT'));
    }
    expect(event.tryRead()).toBe(null);
  });

  it('blocks when asked to', () => {
    using event = new EventFd(1, { nonblocking: false });
    expect(getblocking(event)).toBe(true);
    expect(event.read()).toBe(1);
  });
});
