/** Events, and what waits for them. */
import { deadlineIn, type TimeoutOptions, timeoutOf } from './deadline.js';
import { checkCallback } from './errors.js';
import { currentFiber } from './hub.js';
import type { Coroutine } from './suspend.js';
import { WaitQueue } from './waitqueue.js';

/** The base of what tasks can wait for and callbacks can be linked to. */
export abstract class Settling {
  readonly #waiters: WaitQueue;
  readonly #links = new Set<() => void>();

  constructor(what: string) {
    this.#waiters = new WaitQueue(what);
  }

  /** Whether a wait would return at once. */
  abstract ready(): boolean;

  /**
   * Waits until it is ready.
   *
   * @returns `true` once it is ready, `false` after the timeout.
   */
  *wait(options?: TimeoutOptions): Coroutine<boolean> {
    const timeout = timeoutOf(options);
    if (this.ready()) return true;
    return yield* this.#waiters.wait(currentFiber(), deadlineIn(timeout));
  }

  /**
   * Calls back once it is ready; at once if it is. What the callback throws, the call that made it ready throws, after
   * all the others were called back.
   */
  link(callback: () => void): void {
    checkCallback('callback', callback);
    if (this.ready()) callback();
    else this.#links.add(callback);
  }

  /** Removes a callback. */
  unlink(callback: () => void): void {
    this.#links.delete(callback);
  }

  /** Wakes all waiting tasks. */
  protected settle(): void {
    this.#waiters.notifyAll();
    const links = [...this.#links];
    this.#links.clear();
    const errors: unknown[] = [];
    for (const callback of links) {
      try {
        callback();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, `${errors.length} callbacks failed`);
  }
}

/**
 * A flag that tasks wait for.
 *
 * Guaranteed: `set()` wakes all waiting tasks, even if `clear()` follows at once.
 *
 * Python: `gevent.event.Event`.
 *
 * @example
 * ```ts
 * import { Event, run, spawn } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const event = new Event();
 *   const waiters = [1, 2].map(() => spawn(() => event.wait()));
 *   event.set();
 *   for (const task of waiters) assert.equal(yield* task.get(), true);
 *   event.clear();
 *   assert.equal(yield* event.wait({ timeout: 0.001 }), false);
 * });
 * ```
 */
export class Event extends Settling {
  #set = false;

  constructor() {
    super('an event');
  }

  /** Whether it is set. */
  isSet(): boolean {
    return this.#set;
  }

  /** Whether it is set, as {@link wait} checks. */
  override ready(): boolean {
    return this.#set;
  }

  /** Sets it, and wakes all waiting tasks. */
  set(): void {
    if (this.#set) return;
    this.#set = true;
    this.settle();
  }

  /** Clears it. */
  clear(): void {
    this.#set = false;
  }
}
