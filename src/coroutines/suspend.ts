/** What coroutines are made of. */

declare const brand: unique symbol;

/** What a coroutine yields: only the functions of this module have it. */
export interface Suspend {
  /** @internal */
  readonly [brand]: true;
}

/**
 * The one value that a coroutine yields to the hub. Waits are recorded elsewhere, so nothing is
 * allocated for a switch.
 *
 * @internal
 */
export const SUSPEND = Object.freeze({ [Symbol.toStringTag]: 'Suspend' }) as unknown as Suspend;

/**
 * A coroutine: a generator that yields only by `yield*` to the functions of this module, and returns a `T`.
 *
 * Python: what a greenlet runs, or an `async def`; `yield*` is the `await`.
 */
export type Coroutine<T = void> = Generator<Suspend, T, unknown>;

/** A function that makes a coroutine: `function* (...args) { ... }`. */
export type CoroutineFunction<A extends unknown[] = [], T = unknown> = (...args: A) => Coroutine<T>;

/**
 * Whether a value can be run: it has the methods of a generator.
 *
 * @internal
 */
export function isCoroutine(value: unknown): value is Coroutine<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const { next, throw: raise } = value as Partial<Coroutine>;
  return typeof next === 'function' && typeof raise === 'function';
}
