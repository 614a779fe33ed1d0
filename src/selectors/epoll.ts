/** A selector on epoll(7). */
import { numberError } from '../arguments.js';
import {
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLIN,
  EPOLLONESHOT,
  EPOLLRDHUP,
} from '../constants.js';
import { check, checkWait, EBADF, EEXIST, EINVAL, ELOOP, EPERM } from '../errors.js';
import type { FileObject } from '../fileno.js';
import { native, type Wait } from '../native.js';
import { pollOne } from '../pollone.js';
import { deadlineOf, remaining, type Timeout } from '../time.js';
import type { Found } from './async.js';
import { BaseSelector, type DataArgument } from './base.js';
import { checkEvents, EVENT_READ, toBits, toEvents } from './events.js';
import type { Ready, SelectorKey } from './key.js';
import type { Keys } from './keys.js';
import { tellError, tellGhost } from './observe.js';

const FLAGS = EPOLLONESHOT | EPOLLEXCLUSIVE | EPOLLET | EPOLLRDHUP;
/** Between two looks at a set whose ghosts cannot be laid for want of a descriptor, in seconds. */
const PAUSE = 0.01;
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
 * The bits that ask the kernel for `events`, with flags. EPOLLRDHUP counts as EVENT_READ: without that, the kernel
 * would report it again and again, and no event would come of it.
 */
function toBitsWith(events: number, flags: number): number {
  return toBits(events) | ((events & EVENT_READ) !== 0 ? flags : flags & ~EPOLLRDHUP);
}

/** Adds the pairs of `more` to `ready`; a descriptor in both gets one pair with the events of both. */
function merge<D, F extends FileObject>(ready: Ready<D, F>[], more: Ready<D, F>[]): void {
  const known = new Map(ready.map((pair) => [pair[0].fd, pair]));
  for (const pair of more) {
    const before = known.get(pair[0].fd);
    if (before === undefined) ready.push(pair);
    else before[1] |= pair[1];
  }
}

/** An epoll set, for those who wait on it by another call: the selector keeps the accounts. */
export interface EpollSet<D, F extends FileObject> {
  readonly registered: Keys<D, F>;
  /** The set, which is another one after a rebuild. @throws `ERR_SELECTOR_CLOSED`. */
  epfd(): number;
  /** Whether any registration has flags. */
  hasFlags(): boolean;
  /** Notes that a registration was reported; `false` for a one-shot that was reported before. */
  fired(fd: number): boolean;
  /** Publishes that an event had no registration. */
  ghost(fd: number): void;
  /** After an event without a registration: rebuilds the set without its ghost; `false` if that is not possible now. */
  rebuild(): boolean;
  /** As `selectAsync`, but resolves to what `ask` finds. */
  waitAsync<T extends Found>(ask: () => T, timeout: Timeout, signal: AbortSignal | undefined): Promise<T>;
  /** Asks again in the next turn of the loop, after a change that no descriptor reports. */
  askSoon(): void;
}

/** Returns the set of a selector. */
export let setOf: <D, F extends FileObject>(selector: EpollSelector<D, F>) => EpollSet<D, F>;

/**
 * A selector on `epoll`, for any number of descriptors; its cost grows only with the ready ones. It is
 * the {@link DefaultSelector}.
 *
 * Linux: epoll(7). Regular files are rejected with `EPERM`. A registered descriptor that is closed is no
 * longer reported. If a duplicate of it stays open, it becomes a ghost: epoll goes on reporting it and
 * cannot remove it. The selector detects a ghost at its first event after `unregister()`, and rebuilds
 * the set behind the same `fileno()`; edge-triggered registrations may then be reported once more. If no
 * descriptor or memory is available for the new set (`EMFILE`, `ENOMEM`), it tries again later, and until then a
 * blocking `select()` checks for events every 10 ms.
 *
 * Python: `selectors.EpollSelector`, where a ghost makes every `select()` return at once, forever.
 */
