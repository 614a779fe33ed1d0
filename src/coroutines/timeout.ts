/** Timeouts for any block of code. */
import { type Seconds, type Timeout as TimeoutValue, toWait } from '../time.js';
import { deadlineIn } from './deadline.js';
import { checkFunction, Interrupt } from './errors.js';
import type { Fiber } from './fiber.js';
import { currentFiber } from './hub.js';
import type { Coroutine, CoroutineFunction } from './suspend.js';
import { Timer } from './timers.js';

/** Throws into a fiber at its deadline. */
class Alarm extends Timer {
  readonly fiber: Fiber;
  readonly #error: unknown;
  #fired = false;

  constructor(fiber: Fiber, error: unknown) {
    super();
    this.fiber = fiber;
    this.#error = error;
  }

  override expire(): void {
    this.#fired = true;
    this.fiber.interrupt(this.#error);
  }

  cancel(): void {
    if (this.#fired) this.fiber.withdraw(this.#error);
    else this.fiber.scheduler.timers.remove(this);
  }
}

/**
 * An error that is thrown into the task that started it once the time is up, at the place where the task waits.
 * Tell several apart with `error === timeout`.
 *
 * Guaranteed: it is never early, and is never thrown after its task has called `close()`. A task that does not wait
 * cannot be interrupted: the error is thrown at its next wait.
 *
 * Python: `gevent.Timeout`. `using` is the `with` statement.
 *
 * @example
 * ```ts
 * import { run, sleep, Timeout } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const timeout = Timeout.startNew(0.01);
 *   try {
 *     yield* sleep(1000);
 *   } catch (error) {
 *     assert.equal(error, timeout);
 *   } finally {
 *     timeout.close();
 *   }
 * });
 * ```
 */
export class Timeout extends Interrupt {
  /** `'ERR_TIMEOUT'`. */
  readonly code = 'ERR_TIMEOUT';
  /** The time in seconds; `null` for a timeout that never fires. */
  readonly seconds: Seconds | null;
  readonly #exception: unknown;
  #alarm: Alarm | undefined;

  /**
   * Creates a timeout without starting it.
   *
   * @param seconds - the time; if `null` or omitted, it never fires.
   * @param exception - what to throw instead of this object.
   * @throws {@link ValueError} `ERR_INVALID_TIMEOUT`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  constructor(seconds?: TimeoutValue, exception?: unknown) {
    super(seconds === undefined || seconds === null ? 'No timeout' : `Timed out after ${seconds} s`);
    toWait(seconds);
    this.seconds = seconds ?? null;
    this.#exception = exception;
  }

  /** Creates and starts a timeout. */
  static startNew(seconds?: TimeoutValue, exception?: unknown): Timeout {
    const timeout = new Timeout(seconds, exception);
    timeout.start();
    return timeout;
  }

  /** Whether it is started and has not fired. */
  get pending(): boolean {
    return this.#alarm !== undefined && this.#alarm.slot >= 0;
  }

  /** Starts it for the running task; if it was started before, the time begins again. */
  start(): void {
    const fiber = currentFiber();
    this.close();
    const deadline = deadlineIn(this.seconds);
    if (deadline === Infinity) return;
    this.#alarm = new Alarm(fiber, this.#exception ?? this);
    fiber.scheduler.timers.add(this.#alarm, deadline);
  }

  /** Stops it, unless it was stopped or thrown. It can be started again. */
  close(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
  }

  /** As {@link Timeout.close}. */
  cancel(): void {
    this.close();
  }

  /** As {@link Timeout.close}, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Calls a coroutine, and throws a {@link Timeout} into it if it takes too long.
 *
 * Python: `gevent.with_timeout`.
 *
 * @param limit - seconds, or an object with `seconds` and the `timeoutValue` to return instead of throwing.
 * @throws {@link Timeout} `ERR_TIMEOUT`; what the coroutine throws.
 * @example
 * ```ts
 * import { run, sleep, withTimeout } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const result = yield* withTimeout({ seconds: 0.01, timeoutValue: 'late' }, function* () {
 *     yield* sleep(1000);
 *     return 'in time';
 *   });
 *   assert.equal(result, 'late');
 * });
 * ```
 */
export function withTimeout<A extends unknown[], T>(
  limit: TimeoutValue,
  fn: CoroutineFunction<A, T>,
  ...args: A
): Coroutine<T>;
/** Returns `timeoutValue` after the time, instead of throwing. A {@link Timeout} started elsewhere is still thrown. */
export function withTimeout<A extends unknown[], T, V>(
  limit: { readonly seconds: TimeoutValue; readonly timeoutValue: V },
  fn: CoroutineFunction<A, T>,
  ...args: A
): Coroutine<T | V>;
export function* withTimeout<A extends unknown[], T, V>(
  limit: TimeoutValue | { readonly seconds: TimeoutValue; readonly timeoutValue: V },
  fn: CoroutineFunction<A, T>,
  ...args: A
): Coroutine<T | V> {
  checkFunction('fn', fn);
  const given = typeof limit === 'object' && limit !== null ? limit : undefined;
  const timeout = Timeout.startNew(given ? given.seconds : (limit as TimeoutValue));
  try {
    return yield* fn(...args);
  } catch (error) {
    if (error === timeout && given !== undefined) return given.timeoutValue;
    throw error;
  } finally {
    timeout.close();
  }
}
