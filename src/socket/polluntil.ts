/** Waits for a socket with a timeout. */
import { POLLIN } from '../constants.js';
import { check, EINTR, ETIMEDOUT } from '../errors.js';
import type { Result } from '../native.js';
import { pollOne } from '../pollone.js';
import { remaining, type Seconds } from '../time.js';
import { MSG_ERRQUEUE } from './constants/index.js';

/** How long the first and the longest pause of {@link Patience} are, in seconds. */
const FIRST_PAUSE: Seconds = 0.0001;
const LONGEST_PAUSE: Seconds = 0.01;

/**
 * Waits until a descriptor is ready, and returns 0, or -ETIMEDOUT after the deadline.
 *
 * A signal does not end the wait: unlike a selector, a socket has nothing to return early. (libuv
 * installs its handlers with SA_RESTART, so most system calls are not even interrupted.)
 *
 * @param events - `POLLIN` or `POLLOUT`; 0 for an error.
 */
export function pollUntil(fd: number, events: number, deadline: number): Result {
  for (;;) {
    const result = pollOne(fd, events, remaining(deadline));
    if (result !== -EINTR) return check(result, 'poll') === 0 ? -ETIMEDOUT : 0;
  }
}

/** What to poll for before a receiving call: a message for MSG_ERRQUEUE makes nothing readable. */
export function awaited(flags: number): number {
  return (flags & MSG_ERRQUEUE) === 0 ? POLLIN : 0;
}

/**
 * The waits between attempts of one call, each of which failed with EAGAIN.
 *
 * poll(2) knows less than the call: it says that an unconnected AF_UNIX datagram socket is writable
 * while the receiver is full, and that there is something to read when MSG_ERRQUEUE or SO_PEEK_OFF look for
 * something else. If a descriptor is ready although the call just failed, the call is retried after a pause, which
 * grows; otherwise it would spin.
 */
export class Patience {
  readonly #fd: number;
  readonly #events: number;
  readonly #deadline: number;
  /** 0 before the first wait. */
  #pause: Seconds = 0;

  constructor(fd: number, events: number, deadline: number) {
    this.#fd = fd;
    this.#events = events;
    this.#deadline = deadline;
  }

  /** Waits until the call is worth retrying, and returns 0 or -ETIMEDOUT. */
  wait(): Result {
    const contradicted = this.#pause > 0 && pollOne(this.#fd, this.#events, 0) > 0;
    if (contradicted) return this.#sleep();
    this.#pause = FIRST_PAUSE;
    return pollUntil(this.#fd, this.#events, this.#deadline);
  }

  #sleep(): Result {
    const left = remaining(this.#deadline);
    if (left === 0) return -ETIMEDOUT;
    const pause = this.#pause;
    this.#pause = Math.min(2 * pause, LONGEST_PAUSE);
    // A poll of no descriptors only pauses. A signal may end it early.
    pollOne(-1, 0, left < 0 ? pause : Math.min(pause, left));
    return 0;
  }
}