export class EpollSelector<D = unknown, F extends FileObject = any> extends BaseSelector<D, F> {
  #epfd = check(native.epollCreate1(EPOLL_CLOEXEC), 'epoll_create1');
  /** A set with nothing in it but the other one, which can be replaced; -1 before the first `fileno()`. */
  #outer = -1;
  #events = new Int32Array(16 * stride);
  #buffer = this.#events.buffer;
  /** The flags of each descriptor that is registered with any. */
  readonly #flags = new Map<number, number>();
  /** The one-shot descriptors that were reported since they were last armed. */
  readonly #fired = new Set<number>();
  #hasGhosts = false;
  /** Whether the last wait was ended by an event without a registration. */
  #unsettled = false;
  /** Whether ghosts left no room in the last wait. */
  #crowded = false;

  static {
    setOf = (selector) => ({
      registered: selector.registered,
      epfd: () => {
        selector.checkOpen();
        return selector.#epfd;
      },
      hasFlags: () => selector.#flags.size > 0,
      fired: (fd) => selector.#noteFired(fd),
      ghost: (fd) => tellGhost(selector, fd),
      rebuild: () => selector.#rebuild(),
      waitAsync: (ask, timeout, signal) => {
        selector.checkOpen();
        return selector.waits.wait(ask, timeout, signal);
      },
      askSoon: () => selector.waits.askSoon(),
    });
  }

