/** Task-local values. */
import { checkCallback } from './errors.js';
import { getcurrent } from './spawn.js';

/** A variable with a separate value for each task, as {@link local} returns it. */
export class Local<T> {
  readonly #initial: () => T;

  constructor(initial: () => T) {
    this.#initial = initial;
  }

  /**
   * The running task's value. A task that has not set it gets a new initial one.
   *
   * @throws {@link ValueError} `ERR_NO_TASK`, `ERR_NO_HUB` outside of a task.
   */
  get value(): T {
    const task = getcurrent();
    if (!task.locals?.has(this)) this.value = this.#initial();
    return task.locals?.get(this) as T;
  }

  /** Sets the running task's value. */
  set value(value: T) {
    const task = getcurrent();
    task.locals ??= new Map();
    task.locals.set(this, value);
  }
}

/**
 * A variable with a separate value for each task, which lasts as long as the task.
 *
 * Python: `gevent.local.local`, an object with any attributes.
 *
 * @param initial - returns the value for a task that reads it before setting it.
 * @throws {@link ValueError} `ERR_NO_TASK`, `ERR_NO_HUB` when the value is used outside of a task.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` if `initial` is not a function.
 * @example
 * ```ts
 * import { local, run, spawn } from 'fd-selectors/coroutines';
 * const counter = local(() => 0);
 * run(function* () {
 *   counter.value += 1;
 *   const other = spawn(function* () {
 *     return ++counter.value;
 *   });
 *   assert.equal(yield* other.get(), 1);
 *   assert.equal(counter.value, 1);
 * });
 * ```
 */
export function local<T>(initial: () => T): Local<T>;
/** Without an initial value: `undefined` in a task that has not set it. */
export function local<T>(): Local<T | undefined>;
export function local<T>(initial: () => T | undefined = () => undefined): Local<T | undefined> {
  checkCallback('initial', initial);
  return new Local(initial);
}
