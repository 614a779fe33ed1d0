/** A value or an error that is set later. */
import type { TimeoutOptions } from './deadline.js';
import { Settling } from './event.js';
import { timedOut } from './fdwait.js';
import type { Coroutine } from './suspend.js';

/**
 * A value, or an error, that one task sets and others wait for.
 *
 * Python: `gevent.event.AsyncResult`.
 *
 * @example
 * ```ts
 * import { AsyncResult, run, spawn } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const result = new AsyncResult<number>();
 *   const task = spawn(() => result.get());
 *   result.set(42);
 *   assert.equal(yield* task.get(), 42);
 * });
 * ```
 */
export class AsyncResult<T = void> extends Settling {
  #outcome: { readonly value: T } | { readonly exception: unknown } | undefined;

  constructor() {
    super('a result');
  }

  /** Whether it was set, to a value or an error. */
  override ready(): boolean {
    return this.#outcome !== undefined;
  }

  /** Whether it was set to a value. */
  successful(): boolean {
    return this.#outcome !== undefined && 'value' in this.#outcome;
  }

  /** The value, if it was set to one. */
  get value(): T | undefined {
    return this.#outcome !== undefined && 'value' in this.#outcome ? this.#outcome.value : undefined;
  }

  /** The error, if it was set to one. */
  get exception(): unknown {
    return this.#outcome !== undefined && 'exception' in this.#outcome ? this.#outcome.exception : undefined;
  }

  /** Sets it to a value, and wakes all waiting tasks. Setting it again replaces the value. */
  set(value: T): void {
    this.#outcome = { value };
    this.settle();
  }

  /** Sets it to an error, which `get()` throws. */
  setException(exception: unknown): void {
    this.#outcome = { exception };
    this.settle();
  }

  /**
   * Waits for the value.
   *
   * @throws the error it was set to; {@link TimeoutError} `ETIMEDOUT` after the timeout.
   */
  *get(options?: TimeoutOptions): Coroutine<T> {
    yield* this.wait(options);
    if (this.#outcome === undefined) throw timedOut('get');
    if ('exception' in this.#outcome) throw this.#outcome.exception;
    return this.#outcome.value;
  }
}