  /**
   * Returns a descriptor that is readable when `select()` would find something: an epoll set whose only member
   * is the selector's own set. The first call creates it; it stays the same until `close()`.
   *
   * Linux: the kernel nests at most five epoll sets. A selector that watches another one takes three of them,
   * and a wait on Node's event loop adds two. Beyond that, `register` throws or `selectAsync` rejects with `ELOOP`.
   *
   * Python: returns the set itself, whose members are the registered descriptors.
   *
   * @throws {@link ValueError} `ERR_SELECTOR_CLOSED`.
   * @throws {@link OSError} `EMFILE` when no descriptor is left.
   */
  fileno(): number {
    this.checkOpen();
    if (this.#outer < 0) this.#outer = this.#openOuter();
    return this.#outer;
  }

  #openOuter(): number {
    const outer = check(native.epollCreate1(EPOLL_CLOEXEC), 'epoll_create1');
    const result = native.epollCtl(outer, EPOLL_CTL_ADD, this.#epfd, EPOLLIN, 0);
    if (result < 0) native.close(outer);
    check(result, 'epoll_ctl');
    return outer;
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
    try {
      return this.insert(fileobj, events, data as D, flags === 0 ? 0 : checkFlags(flags));
    } catch (error) {
      throw tellError(this, 'register', error);
    }
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
    try {
      const key = this.getKey(fileobj);
      checkEvents(events);
      const before = this.#flags.size === 0 ? 0 : (this.#flags.get(key.fd) ?? 0);
      const after = flags === undefined ? before : checkFlags(flags);
      const changed = events !== key.events || after !== before || (after & EPOLLONESHOT) !== 0;
      return this.update(key, events, data as D, after, changed);
    } catch (error) {
      throw tellError(this, 'modify', error);
    }
  }

  protected override wait(seconds: Wait): Ready<D, F>[] {
    const deadline = seconds === 0 ? 0 : deadlineOf(seconds);
    const ready = this.#epollWait(seconds);
    return this.#unsettled ? this.#settle(ready, deadline) : ready;
  }

  #epollWait(seconds: Wait): Ready<D, F>[] {
    const ready: Ready<D, F>[] = [];
    const events = this.#events;
    const count = checkWait(native.epollWait(this.#epfd, this.#buffer, seconds), 'epoll_wait');
    const { byFd, tags } = this.registered;
    this.#unsettled = false;
    for (let at = 0; at < count * stride; at += stride) {
      const fd = events[at + FD] as number;
      const key = byFd[fd];
      if (key === undefined || tags[fd] !== events[at + TAG]) this.#noteGhost(fd);
      else ready.push([key, toEvents(events[at + EVENTS] as number) & key.events]);
    }
    if (this.#unsettled) this.#noteGhosts(count);
    return this.#flags.size > 0 ? ready.filter(([{ fd }]) => this.#noteFired(fd)) : ready;
  }

  #noteGhost(fd: number): void {
    this.#unsettled = true;
    tellGhost(this, fd);
  }

  #noteGhosts(count: number): void {
    this.#hasGhosts = true;
    this.#crowded = count * stride === this.#events.length;
    if (this.#crowded) this.#grow();
  }

  /** Notes a one-shot; `false` for one that had fired before: after a rebuild the kernel reports its hang-ups. */
  #noteFired(fd: number): boolean {
    if (((this.#flags.get(fd) ?? 0) & EPOLLONESHOT) === 0) return true;
    const first = !this.#fired.has(fd);
    if (first) this.#fired.add(fd);
    else this.#unsettled = true;
    return first;
  }

  /** Resumes a wait that was ended by an event without a registration. Events found so far are kept. */
  #settle(ready: Ready<D, F>[], deadline: number): Ready<D, F>[] {
    for (;;) {
      // What ghosts left no room for.
      if (this.#hasGhosts && this.#rebuild()) merge(ready, this.#epollWait(0));
      while (this.#crowded) {
        this.#crowded = false;
        merge(ready, this.#epollWait(0));
      }
      const left = remaining(deadline);
      if (ready.length > 0 || left === 0) return ready;
      if (this.#hasGhosts) {
        // The ghost keeps the set readable. A signal ends this pause, and with it the wait.
        if (pollOne(-1, 0, left < 0 ? PAUSE : Math.min(left, PAUSE)) < 0) return ready;
        ready = this.#epollWait(0);
      } else {
        ready = this.#epollWait(left);
        if (!this.#unsettled) return ready;
      }
    }
  }

  /** Replaces the epoll set by one without ghosts; `false`, with nothing changed, if that is not possible now. */
  #rebuild(): boolean {
    const fresh = native.epollCreate1(EPOLL_CLOEXEC);
    if (fresh < 0) return false;
    const haunted = this.#epfd;
    if (!this.#copy(haunted, fresh) || !this.#replace(haunted, fresh)) {
      native.close(fresh);
      return false;
    }
    this.#epfd = fresh;
    this.#hasGhosts = this.#crowded = false;
    native.close(haunted);
    return true;
  }

  /** Adds all registrations to another set; `false` if the kernel refuses one, for lack of memory for example. */
  #copy(from: number, to: number): boolean {
    for (const { fd, events } of this.registered.list()) {
      const known = this.#isWatched(from, fd);
      if (known === undefined) return false;
      if (!known) continue;
      // The kernel always reports hang-ups, so a one-shot that has fired can do so once more; that is ignored.
      const bits = this.#fired.has(fd) ? EPOLLONESHOT : toBitsWith(events, this.#flags.get(fd) ?? 0);
      const tag = this.registered.tags[fd] as number;
      if (native.epollCtl(to, EPOLL_CTL_ADD, fd, bits, tag) < 0) return false;
    }
    return true;
  }

  /**
   * Whether a set watches the file behind a descriptor; `undefined` if the kernel cannot say. A descriptor closed while
   * registered stays unreported, even if its number now belongs to another file.
   */
  #isWatched(epfd: number, fd: number): boolean | undefined {
    const result = native.epollCtl(epfd, EPOLL_CTL_ADD, fd, 0, 0);
    if (result === -EEXIST) return true;
    if (result >= 0) native.epollCtl(epfd, EPOLL_CTL_DEL, fd, 0, 0);
    return result >= 0 || result === -EBADF || result === -EPERM ? false : undefined;
  }

  /** Replaces the set for all who watch this selector: Node's loop, and those who asked for `fileno()`. */
  #replace(before: number, after: number): boolean {
    if (!this.moveLoopDescriptor(after)) return false;
    // Changes nothing, and fails where the number was closed and may be another's by now.
    if (this.#outer >= 0 && native.epollCtl(this.#outer, EPOLL_CTL_MOD, before, EPOLLIN, 0) < 0)
      this.#outer = -1;
    if (this.#outer < 0) return true;
    if (native.epollCtl(this.#outer, EPOLL_CTL_ADD, after, EPOLLIN, 0) < 0) {
      this.moveLoopDescriptor(before);
      return false;
    }
    native.epollCtl(this.#outer, EPOLL_CTL_DEL, before, 0, 0);
    return true;
  }

  /** Takes the set out of the outer one; `false` if there is none, or its number was closed and may be another's by now. */
  #leaveOuter(epfd: number): boolean {
    return this.#outer >= 0 && native.epollCtl(this.#outer, EPOLL_CTL_DEL, epfd, 0, 0) >= 0;
  }

  protected override loopDescriptor(): number {
    return this.#epfd;
  }

  protected override watch(fd: number, events: number, tag: number, flags: number): void {
    const bits = toBitsWith(events, flags);
    let result = native.epollCtl(this.#epfd, EPOLL_CTL_ADD, fd, bits, tag);
    if (result === -EEXIST) {
      // A ghost whose number is the same file's again: now it can be removed.
      native.epollCtl(this.#epfd, EPOLL_CTL_DEL, fd, 0, 0);
      result = native.epollCtl(this.#epfd, EPOLL_CTL_ADD, fd, bits, tag);
    }
    // What the kernel says of a set in itself, where it is not in between.
    if (result === -ELOOP && fd === this.#outer) result = -EINVAL;
    check(result, 'epoll_ctl');
    if (flags !== 0) this.#flags.set(fd, flags);
    // Room for every registration, so that one call reports everything that is ready.
    if (this.registered.size * stride >= this.#events.length) this.#grow();
  }

  #grow(): void {
    this.#events = new Int32Array(this.#events.length * 2);
    this.#buffer = this.#events.buffer;
  }

  protected override rewatch(fd: number, events: number, tag: number, flags: number): void {
    const before = this.#flags.size === 0 ? 0 : (this.#flags.get(fd) ?? 0);
    let op = EPOLL_CTL_MOD;
    if (((before | flags) & EPOLLEXCLUSIVE) !== 0) {
      // The kernel cannot modify an exclusive registration.
      check(native.epollCtl(this.#epfd, EPOLL_CTL_DEL, fd, 0, 0), 'epoll_ctl');
      op = EPOLL_CTL_ADD;
    }
    check(native.epollCtl(this.#epfd, op, fd, toBitsWith(events, flags), tag), 'epoll_ctl');
    if (before === 0 && flags === 0) return;
    this.#fired.delete(fd);
    if (flags === 0) this.#flags.delete(fd);
    else this.#flags.set(fd, flags);
  }

  protected override restore({ fd, events }: SelectorKey<D, F>): void {
    const flags = this.#flags.size === 0 ? 0 : (this.#flags.get(fd) ?? 0);
    if ((flags & (EPOLLET | EPOLLONESHOT)) === 0) return;
    try {
      this.rewatch(fd, events, this.registered.tags[fd] as number, flags);
    } catch {
      // Closed while registered: silent.
    }
  }

  protected override unwatch(fd: number): void {
    native.epollCtl(this.#epfd, EPOLL_CTL_DEL, fd, 0, 0);
    if (this.#flags.size === 0) return;
    this.#flags.delete(fd);
    this.#fired.delete(fd);
  }

  protected override release(): void {
    if (this.#leaveOuter(this.#epfd)) native.close(this.#outer);
    native.close(this.#epfd);
  }
}
