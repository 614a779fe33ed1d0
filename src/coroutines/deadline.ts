/** Timeouts of waits, as the hub takes them. */
import { typeError } from '../arguments.js';
import { deadlineOf, type Seconds, type Timeout, toWait } from '../time.js';

/** What calls that wait take. */
export interface TimeoutOptions {
  /** Seconds; left out or `null`, it waits forever; zero or less does not wait. */
  readonly timeout?: Timeout;
}

/** The end of a wait that begins now, on the clock of `performance.now()`; Infinity for no end. */
export function deadlineIn(timeout: Timeout): number {
  return timeout === undefined || timeout === null ? Infinity : deadlineOf(toWait(timeout));
}

/**
 * Refuses what is not a number, as nothing can be left out here.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function checkSeconds(seconds: Seconds): Seconds {
  if (typeof seconds === 'number') return seconds;
  throw typeError('seconds', 'of type number', seconds);
}
