import { inspect } from 'node:util';
import {
  type Coroutine,
  Event,
  getcurrent,
  idle,
  iwait,
  joinall,
  killall,
  local,
  sleep,
  spawn,
  spawnLater,
  type Task,
  TaskExit,
  wait,
} from 'fd-selectors/coroutines';
import { describe, expect } from 'vitest';
import { both, thrownBy } from './bothways.js';

function* failing(message: string, seconds = 0): Coroutine<never> {
  yield* sleep(seconds);
  throw new Error(message);
}

describe('spawn', () => {
  both('runs tasks in the order of their spawning, after the spawner waits', function* () {
    const log: string[] = [];
    const say = function* (word: string) {
      log.push(`${word} 1`);
      yield* sleep();
      log.push(`${word} 2`);
    };
    const tasks = [spawn(say, 'a'), spawn(say, 'b')];
    log.push('spawned');
    yield* joinall(tasks);
    expect(log).toEqual(['spawned', 'a 1', 'b 1', 'a 2', 'b 2']);
  });

  both('gives results and errors', function* () {
    const sum = spawn(
      function* (a: number, b: number) {
        yield* sleep();
        return a + b;
      },
      1,
      2,
    );
    expect([sum.ready(), sum.successful(), sum.value, sum.started]).toEqual([false, false, undefined, false]);
    expect(yield* sum.get()).toBe(3);
    expect([sum.ready(), sum.successful(), sum.value, sum.exception]).toEqual([true, true, 3, undefined]);
    const failed = spawn(failing, 'oops');
    expect(yield* thrownBy(failed.get())).toBe('oops');
    expect([failed.ready(), failed.successful(), failed.value]).toEqual([true, false, undefined]);
    expect((failed.exception as Error).message).toBe('oops');
    expect(yield* failed.join()).toBe(true);
  });

  both('reports a failure that nobody waits for, and goes on', function* (failures) {
    const lonely = spawn(failing, 'lonely');
    const linked = spawn(failing, 'linked');
    const joined = spawn(failing, 'joined');
    linked.link(() => {});
    const waiting = spawn(() => joined.join());
    yield* sleep(0.001);
    yield* waiting.join();
    expect(lonely.ready()).toBe(true);
    expect(failures).toEqual(['lonely']);
  });

  both('ten thousand tasks live at once', function* () {
    const go = new Event();
    let live = 0;
    const tasks = Array.from({ length: 10_000 }, () =>
      spawn(function* () {
        live++;
        yield* go.wait();
        return live;
      }),
    );
    yield* sleep();
    expect(live).toBe(10_000);
    go.set();
    yield* joinall(tasks);
    expect(tasks.every((task) => task.value === 10_000)).toBe(true);
  });
});

describe('sleep', () => {
  both('is never early', function* () {
    const early: number[] = [];
    const nap = function* (seconds: number) {
      const start = performance.now();
      yield* sleep(seconds);
      if (performance.now() - start < seconds * 1e3) early.push(seconds);
    };
    yield* joinall([0.012, 0.004, 0.008, 0.004, 0.0001].map((seconds) => spawn(nap, seconds)));
    expect(early).toEqual([]);
  });

  both('is interrupted without leaving its timer behind', function* () {
    const tasks = Array.from({ length: 100 }, () => spawn(sleep, 1000));
    yield* sleep();
    yield* killall(tasks);
    expect(tasks.every((task) => task.killed)).toBe(true);
  });

  both('idle comes after all that is ready', function* () {
    const log: string[] = [];
    const busy = spawn(function* () {
      for (let i = 0; i < 600; i++) yield* sleep();
      log.push('busy');
    });
    yield* idle();
    log.push('idle');
    yield* busy.join();
    expect(log).toEqual(['busy', 'idle']);
  });
});

