/** Waiting for promises. */
import { ValueError } from '../errors.js';
import { park, Wait } from './fiber.js';
import { currentFiber, theHub } from './hub.js';
import type { Coroutine } from './suspend.js';

class PromiseWait extends Wait {
  override cancel(): void {}

  override describe(): string {
    return 'a promise';
  }
}

/**
 * Waits for a promise, and returns what it resolves to. Works only under {@link runAsync}: `run()` blocks Node's event
 * loop, so no promise settles.
 *
 * Killing the task does not affect the promise.
 *
 * @throws what the promise rejects with.
 * @throws {@link ValueError} `ERR_NO_EVENT_LOOP` under `run()`.
 * @example
 * ```ts
 * import { promise, runAsync } from 'fd-selectors/coroutines';
 * const sum = await runAsync(function* () {
 *   return (yield* promise(Promise.resolve(40))) + 2;
 * });
 * assert.equal(sum, 42);
 * ```
 */
export function* promise<T>(awaited: PromiseLike<T> | T): Coroutine<Awaited<T>> {
  if (!theHub().onNodesLoop) {
    throw new ValueError(
      'ERR_NO_EVENT_LOOP',
      'run() blocks the event loop: wait for promises under runAsync()',
    );
  }
  const wait = new PromiseWait(currentFiber());
  let outcome: { readonly value: Awaited<T> } | { readonly error: unknown } | undefined;
  const settle = (settled: typeof outcome): void => {
    outcome = settled;
    wait.wake(true);
  };
  Promise.resolve(awaited).then(
    (value) => settle({ value: value as Awaited<T> }),
    (error: unknown) => settle({ error }),
  );
  yield* park(wait);
  const settled = outcome as NonNullable<typeof outcome>;
  if ('error' in settled) throw settled.error;
  return settled.value;
}
