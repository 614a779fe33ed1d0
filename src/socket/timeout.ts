/** Timeouts of sockets. */
import { valueError } from '../arguments.js';
import { type Seconds, type Timeout, toWait } from '../time.js';

let defaultTimeout: Seconds | null = null;

/**
 * Converts a timeout to the form that a socket keeps: `null` waits forever, zero never waits.
 *
 * @throws {@link ValueError} `ERR_INVALID_TIMEOUT` for a negative timeout, NaN and Infinity.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` unless it is a number.
 */
export function toTimeout(timeout: Timeout): Seconds | null {
  if (timeout === null || timeout === undefined) return null;
  if (typeof timeout === 'number' && timeout < 0) {
    throw valueError('ERR_INVALID_TIMEOUT', 'timeout', 'a non-negative number', timeout);
  }
  return toWait(timeout);
}

/**
 * Returns the timeout of new sockets in this thread, in seconds; `null`, the initial value, waits forever.
 *
 * Python: `socket.getdefaulttimeout`.
 */
export function getdefaulttimeout(): Seconds | null {
  return defaultTimeout;
}

/**
 * Sets the timeout of new sockets in this thread, including accepted ones.
 *
 * Python: `socket.setdefaulttimeout`.
 *
 * @param timeout - seconds; `null` waits forever, zero never waits.
 * @throws {@link ValueError} `ERR_INVALID_TIMEOUT`.
 */
export function setdefaulttimeout(timeout: Timeout): void {
  defaultTimeout = toTimeout(timeout);
}
