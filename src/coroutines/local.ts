/** Values that each task has for itself. */
import { getcurrent } from './spawn.js';

/** What {@link local} returns. */
class Local<T> {
  readonly #initial: () => T;

  constructor(initial: () => T) {
    this.#initial = initial;
  }

  /** The value of the task that runs. */
  get value(): T {
    const task = getcurrent();
    if (!task.locals?.has(this)) this.value = this.#initial();
    return task.locals?.get(this) as T;
  }

  /** Sets the value of the task that runs. */
  set value(value: T) {
    const task = getcurrent();
    task.locals ??= new Map();
    task.locals.set(this, value);
  }
}

export type { Local };

/**
 * A variable of which each task has its own. It goes with the task.
 *
 * Python: `gevent.local.local`, an object with any attributes.
 *
 * @param initial - called for each task that reads the value before it has set it.
 * @throws {@link ValueError} `ERR_NO_TASK`, `ERR_NO_HUB` when the value is used outside of a task.
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
export function local<T>(): Local<T | undefined>;
export function local<T>(initial: () => T | undefined = () => undefined): Local<T | undefined> {
  return new Local(initial);
}
