/** Waits for a socket with a timeout. */
import { check, EINTR, ETIMEDOUT } from '../errors.js';
import type { Result } from '../native.js';
import { pollOne } from '../pollone.js';
import { remaining } from '../time.js';

/**
 * Waits until a descriptor is ready, and returns 0, or -ETIMEDOUT after the deadline.
 *
 * A signal does not end the wait: unlike a selector, a socket has nothing to return early. (libuv
 * installs its handlers with SA_RESTART, so most system calls are not even interrupted.)
 *
 * @param events - `POLLIN` or `POLLOUT`.
 */
export function pollUntil(fd: number, events: number, deadline: number): Result {
  for (;;) {
    const result = pollOne(fd, events, remaining(deadline));
    if (result !== -EINTR) return check(result, 'poll') === 0 ? -ETIMEDOUT : 0;
  }
}
