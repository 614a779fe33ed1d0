/** Semaphores. */
import { ValueError } from '../errors.js';
import { deadlineIn, type TimeoutOptions, timeoutOf } from './deadline.js';
import { checkCount } from './errors.js';
import { currentFiber } from './hub.js';
import type { Coroutine } from './suspend.js';
import { WaitQueue } from './waitqueue.js';

/**
 * A counter that `acquire()` decreases and `release()` increases; at zero, `acquire()` waits.
 *
 * Guaranteed: waiting tasks are served in order of arrival; a later task never overtakes. A task killed after
 * it was granted the semaphore, but before it runs, passes it on.
 *
 * Python: `gevent.lock.Semaphore`.
 *
 * @example
 * ```ts
 * import { run, Semaphore, sleep, spawn } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const lock = new Semaphore();
 *   const task = spawn(function* () {
 *     using held = yield* lock.hold();
 *     yield* sleep(0.001);
 *   });
 *   yield* sleep();
 *   assert.equal(lock.locked(), true);
 *   assert.equal(yield* lock.acquire({ timeout: 0 }), false);
 *   assert.equal(yield* lock.acquire(), true);
 *   assert.equal(task.ready(), true);
 * });
 * ```
 */
export class Semaphore {
  #counter: number;
  readonly #waiters = new WaitQueue('a semaphore', () => this.#release());

  /**
   * @param value - the initial value of the counter.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  constructor(value = 1) {
    checkCount('value', value, 0);
    this.#counter = value;
  }

  /** How many times it can be acquired without waiting. */
  get counter(): number {
    return this.#counter;
  }

  /** Whether `acquire()` would wait. */
  locked(): boolean {
    return this.#counter === 0;
  }

  /**
   * Waits until the counter is above zero, and decreases it.
   *
   * @returns `false` after the timeout.
   */
  *acquire(options?: TimeoutOptions): Coroutine<boolean> {
    const timeout = timeoutOf(options);
    if (this.tryAcquire()) return true;
    const deadline = deadlineIn(timeout);
    return yield* this.#waiters.wait(currentFiber(), deadline);
  }

  /** Decreases the counter if that is possible at once. */
  tryAcquire(): boolean {
    if (this.#counter === 0) return false;
    this.#counter--;
    return true;
  }

  /** Increases the counter, or wakes the task that has waited longest. It may be called from anywhere. */
  release(): void {
    this.#release();
  }

  #release(): void {
    if (this.#waiters.notify() === undefined) this.#counter++;
  }

  /** Acquires it, for `using`: it is released at the end of the block. */
  *hold(): Coroutine<Disposable> {
    yield* this.acquire();
    return { [Symbol.dispose]: () => this.release() };
  }
}

/**
 * A semaphore whose counter never exceeds its initial value: one `release()` too many is an error.
 *
 * Python: `gevent.lock.BoundedSemaphore`.
 *
 * @example
 * ```ts
 * import { BoundedSemaphore } from 'fd-selectors/coroutines';
 * const lock = new BoundedSemaphore(2);
 * assert.ok(lock.tryAcquire());
 * lock.release();
 * assert.throws(() => lock.release(), { code: 'ERR_NOT_ACQUIRED' });
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  readonly #most: number;

  /** @param value - the initial value of the counter, and its maximum. */
  constructor(value = 1) {
    super(value);
    this.#most = value;
  }

  /** @inheritDoc @throws {@link ValueError} `ERR_NOT_ACQUIRED`. */
  override release(): void {
    if (this.counter >= this.#most) {
      throw new ValueError('ERR_NOT_ACQUIRED', 'The semaphore was released more often than it was acquired');
    }
    super.release();
  }
}
