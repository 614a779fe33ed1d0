/** Python's `select.poll`. */
import { POLLIN, POLLOUT, POLLPRI } from '../constants.js';
import { checkWait, ENOENT, KeyError, numberError, osError, show, ValueError } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { type Milliseconds, toWaitNegativeForever } from '../time.js';
import { PollSet } from './pollset.js';

const DEFAULT = POLLIN | POLLPRI | POLLOUT;
const INT_MAX = 0x7fff_ffff;

function checkEventmask(eventmask: number): void {
  if (Number.isInteger(eventmask) && eventmask >= 0 && eventmask <= 0xffff) return;
  throw numberError(
    eventmask,
    'ERR_INVALID_EVENTS',
    `an event mask of poll is an integer of 16 bits, not ${show(eventmask)}`,
  );
}

/** What {@link poll} returns: a set of descriptors and the events asked of each. */
class Poll {
  readonly #set = new PollSet();

  /**
   * Adds a descriptor; once more changes its mask. That it is open is not asked before `poll()`.
   *
   * @param eventmask - an or of `POLLIN`, `POLLPRI`, `POLLOUT` (the default: all three) and others.
   * @throws {@link ValueError} `ERR_INVALID_FD`; `ERR_INVALID_EVENTS` for a mask beyond 16 bits.
   * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for what has no descriptor, and for a mask that is no number.
   */
  register(fd: FileObject, eventmask = DEFAULT): void {
    checkEventmask(eventmask);
    this.#set.set(filenoOf(fd), eventmask);
  }

  /**
   * Changes the mask of a registered descriptor.
   *
   * @throws {@link FileNotFoundError} `ENOENT` for one that is not registered; {@link ValueError} as `register`.
   */
  modify(fd: FileObject, eventmask: number): void {
    checkEventmask(eventmask);
    const number = filenoOf(fd);
    if (!this.#set.has(number)) throw osError(ENOENT, 'poll');
    this.#set.set(number, eventmask);
  }

  /**
   * Removes a descriptor.
   *
   * @throws {@link KeyError} `ERR_NOT_REGISTERED`.
   */
  unregister(fd: FileObject): void {
    const number = filenoOf(fd);
    if (!this.#set.has(number)) throw new KeyError('ERR_NOT_REGISTERED', `${number} is not registered`);
    this.#set.delete(number);
  }

  /**
   * Waits, and returns a `[fd, events]` pair for each descriptor with events, in the order in which
   * they were registered. `POLLERR`, `POLLHUP` and `POLLNVAL` (a closed descriptor) come unasked.
   *
   * Python: the timeout is rounded up to a millisecond there, and the wait goes on after a signal;
   * here a signal ends it, perhaps with an empty list.
   *
   * @param timeout - milliseconds, fractions included; left out or negative it waits for ever.
   * @throws {@link ValueError} `ERR_INVALID_TIMEOUT` for NaN, Infinity and more than an int holds.
   */
  poll(timeout?: Milliseconds | null): [fd: number, events: number][] {
    const wait = toWaitNegativeForever(timeout);
    if (wait > INT_MAX) throw new ValueError('ERR_INVALID_TIMEOUT', `${timeout} ms is more than poll takes`);
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

export type { Poll };

/**
 * Returns a new polling object.
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
