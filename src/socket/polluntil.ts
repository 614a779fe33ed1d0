/** How an operation with a timeout waits for its socket. */
import { check, EINTR, ETIMEDOUT } from '../errors.js';
import type { Result } from '../native.js';
import { pollOne } from '../pollone.js';
import { remaining } from '../time.js';

/**
 * Waits until a descriptor is ready or the deadline has passed: 0, or -ETIMEDOUT.
 *
 * A signal does not end the wait: JavaScript's handlers can only run once we return, so there is
 * nothing to return for. (libuv installs its own with SA_RESTART, so most calls do not even notice.)
 *
 * @param events - `POLLIN` or `POLLOUT`.
 */
export function pollUntil(fd: number, events: number, deadline: number): Result {
  for (;;) {
    const result = pollOne(fd, events, remaining(deadline));
    if (result !== -EINTR) return check(result, 'poll') === 0 ? -ETIMEDOUT : 0;
  }
}
