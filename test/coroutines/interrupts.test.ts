/** Errors that are thrown into a task from outside: in the same turn, twice, or for what has ended by then. */
import {
  Event,
  run,
  runAsync,
  scope,
  sleep,
  spawn,
  spawnLater,
  Timeout,
  wait,
  withTimeout,
} from 'fd-selectors/coroutines';
import { describe, expect, it } from 'vitest';
import { both, thrownBy } from './bothways.js';

/** Lets time pass without a switch. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** A task that logs whether its `finally` block could finish. */
function* careful(log: string[]) {
  try {
    yield* sleep(1000);
  } finally {
    for (let i = 0; i < 10; i++) yield* sleep();
    log.push('cleaned up');
  }
}

describe('an error that is not wanted any more', () => {
  both('of an inner timeout does not come after the outer one', function* () {
    const result = yield* withTimeout({ seconds: 0.001, timeoutValue: 'outer' }, () =>
      withTimeout({ seconds: 0.001, timeoutValue: 'inner' }, function* () {
        block(5);
        yield* sleep(1000);
      }),
    );
    expect(result).toBe('outer');
    yield* sleep();
    yield* sleep(0.001);
  });

  both('of a timeout does not come after close, even if another error came first', function* () {
    const timeouts = [0.001, 0.002, 0.003].map((seconds) => Timeout.startNew(seconds));
    block(5);
    const caught: unknown[] = [];
    try {
      yield* sleep(1000);
    } catch (error) {
      caught.push(error);
    }
    timeouts[2]!.close();
    try {
      yield* sleep(1000);
    } catch (error) {
      caught.push(error);
    }
    expect(caught).toEqual(timeouts.slice(0, 2));
    yield* sleep(0.001);
  });

  both('of a scope does not come after the scope', function* () {
    const timed = withTimeout(0.002, () =>
      scope(function* (s) {
        s.spawn(function* () {
          yield* sleep(0.001);
          throw new Error('failed');
        });
        yield* sleep();
        block(5);
        yield* sleep(1000);
      }),
    );
    // The timeout, unless the process was stopped meanwhile.
    expect(yield* thrownBy(timed)).toMatch(/Timeout|failed/);
    yield* sleep();
    yield* sleep(0.001);
  });

  both('comes nevertheless if another task calls close(): the wait has ended for it', function* () {
    const timeout = new Timeout(0.002);
    const event = new Event();
    spawn(function* () {
      yield* sleep(0.001);
      timeout.close();
    });
    const victim = spawn(function* () {
      timeout.start();
      return yield* event.wait();
    });
    yield* sleep();
    yield* sleep();
    block(5);
    yield* victim.join({ timeout: 0.01 });
    event.set();
    yield* victim.join();
    // It waits on, if the process was stopped so that close() came in time.
    expect(victim.exception === timeout || victim.value === true).toBe(true);
  });
});

describe('a scope that fails twice', () => {
  both('interrupts the finally blocks of its tasks once', function* () {
    const log: string[] = [];
    const failed = scope(function* (s) {
      s.spawn(careful, log);
      s.spawn(function* () {
        yield* sleep();
        throw new Error('first');
      });
      try {
        yield* sleep(1000);
      } catch {
        yield* sleep();
        throw new Error('second');
      }
    });
    expect(yield* thrownBy(failed)).toBe('2 tasks of a scope failed');
    expect(log).toEqual(['cleaned up']);
  });

  both('also if it is killed while it ends', function* () {
    const log: string[] = [];
    const task = spawn(() =>
      scope(function* (s) {
        s.spawn(careful, log);
      }),
    );
    yield* sleep();
    yield* sleep();
    task.kill();
    yield* sleep();
    yield* sleep();
    yield* task.kill();
    expect(log).toEqual(['cleaned up']);
    expect(task.killed).toBe(true);
  });
});

describe('when the main task ends', () => {
  it.each(['run', 'runAsync'])('a task whose time has not come never starts: %s', async (way) => {
    const failures: unknown[] = [];
    const main = function* () {
      spawnLater(0.001, sleep);
      spawn(function* () {
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(0.01);
        }
      });
      yield* sleep();
    };
    const onFailure = (_task: unknown, error: unknown): void => void failures.push(error);
    if (way === 'run') run(main, { onFailure });
    else await runAsync(main, { onFailure });
    expect(failures).toEqual([]);
  });
});

describe('a main task that aborts its own signal', () => {
  it('is stopped at its next wait', async () => {
    const controller = new AbortController();
    const log: string[] = [];
    const result = runAsync(
      function* () {
        controller.abort(new Error('enough'));
        log.push('goes on');
        // Gives way, while it is to be stopped.
        yield* sleep();
        log.push('never');
      },
      { signal: controller.signal },
    );
    await expect(result).rejects.toThrow('enough');
    expect(log).toEqual(['goes on']);
  });

  it('ends as it does, if it does not wait any more', async () => {
    const controller = new AbortController();
    const result = runAsync(
      function* () {
        // Something to be stopped when it has ended.
        spawn(sleep, 1000);
        yield* sleep();
        controller.abort(new Error('enough'));
        return 'ended';
      },
      { signal: controller.signal },
    );
    expect(await result).toBe('ended');
  });

  it('waits for other things as before, if it catches the error', async () => {
    const controller = new AbortController();
    const event = new Event();
    const result = runAsync(
      function* () {
        controller.abort(new Error('enough'));
        const message = yield* thrownBy(event.wait());
        spawn(function* () {
          event.set();
        });
        return [message, yield* event.wait()];
      },
      { signal: controller.signal },
    );
    expect(await result).toEqual(['enough', true]);
  });
});

describe('a callback that throws', () => {
  both('keeps nothing from the others that wait for an event', function* () {
    const event = new Event();
    event.link(() => {
      throw new Error('in a callback');
    });
    const waiter = spawn(() => wait([event]));
    yield* sleep();
    expect(() => event.set()).toThrow('in a callback');
    expect(yield* waiter.get()).toEqual([event]);
  });
});
