/** A selector on select(2). */
import { checkWait } from '../errors.js';
import type { FileObject } from '../fileno.js';
import { native, type Wait } from '../native.js';
import { checkFdSetSize, FdSet } from '../select/fdset.js';
import { BaseSelector } from './base.js';
import { EVENT_PRIORITY, EVENT_READ, EVENT_WRITE } from './events.js';
import type { Ready, SelectorKey } from './key.js';

/** The descriptors registered for one event, and a copy that the kernel overwrites. */
class Interest {
  readonly event: number;
  readonly #registered = new FdSet();
  readonly #ready = new FdSet();
  #size = 0;

  constructor(event: number) {
    this.event = event;
  }

  set(fd: number, events: number): void {
    const wanted = (events & this.event) !== 0;
    if (wanted === this.#registered.has(fd)) return;
    if (wanted) this.#registered.add(fd);
    else this.#registered.delete(fd);
    this.#size += wanted ? 1 : -1;
  }

  /** Returns the highest descriptor plus one; all must be less than `limit`. */
  end(limit: number): number {
    return this.#size === 0 ? 0 : this.#registered.end(limit);
  }

  /** Returns the set for the next call; `null` if it would be empty, which saves the kernel copying it. */
  copy(): FdSet | null {
    if (this.#size === 0) return null;
    this.#ready.copyFrom(this.#registered);
    return this.#ready;
  }
}

/**
 * A selector on `select`, for descriptors less than FD_SETSIZE (1024); its cost grows with the highest.
 *
 * Linux: select(2), through pselect. Regular files are always ready. If a registered descriptor is
 * closed, `select()` throws `EBADF`.
 *
 * Python: `selectors.SelectSelector`.
 */
export class SelectSelector<D = unknown, F extends FileObject = any> extends BaseSelector<D, F> {
  readonly #read = new Interest(EVENT_READ);
  readonly #write = new Interest(EVENT_WRITE);
  readonly #priority = new Interest(EVENT_PRIORITY);
  /** The highest registered descriptor plus one. */
  #nfds = 0;

  protected override wait(seconds: Wait): Ready<D, F>[] {
    const r = this.#read.copy();
    const w = this.#write.copy();
    const x = this.#priority.copy();
    const result = native.select(
      this.#nfds,
      r?.buffer ?? null,
      w?.buffer ?? null,
      x?.buffer ?? null,
      seconds,
    );
    return checkWait(result, 'select') === 0 ? [] : this.#collect(r, w, x);
  }

  #collect(r: FdSet | null, w: FdSet | null, x: FdSet | null): Ready<D, F>[] {
    const ready: Ready<D, F>[] = [];
    const { byFd } = this.registered;
    for (let word = 0; word << 5 < this.#nfds; word++) {
      const reads = r === null ? 0 : (r.words[word] as number);
      const writes = w === null ? 0 : (w.words[word] as number);
      const priorities = x === null ? 0 : (x.words[word] as number);
      let left = reads | writes | priorities;
      while (left !== 0) {
        const bit = left & -left;
        left ^= bit;
        const events =
          ((reads & bit) !== 0 ? EVENT_READ : 0) |
          ((writes & bit) !== 0 ? EVENT_WRITE : 0) |
          ((priorities & bit) !== 0 ? EVENT_PRIORITY : 0);
        ready.push([byFd[(word << 5) + 31 - Math.clz32(bit)] as SelectorKey<D, F>, events]);
      }
    }
    return ready;
  }

  protected override watch(fd: number, events: number): void {
    checkFdSetSize(fd);
    this.rewatch(fd, events);
    if (fd >= this.#nfds) this.#nfds = fd + 1;
  }

  protected override rewatch(fd: number, events: number): void {
    this.#read.set(fd, events);
    this.#write.set(fd, events);
    this.#priority.set(fd, events);
  }

  protected override unwatch(fd: number): void {
    this.rewatch(fd, 0);
    if (fd + 1 < this.#nfds) return;
    this.#nfds = Math.max(this.#read.end(fd), this.#write.end(fd), this.#priority.end(fd));
  }

  protected override release(): void {}
}
