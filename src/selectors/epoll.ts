/** A selector on epoll(7). */
import { numberError } from '../arguments.js';
import {
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLONESHOT,
  EPOLLRDHUP,
} from '../constants.js';
import { check, checkWait } from '../errors.js';
import type { FileObject } from '../fileno.js';
import { native, type Wait } from '../native.js';
import { deadlineOf, remaining, type Timeout, toWait } from '../time.js';
import { BaseSelector, type DataArgument } from './base.js';
import { checkEvents, toBits, toEvents } from './events.js';
import type { Ready, SelectorKey } from './key.js';

const FLAGS = EPOLLONESHOT | EPOLLEXCLUSIVE | EPOLLET | EPOLLRDHUP;
const { stride, events: EVENTS, fd: FD, tag: TAG } = native.epollEvent;

function checkFlags(flags: number): number {
  if (typeof flags === 'number') {
    // Bitwise operators yield signed numbers, and the constants are unsigned: both are allowed.
    const bits = flags | 0;
    if ((bits === flags || bits >>> 0 === flags) && (bits & ~FLAGS) === 0) return bits;
  }
  const expected = 'a combination of EPOLLET, EPOLLONESHOT, EPOLLEXCLUSIVE, and EPOLLRDHUP';
  throw numberError('ERR_INVALID_EVENTS', 'flags', expected, flags);
}

/**
 * A selector on `epoll`, for any number of descriptors; its cost grows only with the ready ones. It is
 * the {@link DefaultSelector}.
 *
 * Linux: epoll(7). Regular files are rejected with `EPERM`. A registered descriptor that is closed is no
 * longer reported. If a duplicate of it stays open, it becomes a ghost: epoll goes on reporting it and
 * cannot remove it. The selector detects a ghost at its first event after `unregister()`, and rebuilds
 * the set behind the same `fileno()`.
 *
 * Python: `selectors.EpollSelector`, where a ghost makes every `select()` return at once, forever.
 */
export class EpollSelector<D = unknown, F extends FileObject = any> extends BaseSelector<D, F> {
  readonly #epfd = check(native.epollCreate1(EPOLL_CLOEXEC), 'epoll_create1');
  #events = new Int32Array(16 * stride);
  #buffer = this.#events.buffer;
  /** The flags of each descriptor that is registered with any. */
  readonly #flags = new Map<number, number>();
  /** The one-shot descriptors that were reported since they were last armed. */
  readonly #fired = new Set<number>();
  #hasGhosts = false;

  /**
   * Returns the descriptor of the epoll set, which is readable when `select()` would find something.
   *
   * @throws {@link ValueError} `ERR_SELECTOR_CLOSED`.
   */
  fileno(): number {
    this.checkOpen();
    return this.#epfd;
  }

  override register<G extends F>(
    fileobj: G & FileObject,
    events: number,
    ...data: DataArgument<D>
  ): SelectorKey<D, G>;
  /**
   * Registers with flags of epoll; otherwise as without.
   *
   * Python: has no such argument.
   *
   * @param flags - a combination of `EPOLLET`, `EPOLLONESHOT`, `EPOLLEXCLUSIVE` and `EPOLLRDHUP` of
   *   `fd-selectors/select`.
   * @throws {@link ValueError} `ERR_INVALID_EVENTS` for other flags.
   */
  override register<G extends F>(
    fileobj: G & FileObject,
    events: number,
    data: D,
    flags: number,
  ): SelectorKey<D, G>;
  override register(fileobj: F, events: number, data?: D, flags = 0): SelectorKey<D, F> {
    return this.insert(fileobj, events, data as D, flags === 0 ? 0 : checkFlags(flags));
  }

  override modify(fileobj: F | number, events: number, ...data: DataArgument<D>): SelectorKey<D, F>;
  /**
   * Changes the flags as well.
   *
   * Guaranteed: every call arms a one-shot registration again, with or without flags.
   *
   * @param flags - as for `register`; if omitted, they stay as they are.
   * @throws {@link ValueError} `ERR_INVALID_EVENTS` for other flags.
   */
  override modify(fileobj: F | number, events: number, data: D, flags: number): SelectorKey<D, F>;
  override modify(fileobj: F | number, events: number, data?: D, flags?: number): SelectorKey<D, F> {
    const key = this.getKey(fileobj);
    checkEvents(events);
    const before = this.#flags.size === 0 ? 0 : (this.#flags.get(key.fd) ?? 0);
    const after = flags === undefined ? before : checkFlags(flags);
    const changed = events !== key.events || after !== before || (after & EPOLLONESHOT) !== 0;
    return this.update(key, events, data as D, after, changed);
  }

