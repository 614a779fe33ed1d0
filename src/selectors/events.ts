/** The events of selectors, and how they map to the bits of poll(2) and epoll(7). */
import { numberError } from '../arguments.js';
import { POLLIN, POLLOUT, POLLPRI, POLLRDHUP } from '../constants.js';

/** There is something to read, a connection to accept, or the end of the file. */
export const EVENT_READ = 1;
/** There is room to write, or a connection was established. */
export const EVENT_WRITE = 2;
/** There is urgent data, such as TCP out-of-band data. Python: has no such event. */
export const EVENT_PRIORITY = 4;

const ALL = EVENT_READ | EVENT_WRITE | EVENT_PRIORITY;

// The kernel gives POLL* and EPOLL* the same values.
const NOT_READ = POLLOUT | POLLPRI;
const NOT_WRITE = POLLIN | POLLPRI | POLLRDHUP;
const NOT_PRIORITY = POLLIN | POLLOUT | POLLRDHUP;

/**
 * Rejects anything but a combination of at least one event.
 *
 * @throws {@link ValueError} `ERR_INVALID_EVENTS`.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` unless it is a number.
 */
export function checkEvents(events: number): void {
  if (typeof events === 'number' && (events & ALL) === events && events !== 0) return;
  const expected = 'a combination of EVENT_READ, EVENT_WRITE, and EVENT_PRIORITY';
  throw numberError('ERR_INVALID_EVENTS', 'events', expected, events);
}

/** Returns the bits that request `events` from the kernel. */
export function toBits(events: number): number {
  return (
    ((events & EVENT_READ) !== 0 ? POLLIN : 0) |
    ((events & EVENT_WRITE) !== 0 ? POLLOUT : 0) |
    ((events & EVENT_PRIORITY) !== 0 ? POLLPRI : 0)
  );
}

/**
 * Returns the events for the kernel's bits, before they are masked with the requested ones.
 *
 * Errors and hang-ups set every event; the next read or write returns the error.
 */
export function toEvents(bits: number): number {
  return (
    ((bits & ~NOT_READ) !== 0 ? EVENT_READ : 0) |
    ((bits & ~NOT_WRITE) !== 0 ? EVENT_WRITE : 0) |
    ((bits & ~NOT_PRIORITY) !== 0 ? EVENT_PRIORITY : 0)
  );
}
