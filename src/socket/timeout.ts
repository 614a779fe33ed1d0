/** The timeouts of sockets. */
import { ValueError } from '../errors.js';
import { type Seconds, type Timeout, toWait } from '../time.js';

let defaultTimeout: Seconds | null = null;

/**
 * A timeout as a socket keeps it: `null` blocks, zero never waits.
 *
 * @throws {@link ValueError} `ERR_INVALID_TIMEOUT` for a negative timeout, NaN and Infinity.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for what is no number.
 */
export function toTimeout(timeout: Timeout): Seconds | null {
  if (timeout === null || timeout === undefined) return null;
  if (timeout < 0) throw new ValueError('ERR_INVALID_TIMEOUT', `a timeout is not negative: ${timeout}`);
  return toWait(timeout);
}

/**
 * The timeout of new sockets in this thread, in seconds; `null`, which it is at first, blocks.
 *
 * Python: `socket.getdefaulttimeout`.
 */
export function getdefaulttimeout(): Seconds | null {
  return defaultTimeout;
}

/**
 * Sets the timeout of new sockets in this thread, accepted ones included.
 *
 * Python: `socket.setdefaulttimeout`.
 *
 * @param timeout - seconds; `null` blocks, zero never waits.
 * @throws {@link ValueError} `ERR_INVALID_TIMEOUT`.
 */
export function setdefaulttimeout(timeout: Timeout): void {
  defaultTimeout = toTimeout(timeout);
}
