import {
  type Coroutine,
  Event,
  Group,
  getcurrent,
  Pool,
  scope,
  sleep,
  spawn,
  Task,
  Timeout,
  withTimeout,
} from 'fd-selectors/coroutines';
import { describe, expect } from 'vitest';
import { thrown } from '../support/thrown.js';
import { both, thrownBy } from './bothways.js';

function* failing(message: string, seconds = 0): Coroutine<never> {
  yield* sleep(seconds);
  throw new Error(message);
}

/** Sleeps for long, and logs when it is stopped. */
function* sleeper(log: string[], name: string): Coroutine {
  try {
    yield* sleep(1000);
  } finally {
    log.push(name);
  }
}

describe('Timeout', () => {
  both('is thrown into its task, never early, with the path', function* () {
    const start = performance.now();
    const timeout = Timeout.startNew(0.005);
    expect(timeout.pending).toBe(true);
    const caught: unknown[] = [];
    try {
      yield* (function* path() {
        yield* sleep(1000);
      })();
    } catch (error) {
      caught.push(error);
    }
    expect(caught).toEqual([timeout]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(5);
    expect(timeout.pending).toBe(false);
    expect(timeout.message).toBe('Timed out after 0.005 s');
    expect(timeout.stack).toContain('path');
  });

  both('does not come after close, nor for null', function* () {
    {
      using timeout = Timeout.startNew(0.001);
      expect(timeout.pending).toBe(true);
    }
    const never = Timeout.startNew(null);
    expect(never.pending).toBe(false);
    yield* sleep(0.005);
  });

  both('throws another error if told so, and can be started again', function* () {
    const timeout = new Timeout(0.001, new RangeError('mine'));
    for (let i = 0; i < 2; i++) {
      timeout.start();
      expect(yield* thrownBy(sleep(1000))).toBe('mine');
    }
  });

  both('of two, that which was to come first comes first', function* () {
    const inner = Timeout.startNew(0.001);
    const outer = Timeout.startNew(0.001);
    const caught: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      try {
        yield* sleep(1000);
      } catch (error) {
        caught.push(error);
      }
    }
    expect(caught).toEqual([inner, outer]);
  });

  both('withTimeout returns, throws its own, or returns the value', function* () {
    expect(
      yield* withTimeout(
        10,
        function* (n: number) {
          yield* sleep();
          return n;
        },
        1,
      ),
    ).toBe(1);
    expect(yield* thrownBy(withTimeout(0.001, sleep, 1000))).toBe('Timeout ERR_TIMEOUT');
    expect(yield* withTimeout({ seconds: 0.001, timeoutValue: 'late' }, sleep, 1000)).toBe('late');
    expect(yield* thrownBy(withTimeout({ seconds: 10, timeoutValue: 1 }, failing, 'own'))).toBe('own');
  });

  both('of a task that has ended is forgotten', function* () {
    const task = spawn(function* () {
      Timeout.startNew(0.001);
    });
    yield* task.join();
    yield* sleep(0.003);
    expect(task.successful()).toBe(true);
  });
});

