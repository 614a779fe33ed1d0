/** Reentrant locks. */
import { ValueError } from '../errors.js';
import type { TimeoutOptions } from './deadline.js';
import type { Fiber } from './fiber.js';
import { currentFiber } from './hub.js';
import { Semaphore } from './semaphore.js';
import type { Coroutine } from './suspend.js';

/**
 * A reentrant lock: its owner may acquire it again, and must release it as many times.
 *
 * Python: `gevent.lock.RLock`.
 *
 * @example
 * ```ts
 * import { RLock, run, spawn } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const lock = new RLock();
 *   yield* lock.acquire();
 *   yield* lock.acquire();
 *   const other = spawn(function* () {
 *     return yield* lock.acquire({ timeout: 0 });
 *   });
 *   assert.equal(yield* other.get(), false);
 *   lock.release();
 *   lock.release();
 *   assert.equal(lock.locked(), false);
 * });
 * ```
 */
export class RLock {
  readonly #block = new Semaphore();
  #owner: Fiber | undefined;
  #count = 0;

  /** Whether a task holds it. */
  locked(): boolean {
    return this.#block.locked();
  }

  /**
   * Waits until no other task has the lock, and takes it.
   *
   * @returns `false` after the timeout.
   */
  *acquire(options?: TimeoutOptions): Coroutine<boolean> {
    const fiber = currentFiber();
    if (this.#owner !== fiber) {
      if (!(yield* this.#block.acquire(options))) return false;
      this.#owner = fiber;
    }
    this.#count++;
    return true;
  }

  /**
   * Releases it once; the lock is free after as many calls as `acquire()` had.
   *
   * @throws {@link ValueError} `ERR_NOT_ACQUIRED` in a task that does not hold it.
   */
  release(): void {
    if (this.#owner === undefined || this.#owner !== currentFiber()) {
      const whose = this.#owner === undefined ? 'Nobody' : `Task ${this.#owner.name}`;
      throw new ValueError('ERR_NOT_ACQUIRED', `Only its owner can release a lock. ${whose} has it`);
    }
    if (--this.#count > 0) return;
    this.#owner = undefined;
    this.#block.release();
  }

  /** Acquires it, for `using`: it is released at the end of the block. */
  *hold(): Coroutine<Disposable> {
    yield* this.acquire();
    return { [Symbol.dispose]: () => this.release() };
  }
}
