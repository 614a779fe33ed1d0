/** Wakes a selector that blocks in another thread. */
import { check, tryCheck } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { native } from '../native.js';
import { tryReadCounter, writeCounter } from './counter.js';
import { EFD_CLOEXEC, EFD_NONBLOCK } from './eventfd.js';
import { OwnedFd } from './ownedfd.js';

const FLAGS = EFD_CLOEXEC | EFD_NONBLOCK;

function wake(fd: number): void {
  // A full counter (EAGAIN) is already readable, which is all that a waker needs.
  tryCheck(writeCounter(fd, 1n), 'write');
}

/**
 * A handle to the waker of another thread, as {@link Waker.fromFd} returns it. It owns nothing: there is nothing to close.
 */
export class WakerHandle {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Returns the descriptor, which the {@link Waker} owns. */
  fileno(): number {
    return this.#fd;
  }

  /** Makes the waker readable, which ends the wait of every selector that watches it. Never blocks. */
  wake(): void {
    wake(this.#fd);
  }
}

/**
 * A descriptor that is readable after `wake()` until `clear()`. A thread that blocks in a selector
 * registers it; other threads of the process wake it through its number.
 *
 * Not guaranteed: one wake-up for each `wake()`. All calls before a `clear()` count as one wake-up.
 *
 * Linux: eventfd(2). Python: has no equivalent; asyncio's `call_soon_threadsafe` uses a socket pair.
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
  /** @throws {@link OSError} `EMFILE` if no descriptor is available. */
  constructor() {
    super(check(native.eventfd(0, FLAGS), 'eventfd'));
  }

  /**
   * Returns a handle for another thread, from the number that it got through `postMessage` or `workerData`.
   *
   * Not guaranteed: that the waker is still open. Close it only once no handle will be used again:
   * afterwards its number may belong to another file, and `wake()` would write to that.
   *
   * @throws {@link ValueError} `ERR_INVALID_FD`.
   */
  static fromFd(fd: FileObject): WakerHandle {
    return new WakerHandle(filenoOf(fd, 'fd'));
  }

  /** Makes the waker readable, which ends the wait of every selector that watches it. Never blocks. */
  wake(): void {
    wake(this.fileno());
  }

  /** Makes the waker unreadable, and returns how often `wake()` was called since the last `clear()`; may be 0. */
  clear(): number {
    return Number(tryReadCounter(this.fileno()) ?? 0n);
  }
}
