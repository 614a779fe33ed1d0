import { type Coroutine, Event, joinall, run, runAsync, sleep, spawn } from 'fd-selectors/coroutines';
import { describe, expect, it } from 'vitest';

/** What a run did, and the error that it ended with. */
async function ended(way: string, main: () => Coroutine<unknown>): Promise<unknown> {
  try {
    return way === 'run' ? run(main) : await runAsync(main);
  } catch (error) {
    return error;
  }
}

describe.each(['run', 'runAsync'])('the end of %s', (way) => {
  it('kills tasks that finally blocks start, and runs their finally blocks', async () => {
    const log: string[] = [];
    const nested = function* (depth: number): Coroutine {
      try {
        yield* new Event().wait();
      } finally {
        yield* sleep(0.001);
        log.push(`finally ${depth}`);
        if (depth < 3) spawn(nested, depth + 1);
      }
    };
    const main = function* () {
      spawn(nested, 1);
      spawn(nested, 2);
      yield* sleep();
      return 'result';
    };
    expect(await ended(way, main)).toBe('result');
    expect(log.sort()).toEqual(['finally 1', 'finally 2', 'finally 2', 'finally 3', 'finally 3']);
  });

  it('does not interrupt what a finally block starts and waits for', async () => {
    const log: unknown[] = [];
    const step = function* (n: number) {
      yield* sleep(0.001);
      return n;
    };
    const main = function* () {
      spawn(function* () {
        try {
          yield* sleep(1000);
        } finally {
          const tasks = yield* joinall([spawn(step, 1), spawn(step, 2)]);
          log.push(...tasks.map((task) => task.value));
        }
      });
      yield* sleep();
    };
    expect(await ended(way, main)).toBeUndefined();
    expect(log).toEqual([1, 2]);
  });

  it('does not kill again what main has just killed', async () => {
    const log: string[] = [];
    const main = function* () {
      const task = spawn(function* () {
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(0.001);
          log.push('finally');
        }
      });
      yield* sleep();
      task.kill();
    };
    expect(await ended(way, main)).toBeUndefined();
    expect(log).toEqual(['finally']);
  });

  it('kills what main starts in its own finally block', async () => {
    const log: string[] = [];
    const main = function* () {
      try {
        throw new Error('main');
      } finally {
        spawn(function* () {
          try {
            yield* new Event().wait();
          } finally {
            log.push('finally');
          }
        });
        yield* sleep();
      }
    };
    expect(await ended(way, main)).toMatchObject({ message: 'main' });
    expect(log).toEqual(['finally']);
  });

  it('is an error when there are always new tasks', async () => {
    let count = 0;
    const again = function* (): Coroutine {
      try {
        yield* new Event().wait();
      } finally {
        count++;
        spawn(again).name = `again ${count}`;
      }
    };
    const main = function* () {
      spawn(again);
      yield* sleep();
    };
    expect(await ended(way, main)).toMatchObject({
      name: 'TasksLeftError',
      code: 'ERR_TASKS_LEFT',
      message: 'All tasks were killed 100 times, and finally blocks still start new ones: again 100',
    });
    expect(count).toBe(100);
    expect(await ended(way, () => sleep())).toBeUndefined();
  });
});
