/** Waits of a selector on Node's event loop. */
import { EBADF, EPERM, osError, ValueError } from '../errors.js';
import type { FileObject } from '../fileno.js';
import { throwIfAborted } from '../loop/abort.js';
import { Scratch } from '../loop/scratch.js';
import { mayAnswerAtOnce, nextTurn } from '../loop/turn.js';
import { Watcher } from '../loop/watcher.js';
import type { Result } from '../native.js';
import { type Timeout, toWait } from '../time.js';
import { toBits } from './events.js';
import type { Ready, SelectorKey } from './key.js';
import type { Keys } from './keys.js';
import { isWaitObserved, tellError, tellSelect, waitBegins } from './observe.js';

/** The parts of a selector that its waits use. */
export interface Selectable<D, F extends FileObject> {
  /** The selector itself, for those who observe it. */
  readonly selector: object;
  readonly registered: Keys<D, F>;
  /** Returns an epoll descriptor that is readable when something is ready, if the selector has one. */
  readonly descriptor: () => number | undefined;
  /** Returns what is ready now; throws if the selector is closed. */
  readonly select: () => Ready<D, F>[];
  /** Takes back that a registration was reported. */
  readonly restore: (key: SelectorKey<D, F>) => void;
}

/** What a wait finds. */
export type Found = readonly unknown[];

/** Whether epoll's refusal of a descriptor does not matter: a regular file is always ready, a closed descriptor an error. */
function isToldOtherwise(result: Result): boolean {
  return result === -EPERM || result === -EBADF;
}

/** The waits of one selector on Node's event loop, one at a time. */
export class AsyncSelect<D, F extends FileObject> {
  readonly #selector: Selectable<D, F>;
  #watcher: Watcher<Found> | undefined;
  /** Tells the pending wait what is ready. */
  #ask: () => Found;
  /** Replaces the descriptor of a selector that has none. */
  #scratch: Scratch | undefined;
  #closed = false;
  hasRef = true;

  constructor(selector: Selectable<D, F>) {
    this.#selector = selector;
    this.#ask = selector.select;
  }

  /** Resolves to what is ready; may throw synchronously for bad arguments. */
  selectAsync(timeout: Timeout, signal: AbortSignal | undefined): Promise<Ready<D, F>[]> {
    return isWaitObserved()
      ? this.#observed(timeout, signal)
      : this.wait(this.#selector.select, timeout, signal);
  }

  async #observed(timeout: Timeout, signal: AbortSignal | undefined): Promise<Ready<D, F>[]> {
    const { selector } = this.#selector;
    const since = waitBegins();
    try {
      const ready = await this.wait(this.#selector.select, timeout, signal);
      tellSelect(selector, timeout, ready, since, true);
      return ready;
    } catch (error) {
      // Ended by its owner, which is not an error.
      if (this.#closed || signal?.aborted) throw error;
      throw tellError(selector, 'selectAsync', error);
    }
  }

  /** Resolves to what `ask` finds; it looks at the same descriptors as the selector. */
  wait<T extends Found>(ask: () => T, timeout: Timeout, signal: AbortSignal | undefined): Promise<T> {
    const seconds = toWait(timeout);
    throwIfAborted(signal);
    if (this.#watcher?.pending) {
      throw new ValueError('ERR_WAIT_PENDING', 'Another wait is pending on this selector');
    }
    const asked = mayAnswerAtOnce();
    if (asked) {
      const ready = ask();
      if (ready.length > 0 || seconds === 0) return Promise.resolve(ready);
    }
    if (seconds === 0) return nextTurn().then(ask);
    try {
      this.#watcher ??= this.#open();
    } catch (error) {
      if (asked) throw error;
      return this.#askOnce(ask, error);
    }
    this.#ask = ask;
    return this.#watcher.arm(seconds, [], signal, asked) as Promise<T>;
  }

  /** It was not asked yet whether anything is ready: where no wait is possible, that still counts. */
  async #askOnce<T extends Found>(ask: () => T, refusal: unknown): Promise<T> {
    await nextTurn();
    const ready = ask();
    if (ready.length === 0) throw refusal;
    return ready;
  }

  /** Yields what is ready, batch after batch, without the registrations that changed within a batch. */
  async *events(signal: AbortSignal | undefined): AsyncGenerator<Ready<D, F>, void, void> {
    const over = (): boolean => this.#closed || signal?.aborted === true;
    while (!over()) {
      let batch: Ready<D, F>[];
      try {
        batch = await this.selectAsync(undefined, signal);
      } catch (error) {
        if (over()) return;
        throw error;
      }
      yield* this.#batch(batch, over);
    }
  }

  *#batch(batch: Ready<D, F>[], over: () => boolean): Generator<Ready<D, F>, void, void> {
    const { byFd, tags } = this.#selector.registered;
    const batchTags = batch.map(([{ fd }]) => tags[fd]);
    let next = 0;
    const take = (): [key: SelectorKey<D, F> | undefined, found: number] => {
      const tag = batchTags[next];
      const [{ fd }, found] = batch[next++] as Ready<D, F>;
      return [tags[fd] === tag ? byFd[fd] : undefined, found];
    };
    try {
      while (next < batch.length && !over()) {
        const [key, found] = take();
        const events = found & (key?.events ?? 0);
        if (key !== undefined && events !== 0) yield [key, events];
      }
    } finally {
      // Who leaves within a batch has not seen the rest of it.
      while (next < batch.length) {
        const [key] = take();
        if (key !== undefined) this.#selector.restore(key);
      }
    }
  }