  override select(timeout?: Timeout): Ready<D, F>[] {
    this.checkOpen();
    const seconds = toWait(timeout);
    const deadline = seconds > 0 ? deadlineOf(seconds) : 0;
    let ready = this.#epollWait(seconds);
    while (this.#hasGhosts) {
      this.#rebuild();
      if (ready.length === 0) ready = this.#epollWait(seconds > 0 ? remaining(deadline) : seconds);
    }
    return ready;
  }

  #epollWait(seconds: Wait): Ready<D, F>[] {
    const ready: Ready<D, F>[] = [];
    const events = this.#events;
    const count = checkWait(native.epollWait(this.#epfd, this.#buffer, seconds), 'epoll_wait');
    const { byFd, tags } = this.registered;
    for (let at = 0; at < count * stride; at += stride) {
      const fd = events[at + FD] as number;
      const key = byFd[fd];
      if (key === undefined || tags[fd] !== events[at + TAG]) this.#hasGhosts = true;
      else ready.push([key, toEvents(events[at + EVENTS] as number) & key.events]);
    }
    if (this.#flags.size > 0) this.#noteFired(ready);
    return ready;
  }

  #noteFired(ready: Ready<D, F>[]): void {
    for (const [{ fd }] of ready) {
      if (((this.#flags.get(fd) ?? 0) & EPOLLONESHOT) !== 0) this.#fired.add(fd);
    }
  }

  /** Replaces the epoll set by one without ghosts. */
  #rebuild(): void {
    const fresh = check(native.epollCreate1(EPOLL_CLOEXEC), 'epoll_create1');
    for (const { fd, events } of this.registered.list()) {
      // A descriptor closed while registered stays unreported, even if its number now belongs to another file.
      if (native.epollCtl(this.#epfd, EPOLL_CTL_DEL, fd, 0, 0) < 0) continue;
      const bits = (this.#fired.has(fd) ? 0 : toBits(events)) | (this.#flags.get(fd) ?? 0);
      native.epollCtl(fresh, EPOLL_CTL_ADD, fd, bits, this.registered.tags[fd] as number);
    }
    this.replacingLoopDescriptor(() => {
      const result = native.dup2(fresh, this.#epfd);
      native.close(fresh);
      check(result, 'dup2');
    });
    this.#hasGhosts = false;
  }

  protected override loopDescriptor(): number {
    return this.#epfd;
  }

  protected override watch(fd: number, events: number, tag: number, flags: number): void {
    check(native.epollCtl(this.#epfd, EPOLL_CTL_ADD, fd, toBits(events) | flags, tag), 'epoll_ctl');
    if (flags !== 0) this.#flags.set(fd, flags);
    // Room for every registration, so that one call reports everything that is ready.
    if (this.registered.size * stride >= this.#events.length) {
      this.#events = new Int32Array(this.#events.length * 2);
      this.#buffer = this.#events.buffer;
    }
  }

  protected override rewatch(fd: number, events: number, tag: number, flags: number): void {
    const before = this.#flags.size === 0 ? 0 : (this.#flags.get(fd) ?? 0);
    let op = EPOLL_CTL_MOD;
    if (((before | flags) & EPOLLEXCLUSIVE) !== 0) {
      // The kernel cannot modify an exclusive registration.
      check(native.epollCtl(this.#epfd, EPOLL_CTL_DEL, fd, 0, 0), 'epoll_ctl');
      op = EPOLL_CTL_ADD;
    }
    check(native.epollCtl(this.#epfd, op, fd, toBits(events) | flags, tag), 'epoll_ctl');
    if (before === 0 && flags === 0) return;
    this.#fired.delete(fd);
    if (flags === 0) this.#flags.delete(fd);
    else this.#flags.set(fd, flags);
  }

  protected override unwatch(fd: number): void {
    native.epollCtl(this.#epfd, EPOLL_CTL_DEL, fd, 0, 0);
    if (this.#flags.size === 0) return;
    this.#flags.delete(fd);
    this.#fired.delete(fd);
  }

  protected override release(): void {
    native.close(this.#epfd);
  }
}
