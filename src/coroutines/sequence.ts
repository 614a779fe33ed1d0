/** Sequences whose values have to be waited for. */
import { checkCallback } from './errors.js';
import { type Coroutine, isCoroutine } from './suspend.js';

/**
 * An iterator whose `next()` is a coroutine. A `for` loop cannot wait, so
 * `forEach()` is the loop.
 *
 * Python: what `gevent.iwait` and `Pool.imap` iterate over.
 */
export class Sequence<T> {
  readonly #next: () => Coroutine<IteratorResult<T, undefined>>;
  readonly #close: () => void;

  /** @internal */
  constructor(next: () => Coroutine<IteratorResult<T, undefined>>, close: () => void = () => {}) {
    this.#next = next;
    this.#close = close;
  }

  /** Waits for the next value: `{ done: false, value }`, or `{ done: true }` after the last one. */
  next(): Coroutine<IteratorResult<T, undefined>> {
    return this.#next();
  }

  /**
   * Calls a function for each value. If it is a generator function, waits for it before asking for the next value.
   *
   * @throws what `fn` and `next()` throw; the remaining values are discarded.
   */
  *forEach(fn: (value: T) => unknown): Coroutine {
    checkCallback('fn', fn);
    try {
      for (let step = yield* this.next(); !step.done; step = yield* this.next()) {
        const result = fn(step.value);
        if (isCoroutine(result)) yield* result;
      }
    } finally {
      this.close();
    }
  }

  /** Waits for all values. */
  *toArray(): Coroutine<T[]> {
    const values: T[] = [];
    try {
      for (let step = yield* this.next(); !step.done; step = yield* this.next()) values.push(step.value);
    } finally {
      this.close();
    }
    return values;
  }

  /** Discards the remaining values. */
  close(): void {
    this.#close();
  }
}
