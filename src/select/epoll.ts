/** Python's `select.epoll`. */
import { inspect } from 'node:util';
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

/** The most events that the kernel takes in one call; more are EINVAL. */
const MOST_EVENTS = Math.floor(0x7fff_ffff / (stride * 4));

function checkEventmask(eventmask: number): void {
  if (Number.isInteger(eventmask) && eventmask >= -0x8000_0000 && eventmask <= 0xffff_ffff) return;
  throw numberError('ERR_INVALID_EVENTS', 'eventmask', 'a 32-bit integer', eventmask);
}

/** An epoll set, as {@link epoll} returns it; open until {@link Epoll.close}. */
export class Epoll {
  #fd: number;
  /** Has room for exactly the `maxevents` of the last call. */
  #events = new Int32Array(0);

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Whether {@link Epoll.close} was called. */
  get closed(): boolean {
    return this.#fd < 0;
  }

  /**
   * Returns the descriptor of the set itself, which can be watched like any other.
   *
   * @throws {@link ValueError} `ERR_CLOSED`.
   */
  fileno(): number {
    if (this.#fd < 0) throw new ValueError('ERR_CLOSED', 'The epoll object is closed');
    return this.#fd;
  }

  /** `<epoll fd=7>`, `<epoll [closed]>`. Never throws. */
  toString(): string {
    if (!(#fd in this)) return '<epoll>';
    return this.#fd < 0 ? '<epoll [closed]>' : `<epoll fd=${this.#fd}>`;
  }

  /** @internal */
  [inspect.custom](): string {
    return this.toString();
  }

  /** Closes the set. Closing it again does nothing. */
  close(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    checkClose(native.close(fd));
  }

  /** Calls `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Adds a descriptor.
   *
   * @param eventmask - a combination of `EPOLLIN`, `EPOLLPRI`, `EPOLLOUT` (by default all three), `EPOLLET`, ...
   * @throws {@link FileExistsError} `EEXIST` if it is already registered; {@link OSError} `EBADF` if it is
   *   closed, `EINVAL` if it is the set itself; {@link PermissionError} `EPERM` if it is a regular file.
   * @throws {@link ValueError} `ERR_INVALID_FD`, `ERR_INVALID_EVENTS`, `ERR_CLOSED`.
   * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for an object without a descriptor, or a mask that is not a number.
   */
  register(fd: FileObject, eventmask = DEFAULT): void {
    this.#control(EPOLL_CTL_ADD, fd, eventmask);
  }

  /**
   * Changes the mask of a registered descriptor.
   *
   * @throws {@link FileNotFoundError} `ENOENT` if it is not registered; otherwise as `register` does.
   */
  modify(fd: FileObject, eventmask: number): void {
    this.#control(EPOLL_CTL_MOD, fd, eventmask);
  }

  /**
   * Removes a descriptor.
   *
   * @throws {@link FileNotFoundError} `ENOENT` if it is not registered; {@link OSError} `EBADF` if it is closed.
   */
  unregister(fd: FileObject): void {
    this.#control(EPOLL_CTL_DEL, fd, 0);
  }

  #control(op: number, fileobj: FileObject, eventmask: number): void {
    this.fileno();
    checkEventmask(eventmask);
    const fd = filenoOf(fileobj, 'fd');
    // fileno() is the user's code, and may have closed this set.
    check(native.epollCtl(this.fileno(), op, fd, eventmask, 0), 'epoll_ctl');
  }

  /**
   * Waits, and returns a `[fd, events]` pair for each ready descriptor.
   *
   * Guaranteed: it never returns before the timeout with nothing ready, unless a signal arrives.
   *
   * Linux: epoll_pwait2(2), with nanosecond precision; before Linux 5.11, epoll_wait(2), with the timeout
   * rounded up to a millisecond.
   *
   * Python: rounds the timeout up to a millisecond, and goes on waiting after a signal. Here a signal
   * ends the wait, possibly with an empty list.
   *
   * @param timeout - seconds; omitted or negative, it waits forever.
   * @param maxevents - the most pairs to return; -1, the default, means FD_SETSIZE - 1.
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

/**
 * Opens a new epoll set, which is close-on-exec.
 *
 * Linux: epoll_create1(2). Python: `select.epoll`.
 *
 * @param sizehint - ignored, but must be -1 or more than zero.
 * @param flags - 0 or `EPOLL_CLOEXEC`, which is always set.
 * @throws {@link ValueError} `ERR_INVALID_SIZEHINT`.
 * @throws {@link OSError} `EINVAL` for other flags, `EMFILE` if no descriptor is available.
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
 * Wraps an epoll set that is already open; closing the object closes the descriptor.
 *
 * Python: `select.epoll.fromfd`.
 *
 * @throws {@link ValueError} `ERR_INVALID_FD`.
 */
epoll.fromfd = function fromfd(fd: number): Epoll {
  return new Epoll(track(filenoOf(fd, 'fd')));
};
