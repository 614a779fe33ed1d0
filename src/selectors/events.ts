/** What a selector can wait for, and how that maps to the bits of poll(2) and epoll(7). */
import { POLLIN, POLLOUT, POLLPRI, POLLRDHUP } from '../constants.js';
import { numberError, show } from '../errors.js';

/** Wait until there is something to read, a connection to accept, or the end of the file. */
export const EVENT_READ = 1;
/** Wait until there is room to write, or a connection is made. */
export const EVENT_WRITE = 2;
/** Wait for urgent data, such as out-of-band data of TCP. Python: has no such event. */
export const EVENT_PRIORITY = 4;

const ALL = EVENT_READ | EVENT_WRITE | EVENT_PRIORITY;

// The kernel gives POLL* and EPOLL* the same values.
const NOT_READ = POLLOUT | POLLPRI;
const NOT_WRITE = POLLIN | POLLPRI | POLLRDHUP;
const NOT_PRIORITY = POLLIN | POLLOUT | POLLRDHUP;

/**
 * @throws {@link ValueError} `ERR_INVALID_EVENTS` unless `events` is an or of at least one event.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` unless it is a number.
 */
export function checkEvents(events: number): void {
  if ((events & ALL) === events && events !== 0) return;
  throw numberError(
    events,
    'ERR_INVALID_EVENTS',
    `events is an or of EVENT_READ, EVENT_WRITE and EVENT_PRIORITY, not ${show(events)}`,
  );
}

/** The bits that ask the kernel for `events`. */
export function toBits(events: number): number {
  return (
    ((events & EVENT_READ) !== 0 ? POLLIN : 0) |
    ((events & EVENT_WRITE) !== 0 ? POLLOUT : 0) |
    ((events & EVENT_PRIORITY) !== 0 ? POLLPRI : 0)
  );
}

/**
 * The events that the kernel's bits mean, before they are masked by what was asked for.
 *
 * Errors and hang-ups belong to no event, so they count as every one: whoever waits for anything
 * wakes up, makes his call, and gets the error from it.
 */
export function toEvents(bits: number): number {
  return (
    ((bits & ~NOT_READ) !== 0 ? EVENT_READ : 0) |
    ((bits & ~NOT_WRITE) !== 0 ? EVENT_WRITE : 0) |
    ((bits & ~NOT_PRIORITY) !== 0 ? EVENT_PRIORITY : 0)
  );
}