  setRef(on: boolean): void {
    this.hasRef = on;
    this.#watcher?.setRef(on);
  }

  /** Tells a pending wait that a registration was added or changed, or with no events removed. */
  changed(fd: number, events: number): void {
    if (this.#scratch === undefined) return;
    const result = events === 0 ? this.#scratch.delete(fd) : this.#scratch.set(fd, toBits(events));
    if (result < 0 && isToldOtherwise(result)) this.#watcher?.askSoon();
    else if (result < 0) this.#closeScratch(osError(result, 'epoll_ctl'));
  }

  /** Asks again in the next turn of the loop, if a wait is pending. */
  askSoon(): void {
    this.#watcher?.askSoon();
  }

  /** Watches the new descriptor of the selector instead of the old one; `false` if the kernel refuses. */
  move(epfd: number): boolean {
    return this.#watcher === undefined || this.#watcher.move(epfd) >= 0;
  }

  /** Rejects a pending wait and releases everything, while the selector's descriptor is still open. */
  close(reason: ValueError): void {
    this.#closed = true;
    this.#watcher?.close(reason);
    this.#scratch?.close();
  }

  #open(): Watcher<Found> {
    const watcher = new Watcher(this.#selector.descriptor() ?? this.#scratchDescriptor(), () => {
      this.#scratch?.drain();
      const ready = this.#ask();
      return ready.length > 0 ? ready : undefined;
    });
    if (!this.hasRef) watcher.setRef(false);
    return watcher;
  }

  #scratchDescriptor(): number {
    this.#scratch ??= this.#openScratch();
    return this.#scratch.fd;
  }

  #openScratch(): Scratch {
    const scratch = new Scratch();
    for (const { fd, events } of this.#selector.registered.list()) {
      const result = scratch.set(fd, toBits(events));
      if (result >= 0 || isToldOtherwise(result)) continue;
      scratch.close();
      throw osError(result, 'epoll_ctl');
    }
    return scratch;
  }

  /** A set that cannot tell of all is of no use: a wait on it might never end. The next wait tries anew. */
  #closeScratch(reason: Error): void {
    this.#watcher?.close(reason);
    this.#scratch?.close();
    this.#watcher = this.#scratch = undefined;
  }
}
