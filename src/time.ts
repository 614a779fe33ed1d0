/**
 * Timeouts as the public functions take them, and as the native waits take them: seconds to the
 * nanosecond, negative for ever.
 */
import { show, typeError, ValueError } from './errors.js';
import type { Wait } from './native.js';

/** A duration in seconds; fractions count, down to the nanosecond. */
export type Seconds = number;

/** A duration in milliseconds; fractions count. Only `poll().poll()` takes these, as in Python. */
export type Milliseconds = number;

/** A timeout: `undefined` and `null` wait for ever. */
export type Timeout = Seconds | null | undefined;

/** What a native wait takes for "for ever". */
export const FOREVER: Wait = -1;

function refuse(timeout: unknown): never {
  if (typeof timeout !== 'number') throw typeError(`a timeout is a number, not ${show(timeout)}`);
  throw new ValueError('ERR_INVALID_TIMEOUT', `${timeout} is no timeout: leave it out to wait for ever`);
}

/**
 * The rule of Python's `selectors`: none waits for ever, zero and less does not wait.
 *
 * @throws {@link ValueError} `ERR_INVALID_TIMEOUT` for NaN and Infinity.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for what is no number.
 */
export function toWait(timeout: Timeout): Wait {
  if (timeout === undefined || timeout === null) return FOREVER;
  // The type first: `<` throws a TypeError of its own for a Symbol.
  if (typeof timeout !== 'number') refuse(timeout);
  if (timeout <= 0) return 0;
  if (!(timeout < Infinity)) refuse(timeout);
  return timeout;
}

/**
 * The rule of Python's `poll` and `epoll` objects: none waits for ever, and so does any negative.
 *
 * @throws as {@link toWait} does.
 */
export function toWaitNegativeForever(timeout: Timeout): Wait {
  return typeof timeout === 'number' && timeout < 0 ? FOREVER : toWait(timeout);
}

/** The end of a wait that starts now, on the clock of `performance.now()`. */
export function deadlineOf(wait: Wait): number {
  return wait < 0 ? Infinity : performance.now() + wait * 1e3;
}

/** What is left of a wait until its deadline: never negative but for ever. */
export function remaining(deadline: number): Wait {
  return deadline === Infinity ? FOREVER : Math.max(0, (deadline - performance.now()) / 1e3);
}
