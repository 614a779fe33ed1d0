/** Waits of a selector on Node's event loop. */
import { ValueError } from '../errors.js';
import type { FileObject } from '../fileno.js';
import { Scratch } from '../loop/scratch.js';
import { mayAnswerAtOnce, nextTurn } from '../loop/turn.js';
import { Watcher } from '../loop/watcher.js';
import { type Timeout, toWait } from '../time.js';
import { toBits } from './events.js';
import type { Ready } from './key.js';
import type { Keys } from './keys.js';

/** The parts of a selector that its waits use. */
export interface Selectable<D, F extends FileObject> {
  readonly registered: Keys<D, F>;
  /** Returns an epoll descriptor that is readable when something is ready, if the selector has one. */
  readonly descriptor: () => number | undefined;
  /** Returns what is ready now; throws if the selector is closed. */
  readonly select: () => Ready<D, F>[];
}

/** The waits of one selector on Node's event loop, one at a time. */
export class AsyncSelect<D, F extends FileObject> {
  readonly #selector: Selectable<D, F>;
  #watcher: Watcher<Ready<D, F>[]> | undefined;
  /** Replaces the descriptor of a selector that has none. */
  #scratch: Scratch | undefined;
  #closed = false;
  hasRef = true;

  constructor(selector: Selectable<D, F>) {
    this.#selector = selector;
  }

  /** Resolves to what is ready; throws synchronously for bad arguments. */
  selectAsync(timeout: Timeout, signal: AbortSignal | undefined): Promise<Ready<D, F>[]> {
    const seconds = toWait(timeout);
    signal?.throwIfAborted();
    if (this.#watcher?.pending) {
      throw new ValueError('ERR_WAIT_PENDING', 'Another wait is pending on this selector');
    }
    const asked = mayAnswerAtOnce();
    if (asked) {
      const ready = this.#selector.select();
      if (ready.length > 0 || seconds === 0) return Promise.resolve(ready);
    }
    if (seconds === 0) return nextTurn().then(this.#selector.select);
    this.#watcher ??= this.#open();
    const found = this.#watcher.arm(seconds, [], signal);
    // A scratch set reports only changes, and something may be ready already.
    if (!asked && this.#scratch !== undefined) this.#watcher.askSoon();
    return found;
  }

  /** Yields what is ready, batch after batch, without the registrations that changed within a batch. */
  async *events(signal: AbortSignal | undefined): AsyncGenerator<Ready<D, F>, void, void> {
    const over = (): boolean => this.#closed || signal?.aborted === true;
    const { byFd, tags } = this.#selector.registered;
    while (!over()) {
      let batch: Ready<D, F>[];
      try {
        batch = await this.selectAsync(undefined, signal);
      } catch (error) {
        if (over()) return;
        throw error;
      }
      const batchTags = batch.map(([{ fd }]) => tags[fd]);
      for (const [i, [{ fd }, found]] of batch.entries()) {
        if (over()) return;
        const key = byFd[fd];
        const events = found & (key?.events ?? 0);
        if (key !== undefined && events !== 0 && tags[fd] === batchTags[i]) yield [key, events];
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
    if (events === 0) this.#scratch.delete(fd);
    else if (!this.#scratch.set(fd, toBits(events))) this.#watcher?.askSoon();
  }

  /** Runs `replace`, which replaces the selector's descriptor; libuv aborts if one that it polls is replaced. */
  replacing(replace: () => void): void {
    this.#watcher?.pause();
    replace();
    this.#watcher?.resume();
  }

  /** Rejects a pending wait and releases everything, while the selector's descriptor is still open. */
  close(reason: ValueError): void {
    this.#closed = true;
    this.#watcher?.close(reason);
    this.#scratch?.close();
  }

  #open(): Watcher<Ready<D, F>[]> {
    const watcher = new Watcher(this.#selector.descriptor() ?? this.#openScratch(), () => {
      this.#scratch?.drain();
      const ready = this.#selector.select();
      return ready.length > 0 ? ready : undefined;
    });
    if (!this.hasRef) watcher.setRef(false);
    return watcher;
  }

  #openScratch(): number {
    this.#scratch ??= new Scratch();
    for (const { fd, events } of this.#selector.registered.list()) this.#scratch.set(fd, toBits(events));
    return this.#scratch.fd;
  }
}
