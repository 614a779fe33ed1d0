/** Python's `select.epoll`. */
import { checkInteger, numberError } from '../arguments.js';
import {
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLIN,
  EPOLLOUT,
  EPOLLPRI,
} from '../constants.js';
import { check, checkClose, checkWait, ValueError } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { native } from '../native.js';
import { type Timeout, toWaitNegativeForever } from '../time.js';
import { track } from '../track.js';
import { FD_SETSIZE } from './fdset.js';

const DEFAULT = EPOLLIN | EPOLLPRI | EPOLLOUT;
const { stride, events: EVENTS, fd: FD } = native.epollEvent;

/** More events than the kernel takes in one call: it answers EINVAL beyond this. */
const MOST_EVENTS = Math.floor(0x7fff_ffff / (stride * 4));

function checkEventmask(eventmask: number): void {
  if (Number.isInteger(eventmask) && eventmask >= -0x8000_0000 && eventmask <= 0xffff_ffff) return;
  throw numberError('ERR_INVALID_EVENTS', 'eventmask', 'a 32-bit integer', eventmask);
}

/** What {@link epoll} returns: an epoll set, open until {@link Epoll.close}. */
class Epoll {
  #fd: number;
  /** Room for exactly as many events as were asked for last. */
  #events = new Int32Array(0);

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Whether {@link Epoll.close} was called. */
  get closed(): boolean {
    return this.#fd < 0;
  }

  /**
   * The descriptor of the set itself; it can be watched like any other.
   *
   * @throws {@link ValueError} `ERR_CLOSED`.
   */
  fileno(): number {
    if (this.#fd < 0) throw new ValueError('ERR_CLOSED', 'The epoll object is closed');
    return this.#fd;
  }

  /** Closes the set; a second time does nothing. */
  close(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    checkClose(native.close(fd));
  }

  /** As `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Adds a descriptor.
   *
   * @param eventmask - an or of `EPOLLIN`, `EPOLLPRI`, `EPOLLOUT` (the default: all three), `EPOLLET`, ...
   * @throws {@link FileExistsError} `EEXIST` for one that is registered already; {@link OSError} `EBADF`
   *   for a closed one, `EINVAL` for the set itself; {@link PermissionError} `EPERM` for a regular file.
   * @throws {@link ValueError} `ERR_INVALID_FD`, `ERR_INVALID_EVENTS`, `ERR_CLOSED`.
   * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for what has no descriptor, and for a mask that is no number.
   */
  register(fd: FileObject, eventmask = DEFAULT): void {
    this.#control(EPOLL_CTL_ADD, fd, eventmask);
  }

  /**
   * Changes the mask of a registered descriptor.
   *
   * @throws {@link FileNotFoundError} `ENOENT` for one that is not registered; the rest as `register`.
   */
  modify(fd: FileObject, eventmask: number): void {
    this.#control(EPOLL_CTL_MOD, fd, eventmask);
  }

  /**
   * Removes a descriptor.
   *
   * @throws {@link FileNotFoundError} `ENOENT` for one that is not registered; {@link OSError} `EBADF` for a closed one.
   */
  unregister(fd: FileObject): void {
    this.#control(EPOLL_CTL_DEL, fd, 0);
  }

  #control(op: number, fileobj: FileObject, eventmask: number): void {
    const epfd = this.fileno();
    checkEventmask(eventmask);
    check(native.epollCtl(epfd, op, filenoOf(fileobj, 'fd'), eventmask, 0), 'epoll_ctl');
  }

  /**
   * Waits, and returns a `[fd, events]` pair for each ready descriptor, at most `maxevents` of them.
   *
   * Linux: epoll_pwait2(2), to the nanosecond; before Linux 5.11 epoll_wait(2), rounded up to a millisecond.
   *
   * Python: the timeout is rounded up to a millisecond there, and the wait goes on after a signal;
   * here a signal ends it, perhaps with an empty list.
   *
   * @param timeout - seconds; left out or negative it waits for ever.
   * @param maxevents - above zero; -1, the default, means FD_SETSIZE - 1.
   * @throws {@link ValueError} `ERR_INVALID_TIMEOUT`, `ERR_INVALID_MAXEVENTS`, `ERR_CLOSED`.
   */
  poll(timeout?: Timeout, maxevents = -1): [fd: number, events: number][] {
    const epfd = this.fileno();
    const seconds = toWaitNegativeForever(timeout);
    const most = maxevents === -1 ? FD_SETSIZE - 1 : maxevents;
    if (!Number.isInteger(most) || most < 1 || most > MOST_EVENTS) {
      const expected = `-1 or an integer from 1 to ${MOST_EVENTS}`;
      throw numberError('ERR_INVALID_MAXEVENTS', 'maxevents', expected, maxevents);
    }
    if (this.#events.length !== most * stride) this.#events = new Int32Array(most * stride);
    const events = this.#events;
    const count = checkWait(native.epollWait(epfd, events.buffer, seconds), 'epoll_wait');
    const ready: [number, number][] = [];
    for (let at = 0; at < count * stride; at += stride) {
      ready.push([events[at + FD] as number, (events[at + EVENTS] as number) >>> 0]);
    }
    return ready;
  }
}

export type { Epoll };

/**
 * Opens a new epoll set. It is close-on-exec.
 *
 * Linux: epoll_create1(2). Python: `select.epoll`.
 *
 * @param sizehint - ignored, but -1 or above zero.
 * @param flags - 0 or `EPOLL_CLOEXEC`, which is set in any case.
 * @throws {@link ValueError} `ERR_INVALID_SIZEHINT`.
 * @throws {@link OSError} `EINVAL` for other flags, `EMFILE` when no descriptor is left.
 * @example
 * ```ts
 * import { epoll, EPOLLIN } from 'fd-selectors/select';
 * import { socketpair } from 'fd-selectors/socket';
 * const [a, b] = socketpair();
 * const poller = epoll();
 * poller.register(b, EPOLLIN);
 * a.send(Buffer.from('ping'));
 * assert.deepEqual(poller.poll(1), [[b.fileno(), EPOLLIN]]);
 * for (const open of [poller, a, b]) open.close();
 * ```
 */
export function epoll(sizehint = -1, flags = 0): Epoll {
  if (!Number.isInteger(sizehint) || sizehint === 0 || sizehint < -1) {
    throw numberError('ERR_INVALID_SIZEHINT', 'sizehint', '-1 or a positive integer', sizehint);
  }
  checkInteger('flags', flags);
  return new Epoll(check(native.epollCreate1(flags | EPOLL_CLOEXEC), 'epoll_create1'));
}

/**
 * An object for an epoll set that is open already; closing it closes the descriptor.
 *
 * Python: `select.epoll.fromfd`.
 *
 * @throws {@link ValueError} `ERR_INVALID_FD`.
 */
epoll.fromfd = function fromfd(fd: number): Epoll {
  return new Epoll(track(filenoOf(fd, 'fd')));
};