describe('spawnLater', () => {
  both('starts after its time, or never', function* () {
    const log: string[] = [];
    const say = function* (word: string) {
      log.push(word);
    };
    const start = performance.now();
    const late = spawnLater(0.002, say, 'late');
    const never = spawnLater(0.001, say, 'never');
    never.kill();
    expect([late.started, late.ready()]).toEqual([false, false]);
    yield* joinall([late, never]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(2);
    expect(log).toEqual(['late']);
    expect([never.started, never.killed]).toEqual([true, true]);
  });
});

describe('kill', () => {
  both('runs finally exactly once, also one that waits', function* () {
    const log: string[] = [];
    const task = spawn(function* () {
      try {
        yield* sleep(1000);
        log.push('not reached');
      } finally {
        log.push('finally');
        yield* sleep(0.001);
        log.push('end');
      }
    });
    yield* sleep();
    expect(yield* task.kill()).toBe(true);
    expect(log).toEqual(['finally', 'end']);
    expect(task.exception).toBeInstanceOf(TaskExit);
    expect(yield* thrownBy(task.get())).toBe('TaskExit ERR_TASK_EXIT');
    expect(yield* task.kill()).toBe(true);
  });

  both('a task that was killed before it began never runs', function* () {
    let ran = false;
    const task = spawn(function* () {
      ran = true;
    });
    yield* task.kill();
    expect([ran, task.killed]).toEqual([false, true]);
  });

  both('does not wait without yield*, and not longer than its timeout', function* () {
    const stubborn = spawn(function* () {
      try {
        yield* sleep(1000);
      } catch {
        yield* sleep(1000);
      }
    });
    yield* sleep();
    stubborn.kill();
    expect(stubborn.ready()).toBe(false);
    expect(yield* stubborn.join({ timeout: 0.001 })).toBe(false);
    expect(yield* stubborn.kill(new Error('again'), { timeout: 60 })).toBe(true);
    expect((stubborn.exception as Error).message).toBe('again');
  });

  both('delivers every kill, one wait after the other', function* () {
    const caught: unknown[] = [];
    const task = spawn(function* () {
      for (let i = 0; i < 2; i++) {
        try {
          yield* sleep(1000);
        } catch (error) {
          caught.push(error);
        }
      }
    });
    yield* sleep();
    task.kill('one');
    task.kill('two');
    yield* task.join();
    expect(caught).toEqual(['one', 'two']);
    expect(task.successful()).toBe(true);
  });

  both('of oneself throws at once', function* () {
    const log: string[] = [];
    const task = spawn(function* () {
      try {
        getcurrent().kill();
        log.push('not reached');
      } finally {
        log.push('finally');
      }
    });
    yield* task.join();
    expect(log).toEqual(['finally']);
    expect(task.killed).toBe(true);
  });

  both('an error of finally is a failure', function* (failures) {
    const task = spawn(function* () {
      try {
        yield* sleep(1000);
      } finally {
        yield* failing('in finally');
      }
    });
    yield* sleep();
    task.kill();
    yield* sleep(0.001);
    expect(failures).toEqual(['in finally']);
    expect(task.killed).toBe(false);
  });
});

describe('waiting for several', () => {
  both('joinall returns all, or those that have ended', function* () {
    const [fast, slow] = [spawn(sleep), spawn(sleep, 1000)];
    yield* fast.join();
    expect(yield* joinall([fast, slow], { timeout: 0.01 })).toEqual([fast]);
    expect(yield* joinall([fast, slow], { count: 1 })).toEqual([fast]);
    expect(yield* joinall([])).toEqual([]);
    yield* slow.kill();
    expect(yield* joinall([slow, fast])).toEqual([slow, fast]);
  });

  both('joinall with raiseError throws the first failure as it happens', function* (failures) {
    const slow = spawn(sleep, 1000);
    const killed = spawn(sleep, 1000);
    yield* sleep();
    killed.kill();
    const join = joinall([slow, killed, spawn(failing, 'first', 0.001)], { raiseError: true });
    expect(yield* thrownBy(join)).toBe('first');
    expect(slow.ready()).toBe(false);
    expect(failures).toEqual([]);
  });

  both('iwait gives them as they are ready', function* () {
    const events = [new Event(), new Event(), new Event()];
    const tasks = events.map((event) => spawn(() => event.wait()));
    const order = spawn(() => iwait(tasks).toArray());
    for (const i of [1, 2, 0]) {
      yield* sleep();
      events[i]!.set();
    }
    expect((yield* order.get()).map((task) => tasks.indexOf(task))).toEqual([1, 2, 0]);
  });

  both('wait without objects waits for all others', function* () {
    const tasks = [spawn(sleep, 0.001), spawn(sleep, 0.002)];
    expect(new Set(yield* wait())).toEqual(new Set(tasks));
  });

  both('wait takes events beside tasks', function* () {
    const event = new Event();
    const task = spawn(sleep, 1000);
    spawnLater(0.001, function* () {
      event.set();
    });
    expect(yield* wait([task, event], { count: 1 })).toEqual([event]);
    expect(yield* wait([task], { timeout: 0.001 })).toEqual([]);
  });

  both('killall kills all before it waits', function* () {
    const ended: Task[] = [];
    const one = function* () {
      try {
        yield* sleep(1000);
      } finally {
        ended.push(getcurrent());
        yield* sleep(0.001);
      }
    };
    const tasks = [spawn(one), spawn(one)];
    yield* sleep();
    yield* killall(tasks);
    expect(ended).toEqual(tasks);
  });
});

describe('link', () => {
  both('calls back once, with the task; not after unlink', function* (failures) {
    const calls: Task[] = [];
    const task = spawn(sleep);
    const note = (ended: Task): void => void calls.push(ended);
    const other = (): void => void calls.push(task);
    task.link(note);
    task.link(other);
    task.unlink(other);
    task.link(() => {
      throw new Error('in a callback');
    });
    yield* task.join();
    expect(calls).toEqual([task]);
    task.link(note);
    expect(calls).toEqual([task, task]);
    expect(failures).toEqual(['in a callback']);
  });
});

describe('names and places', () => {
  both('a task says what it is and waits for', function* () {
    const task = spawn(function* worker() {
      yield* sleep(1000);
      return 1;
    });
    expect(task.name).toBe(`worker-${task.id}`);
    expect(inspect(task)).toBe(`<Task ${task.name} waits for its turn>`);
    yield* sleep();
    expect(`${task}`).toBe(`Task ${task.name} waits for 1000 s to pass`);
    task.name = 'clock';
    const joiner = spawn(() => task.join());
    yield* sleep();
    expect(`${joiner}`).toBe(`Task Task-${joiner.id} waits for task clock to end`);
    expect(`${getcurrent()}`).toBe(`Task ${getcurrent().name} runs`);
    yield* task.kill();
    expect(`${task}`).toBe('Task clock threw TaskExit: The task was killed');
    expect(`${spawnLater(1000, sleep)}`).toMatch(/waits for its time to start$/);
  });

  both('a stack shows the path through the coroutines', function* () {
    const inner = function* inner() {
      yield* sleep(0.001);
      throw new Error('deep');
    };
    const task = spawn(function* outer() {
      yield* (function* middle() {
        yield* inner();
      })();
    });
    yield* task.join();
    const { stack } = task.exception as Error;
    expect(stack).toMatch(/inner[\s\S]*middle[\s\S]*outer/);
    const sleeper = spawn(function* outer() {
      yield* (function* middle() {
        yield* sleep(1000);
      })();
    });
    yield* sleep();
    yield* sleeper.kill();
    expect((sleeper.exception as Error).stack).toMatch(/middle[\s\S]*outer/);
  });

  both('local values belong to a task', function* () {
    const value = local(() => 0);
    value.value = 1;
    const task = spawn(function* () {
      const before = value.value;
      value.value = 2;
      yield* sleep();
      return [before, value.value];
    });
    expect(yield* task.get()).toEqual([0, 2]);
    expect(value.value).toBe(1);
    expect(local<string>().value).toBe(undefined);
  });
});
