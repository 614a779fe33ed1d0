/** Python's `select.poll`. */
import { checkInteger, valueError } from '../arguments.js';
import { POLLIN, POLLOUT, POLLPRI } from '../constants.js';
import { checkWait, ENOENT, KeyError, osError } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { type Milliseconds, toWaitNegativeForever } from '../time.js';
import { PollSet } from './pollset.js';

const DEFAULT = POLLIN | POLLPRI | POLLOUT;
const INT_MAX = 0x7fff_ffff;

function checkEventmask(eventmask: number): void {
  checkInteger('eventmask', eventmask, 0, 0xffff, 'ERR_INVALID_EVENTS');
}

/** A polling object, as {@link poll} returns it: a set of descriptors and the events requested for each. */
export class Poll {
  readonly #set = new PollSet();

  /**
   * Adds a descriptor, or changes the mask of one that is registered.
   *
   * Not guaranteed: that the descriptor is open. `poll()` reports a closed one as `POLLNVAL`.
   *
   * @param eventmask - a combination of `POLLIN`, `POLLPRI`, `POLLOUT` (by default all three) and others.
   * @throws {@link ValueError} `ERR_INVALID_FD`; `ERR_INVALID_EVENTS` for a mask of more than 16 bits.
   * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for an object without a descriptor, or a mask that is not a number.
   */
  register(fd: FileObject, eventmask = DEFAULT): void {
    checkEventmask(eventmask);
    this.#set.set(filenoOf(fd, 'fd'), eventmask);
  }

  /**
   * Changes the mask of a registered descriptor.
   *
   * @throws {@link FileNotFoundError} `ENOENT` if it is not registered; otherwise as `register` does.
   */
  modify(fd: FileObject, eventmask: number): void {
    checkEventmask(eventmask);
    const number = filenoOf(fd, 'fd');
    if (!this.#set.has(number)) throw osError(ENOENT, 'poll');
    this.#set.set(number, eventmask);
  }

  /**
   * Removes a descriptor.
   *
   * @throws {@link KeyError} `ERR_NOT_REGISTERED`.
   */
  unregister(fd: FileObject): void {
    const number = filenoOf(fd, 'fd');
    if (!this.#set.has(number))
      throw new KeyError('ERR_NOT_REGISTERED', `File descriptor ${number} is not registered`);
    this.#set.delete(number);
  }

  /**
   * Waits, and returns a `[fd, events]` pair for each descriptor with events, in order of registration.
   *
   * Guaranteed: it never returns before the timeout with nothing ready, unless a signal arrives.
   * `POLLERR`, `POLLHUP` and `POLLNVAL` (a closed descriptor) are reported even if not requested.
   *
   * Python: rounds the timeout up to a millisecond, and goes on waiting after a signal. Here a signal
   * ends the wait, possibly with an empty list.
   *
   * @param timeout - milliseconds, may be fractional; omitted or negative, it waits forever.
   * @throws {@link ValueError} `ERR_INVALID_TIMEOUT` for NaN, Infinity and more than 2147483647.
   */
  poll(timeout?: Milliseconds | null): [fd: number, events: number][] {
    const wait = toWaitNegativeForever(timeout);
    if (wait > INT_MAX) {
      throw valueError('ERR_INVALID_TIMEOUT', 'timeout', `at most ${INT_MAX} milliseconds`, timeout);
    }
    const set = this.#set;
    let left = checkWait(set.poll(wait < 0 ? wait : wait / 1e3), 'poll');
    const ready: [number, number][] = [];
    for (let entry = 0; left > 0; entry++) {
      const revents = set.revents(entry);
      if (revents === 0) continue;
      ready.push([set.fd(entry), revents]);
      left--;
    }
    return ready;
  }
}

/**
 * Returns a new polling object, which holds no descriptor of its own.
 *
 * Linux: poll(2), through ppoll. Python: `select.poll`.
 *
 * @example
 * ```ts
 * import { poll, POLLIN } from 'fd-selectors/select';
 * import { socketpair } from 'fd-selectors/socket';
 * const [a, b] = socketpair();
 * const poller = poll();
 * poller.register(b, POLLIN);
 * assert.deepEqual(poller.poll(0), []);
 * a.send(Buffer.from('ping'));
 * assert.deepEqual(poller.poll(1000), [[b.fileno(), POLLIN]]);
 * a.close();
 * b.close();
 * ```
 */
export function poll(): Poll {
  return new Poll();
}
