/** Every contract holds under run() and under runAsync(). */
import { type Coroutine, run, runAsync, withTimeout } from 'fd-selectors/coroutines';
import { describe, it } from 'vitest';
import { LIMIT } from '../support/limit.js';

export type Failures = string[];

/** A test whose body is a main task. It gets the failures that nobody waited for, which end up nowhere else. */
export function both(name: string, main: (failures: Failures) => Coroutine<unknown>): void {
  describe(name, () => {
    it.each(['run', 'runAsync'])('%s', async (way) => {
      const failures: Failures = [];
      const onFailure = (_task: unknown, error: unknown): void => {
        failures.push(error instanceof Error ? error.message : String(error));
      };
      // run() blocks the thread: the timeout of the test runner cannot end it.
      const body = () => withTimeout(LIMIT / 1e3, main, failures);
      if (way === 'run') run(body, { onFailure });
      else await runAsync(body, { onFailure });
    });
  });
}

/** What a coroutine throws: its name and code, as `'ValueError ERR_INVALID_FD'`. */
export function* thrownBy(coroutine: Coroutine<unknown>): Coroutine<string> {
  try {
    yield* coroutine;
  } catch (error) {
    const { name, code, message } = error as Error & { code?: string };
    return code === undefined ? message : `${name} ${code}`;
  }
  return 'nothing';
}
