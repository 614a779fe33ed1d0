import { type Coroutine, sleep } from 'fd-selectors/coroutines';

/** Sleeps until it is stopped, and logs that its `finally` block runs. */
export function* untilStopped(log: unknown[], what: string): Coroutine {
  try {
    yield* sleep(1000);
  } finally {
    log.push(what);
  }
}
