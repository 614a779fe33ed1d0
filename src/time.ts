/**
 * Timeouts: as the public functions take them, and as the native functions take them, which is seconds
 * with nanosecond precision, negative to wait forever.
 */
import { numberError } from './arguments.js';
import type { Wait } from './native.js';

/** A duration in seconds; may be fractional, with nanosecond precision. */
export type Seconds = number;

/** A duration in milliseconds; may be fractional. Only `poll().poll()` takes milliseconds, as in Python. */
export type Milliseconds = number;

/** A timeout in seconds; `undefined` and `null` wait forever. */
export type Timeout = Seconds | null | undefined;

/** The native timeout that waits forever. */
export const FOREVER: Wait = -1;

function reject(timeout: unknown): never {
  throw numberError('ERR_INVALID_TIMEOUT', 'timeout', 'a finite number, or omitted to wait forever', timeout);
}

/**
 * Converts a timeout by the rule of Python's `selectors`: none waits forever, zero or less does not wait.
 *
 * @throws {@link ValueError} `ERR_INVALID_TIMEOUT` for NaN and Infinity.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` unless it is a number.
 */
export function toWait(timeout: Timeout): Wait {
  if (timeout === undefined || timeout === null) return FOREVER;
  if (typeof timeout !== 'number' || !(timeout < Infinity)) reject(timeout);
  return timeout > 0 ? timeout : 0;
}

/**
 * Converts a timeout by the rule of Python's `poll` and `epoll` objects: none and any negative wait forever.
 *
 * @throws as {@link toWait} does.
 */
export function toWaitNegativeForever(timeout: Timeout): Wait {
  return typeof timeout === 'number' && timeout < 0 ? FOREVER : toWait(timeout);
}

/** Returns the end of a wait that starts now, on the clock of `performance.now()`. */
export function deadlineOf(wait: Wait): number {
  return wait < 0 ? Infinity : performance.now() + wait * 1e3;
}

/** Returns the time left until a deadline; negative only if it is forever. */
export function remaining(deadline: number): Wait {
  return deadline === Infinity ? FOREVER : Math.max(0, (deadline - performance.now()) / 1e3);
}