describe('Group and Pool', () => {
  both('a group knows its tasks', function* (failures) {
    const group = new Group();
    const log: string[] = [];
    group.spawn(sleeper, log, 'a');
    group.add(spawn(sleeper, log, 'b'));
    const failed = group.spawn(failing, 'reported');
    expect(group.size).toBe(3);
    yield* failed.join({ timeout: 0 });
    yield* sleep();
    expect(yield* group.join({ timeout: 0.001 })).toBe(false);
    yield* group.kill();
    expect(log).toEqual(['a', 'b']);
    expect(group.size).toBe(0);
    expect(yield* group.join()).toBe(true);
    expect(failures).toEqual([]);
    group.spawn(failing, 'raised');
    expect(yield* thrownBy(group.join({ raiseError: true }))).toBe('raised');
  });

  both('a pool lets in so many, in the order in which they came', function* () {
    const pool = new Pool(2);
    const begun: number[] = [];
    let most = 0;
    const work = function* (n: number) {
      begun.push(n);
      most = Math.max(most, pool.size);
      yield* sleep(0.001);
      return n * n;
    };
    expect(yield* pool.map(work, [1, 2, 3, 4, 5])).toEqual([1, 4, 9, 16, 25]);
    expect(begun).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
    yield* pool.spawn(work, 6);
    expect([pool.full(), pool.freeCount()]).toEqual([false, 1]);
    expect(pool.trySpawn(work, 7)).toBeInstanceOf(Task);
    expect(pool.trySpawn(work, 8)).toBe(null);
    expect(yield* thrownBy(pool.waitAvailable({ timeout: 0 }))).toBe('TimeoutError ETIMEDOUT');
    yield* pool.join();
    expect(begun).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  both('room for a task that was killed before it began comes back', function* () {
    const pool = new Pool(1);
    const first = yield* pool.spawn(sleep, 1000);
    first.kill();
    const second = yield* pool.spawn(sleep);
    yield* second.join();
    expect(pool.freeCount()).toBe(1);
  });

  both('imap keeps the order, imapUnordered does not; both give errors where they belong', function* () {
    const pool = new Pool(3);
    const turns = [1, 2, 3].map(() => new Event());
    const work = function* (i: number) {
      yield* turns[i]!.wait();
      if (i === 2) throw new Error('two');
      turns[(i + 2) % 3]!.set();
      return i;
    };
    // 1 comes first, then 0.
    const ordered = spawn(() => pool.imap(work, [0, 1]).toArray());
    yield* sleep();
    turns[1]!.set();
    expect(yield* ordered.get()).toEqual([0, 1]);
    for (const turn of turns) turn.clear();
    const unordered = spawn(() => pool.imapUnordered(work, [0, 1]).toArray());
    yield* sleep();
    turns[1]!.set();
    expect(yield* unordered.get()).toEqual([1, 0]);
    for (const turn of turns) turn.set();
    const got: number[] = [];
    const failing = pool.imap(work, [0, 2, 1]).forEach((i) => void got.push(i));
    expect(yield* thrownBy(failing)).toBe('two');
    expect(got).toEqual([0]);
    expect(yield* thrownBy(pool.map(work, [1, 2]))).toBe('two');
    const items = function* () {
      yield 1;
      throw new Error('in the items');
    };
    expect(yield* thrownBy(pool.imap(work, items()).toArray())).toBe('in the items');
  });

  both('a sequence that is given up starts nothing more', function* () {
    const pool = new Pool(1);
    let begun = 0;
    const sequence = pool.imap(
      function* (n: number) {
        begun++;
        yield* sleep(0.001);
        return n;
      },
      [1, 2, 3, 4, 5, 6],
    );
    expect(yield* sequence.next()).toEqual({ done: false, value: 1 });
    sequence.close();
    yield* pool.join();
    expect(begun).toBeLessThan(4);
  });
});

describe('scope', () => {
  both('ends when all that was spawned in it has ended', function* () {
    const log: string[] = [];
    const result = yield* scope(function* (s) {
      for (const turns of [3, 1]) {
        s.spawn(function* () {
          for (let i = 0; i < turns; i++) yield* sleep(0.001);
          log.push('task');
        });
      }
      expect(s.size).toBe(2);
      return 'result';
    });
    log.push(result);
    expect(log).toEqual(['task', 'task', 'result']);
  });

  both('stops the rest and the body when one fails', function* () {
    const log: string[] = [];
    const failed = scope(function* (s) {
      s.spawn(sleeper, log, 'task');
      s.spawn(failing, 'first', 0.001);
      yield* sleeper(log, 'body');
    });
    expect(yield* thrownBy(failed)).toBe('first');
    expect(log.sort()).toEqual(['body', 'task']);
  });

  both('stops the rest when the body fails, or is killed', function* () {
    const log: string[] = [];
    const failed = scope(function* (s) {
      s.spawn(sleeper, log, 'of a body that fails');
      yield* failing('body');
    });
    expect(yield* thrownBy(failed)).toBe('body');
    const task = spawn(() =>
      scope(function* (s) {
        s.spawn(sleeper, log, 'of a body that is killed');
        yield* sleep(1000);
      }),
    );
    yield* sleep(0.001);
    yield* task.kill();
    expect(task.killed).toBe(true);
    expect(log).toEqual(['of a body that fails', 'of a body that is killed']);
  });

  both('gives all failures when stopping fails, too', function* () {
    const failed = scope(function* (s) {
      s.spawn(function* () {
        try {
          yield* sleep(1000);
        } finally {
          yield* failing('second');
        }
      });
      s.spawn(failing, 'first', 0.001);
    });
    try {
      yield* failed;
      expect.unreachable();
    } catch (error) {
      expect((error as AggregateError).errors.map((one: Error) => one.message)).toEqual(['first', 'second']);
    }
  });

  both('nests: a failure passes through', function* () {
    const log: string[] = [];
    const failed = scope(function* (outer) {
      outer.spawn(sleeper, log, 'outer');
      yield* scope(function* (inner) {
        inner.spawn(sleeper, log, 'inner');
        inner.spawn(failing, 'deep', 0.001);
      });
    });
    expect(yield* thrownBy(failed)).toBe('deep');
    expect(log).toEqual(['inner', 'outer']);
  });

  both('an outer failure stops an inner scope', function* () {
    const log: string[] = [];
    const failed = scope(function* (outer) {
      outer.spawn(failing, 'outer fails', 0.001);
      yield* scope(function* (inner) {
        inner.spawn(sleeper, log, 'inner');
      });
    });
    expect(yield* thrownBy(failed)).toBe('outer fails');
    expect(log).toEqual(['inner']);
  });

  both('takes no task once it has ended, but from the tasks that it still waits for', function* () {
    const log: string[] = [];
    const ended = yield* scope(function* (s) {
      s.spawn(function* () {
        yield* sleep(0.001);
        s.spawn(function* () {
          log.push('late');
        });
      });
      return s;
    });
    expect(log).toEqual(['late']);
    expect(thrown(() => ended.spawn(sleep))).toBe('ValueError ERR_SCOPE_ENDED');
    ended.kill();
  });

  both('a killed task is not a failure', function* () {
    const log: string[] = [];
    yield* scope(function* (s) {
      const victim = s.spawn(sleeper, log, 'victim');
      s.spawn(sleeper, log, 'other');
      yield* sleep();
      yield* victim.kill();
      s.kill();
    });
    expect(log).toEqual(['victim', 'other']);
  });

  both('a timeout around a scope stops all in it', function* () {
    const log: string[] = [];
    const timed = withTimeout(0.001, () =>
      scope(function* (s) {
        s.spawn(sleeper, log, 'task');
      }),
    );
    expect(yield* thrownBy(timed)).toBe('Timeout ERR_TIMEOUT');
    expect(log).toEqual(['task']);
    const event = new Event();
    expect(yield* event.wait({ timeout: 0.001 })).toBe(false);
    expect(getcurrent().ready()).toBe(false);
  });
});
