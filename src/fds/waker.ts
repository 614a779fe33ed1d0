/** Waking a selector that blocks in another thread. */
import { check, tryCheck } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { native } from '../native.js';
import { tryReadCounter, writeCounter } from './counter.js';
import { EFD_CLOEXEC, EFD_NONBLOCK } from './eventfd.js';
import { OwnedFd } from './ownedfd.js';

const FLAGS = EFD_CLOEXEC | EFD_NONBLOCK;

function wake(fd: number): void {
  // EAGAIN: a full counter is readable already, and that is all a waker is for.
  tryCheck(writeCounter(fd, 1n), 'write');
}

/** A waker that belongs to another thread: what {@link Waker.fromFd} returns. */
class WakerHandle {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** The descriptor, which the {@link Waker} owns. */
  fileno(): number {
    return this.#fd;
  }

  /** Makes the waker readable, and so ends the wait of every selector that watches it. Never blocks. */
  wake(): void {
    wake(this.#fd);
  }
}

export type { WakerHandle };

/**
 * A descriptor that is readable once somebody called `wake()`, until `clear()`. A thread that blocks
 * in a selector registers it; other threads, which share its descriptors, wake it by its number.
 *
 * Not guaranteed: one wake-up for each `wake()`. Those before `clear()` are one.
 *
 * Linux: eventfd(2). Python: `call_soon_threadsafe` of asyncio does this with a socket pair.
 *
 * @example
 * ```ts
 * import { Worker } from 'node:worker_threads';
 * import { Waker } from 'fd-selectors/fds';
 * import { select } from 'fd-selectors/select';
 * const waker = new Waker();
 * const worker = new Worker(
 *   `import('fd-selectors/fds').then(({ Waker }) => Waker.fromFd(require('node:worker_threads').workerData).wake());`,
 *   { eval: true, workerData: waker.fileno() },
 * );
 * assert.deepEqual(select([waker], [], [], 10)[0], [waker]);
 * assert.equal(waker.clear(), 1);
 * await worker.terminate();
 * waker.close();
 * ```
 */
export class Waker extends OwnedFd {
  /** @throws {@link OSError} `EMFILE` when no descriptor is left. */
  constructor() {
    super(check(native.eventfd(0, FLAGS), 'eventfd'));
  }

  /**
   * A handle for another thread, by the number that it got with `postMessage` or as `workerData`.
   *
   * Not guaranteed: that the waker is still open. Closing it is safe once no handle will be used any
   * more: afterwards its number can be another file's, and `wake()` would write there.
   *
   * @throws {@link ValueError} `ERR_INVALID_FD`.
   */
  static fromFd(fd: FileObject): WakerHandle {
    return new WakerHandle(filenoOf(fd));
  }

  /** Makes it readable, and so ends the wait of every selector that watches it. Never blocks. */
  wake(): void {
    wake(this.fileno());
  }

  /** Makes it unreadable, and returns how often `wake()` was called since the last time, perhaps 0. */
  clear(): number {
    return Number(tryReadCounter(this.fileno()) ?? 0n);
  }
}
