/** Converts timeouts to the hub's deadlines. */
import { checkOptions, typeError } from '../arguments.js';
import { deadlineOf, type Seconds, type Timeout, toWait } from '../time.js';

/** Options of calls that wait. */
export interface TimeoutOptions {
  /** Seconds. Omitted or `null` waits forever; zero or less does not wait. */
  readonly timeout?: Timeout;
}

/** The end of a wait that begins now, on the clock of `performance.now()`; Infinity for no end. */
export function deadlineIn(timeout: Timeout): number {
  return timeout === undefined || timeout === null ? Infinity : deadlineOf(toWait(timeout));
}

/**
 * The timeout in the options of a call. A bare number, as in Python, is refused: it would be a wait without end.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for options that are not an object.
 */
export function timeoutOf(options: TimeoutOptions | undefined): Timeout {
  return options === undefined ? undefined : checkOptions(options).timeout;
}

/**
 * Rejects anything but a number: this argument is required.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function checkSeconds(seconds: Seconds): Seconds {
  if (typeof seconds === 'number') return seconds;
  throw typeError('seconds', 'of type number', seconds);
}
