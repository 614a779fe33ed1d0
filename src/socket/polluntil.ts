/** How an operation with a timeout waits for its socket. */
import { check, errnoOf } from '../errors.js';
import { constant, native, type Result } from '../native.js';
import { remaining } from '../time.js';

/** What {@link pollUntil} can wait for: something to read, or room to write. */
export const POLLIN = constant('POLLIN');
export const POLLOUT = constant('POLLOUT');

const EINTR = errnoOf('EINTR');
const ETIMEDOUT = errnoOf('ETIMEDOUT');

/** One `struct pollfd`: the descriptor, and the events asked for in the lower half of the next word. */
const pollfd = new Int32Array(2);

/**
 * Waits until a descriptor is ready or the deadline has passed: 0, or -ETIMEDOUT.
 *
 * A signal does not end the wait: JavaScript's handlers can only run once we return, so there is
 * nothing to return for. (libuv installs its own with SA_RESTART, so most calls do not even notice.)
 */
export function pollUntil(fd: number, events: number, deadline: number): Result {
  for (;;) {
    pollfd[0] = fd;
    pollfd[1] = events;
    const result = native.poll(pollfd.buffer, 1, remaining(deadline));
    if (result === -EINTR) continue;
    return check(result, 'poll') === 0 ? -ETIMEDOUT : 0;
  }
}
