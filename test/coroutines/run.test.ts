import { spawn as start } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  type DeadlockError,
  Event,
  getcurrent,
  promise,
  Queue,
  run,
  runAsync,
  Semaphore,
  sleep,
  socketpair,
  spawn,
  Task,
  TaskExit,
  waitRead,
} from 'fd-selectors/coroutines';
import { describe, expect, it } from 'vitest';
import { IDLE, leastShareOf } from '../support/idle.js';
import { LIMIT } from '../support/limit.js';
import { openFds, waitOnce } from '../support/openfds.js';
import { thrown } from '../support/thrown.js';
import { both, thrownBy } from './bothways.js';
import { untilStopped } from './untilstopped.js';

await waitOnce();

const dist = new URL('../../dist/coroutines/index.js', import.meta.url).href;

/** Runs a module in a process of its own. */
async function script(code: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const text = `import * as c from '${dist}'; ${code}`;
  const child = start(process.execPath, ['--input-type=module', '-e', text], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    timeout: LIMIT,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const [exit] = await once(child, 'close');
  return { code: exit, stdout, stderr };
}

describe('run', () => {
  it('returns what main returns, throws what it throws, and leaves nothing open', async () => {
    const before = openFds();
    expect(
      run(function* () {
        return 1;
      }),
    ).toBe(1);
    expect(() =>
      run(function* () {
        throw new Error('main');
      }),
    ).toThrow('main');
    expect(
      await runAsync(function* () {
        return 2;
      }),
    ).toBe(2);
    await expect(
      runAsync(function* () {
        throw new Error('main');
      }),
    ).rejects.toThrow('main');
    expect(openFds()).toBe(before);
  });

  it.each(['run', 'runAsync'])('%s stops what is left when main has ended', async (way) => {
    const log: string[] = [];
    const main = function* () {
      spawn(function* () {
        try {
          yield* sleep(1000);
        } finally {
          log.push('finally');
          yield* sleep(0.001);
          spawn(function* () {
            log.push('spawned in finally');
          });
        }
      });
      yield* sleep();
      spawn(function* () {
        log.push('never');
      });
    };
    if (way === 'run') run(main);
    else await runAsync(main);
    expect(log).toEqual(['finally', 'spawned in finally']);
  });

  it('one hub for a thread', async () => {
    run(function* () {
      expect(thrown(() => run(function* () {}))).toBe('ValueError ERR_HUB_RUNNING');
    });
    const running = runAsync(() => sleep(0.001));
    await expect(runAsync(() => sleep())).rejects.toMatchObject({ code: 'ERR_HUB_RUNNING' });
    await running;
  });

  it('reports on stderr, with the stack, and goes on', async () => {
    const { code, stdout, stderr } = await script(`c.run(function* () {
      c.spawn(function* broken() { yield* c.sleep(); throw new Error('oops'); });
      yield* c.sleep(0.001);
      console.log('goes on');
    });`);
    expect([code, stdout]).toEqual([0, 'goes on\n']);
    expect(stderr).toMatch(/^Task broken-2 failed: Error: oops\n +at broken /);
  });

  it('uses no CPU while all wait', () => {
    run(function* () {
      const [a, b] = socketpair();
      const tasks = [spawn(() => a.recv(1)), spawn(sleep, 1000)];
      yield* sleep();
      expect(yield* leastShareOf(() => sleep(0.2))).toBeLessThan(IDLE);
      for (const task of tasks) yield* task.kill();
      a.close();
      b.close();
    });
  });
});

describe('a deadlock', () => {
  it('is an error in the main task that names all who wait', () => {
    const log: string[] = [];
    const main = function* () {
      const lock = new Semaphore(0);
      const task = spawn(() => lock.acquire());
      task.name = 'locked';
      try {
        yield* task.join();
      } catch (error) {
        log.push((error as DeadlockError).code, (error as Error).message);
      } finally {
        yield* sleep(0.001);
        log.push('finally');
      }
      return 'went on';
    };
    expect(run(main)).toBe('went on');
    expect(log).toEqual([
      'ERR_DEADLOCK',
      expect.stringMatching(
        /^All tasks are waiting, and nothing can wake them: main-\d+ waits for task locked to end; locked waits for a semaphore$/,
      ),
      'finally',
    ]);
  });

  it('is thrown by run() when it comes while the rest is being stopped', () => {
    const never = new Event();
    expect(
      thrown(() =>
        run(function* () {
          spawn(function* () {
            try {
              yield* never.wait();
            } finally {
              yield* never.wait();
            }
          });
          yield* sleep();
        }),
      ),
    ).toBe('DeadlockError ERR_DEADLOCK');
  });

  it.each(['run', 'runAsync'])('%s kills what a finally block started and waits for', async (way) => {
    const { stdout } = await script(`await c.${way}(function* () {
      const never = new c.Event();
      c.spawn(function* () {
        try { yield* never.wait(); } finally {
          const task = c.spawn(function* () {
            try { yield* never.wait(); } finally { console.log('finally'); }
          });
          yield* task.join();
          console.log(task.killed);
        }
      });
      yield* c.sleep();
    });
    console.log('ended');`);
    expect(stdout).toBe('finally\ntrue\nended\n');
  });

  it('is found under runAsync() when the event loop is empty', async () => {
    const { code, stdout } = await script(`
      try { await c.runAsync(function* main() {
        try { yield* new c.Event().wait(); } finally { yield* c.sleep(0.001); console.log('finally'); }
      }); } catch (error) { console.log(error.code, error.message); }`);
    expect(stdout).toMatch(
      /^finally\nERR_DEADLOCK All tasks are waiting, and nothing can wake them: main-1 waits for an event\n$/,
    );
    expect(code).toBe(0);
  });
});

describe('runAsync', () => {
  it('waits for promises, and gives them', async () => {
    const events: string[] = [];
    const timer = setInterval(() => events.push('tick'), 1);
    const ticked = new Promise<void>((resolve) => setTimeout(resolve, 5));
    const result = await runAsync(function* () {
      expect(yield* promise(Promise.resolve(1))).toBe(1);
      expect(yield* promise(2)).toBe(2);
      expect(yield* thrownBy(promise(Promise.reject(new Error('rejected'))))).toBe('rejected');
      const task = spawn(function* () {
        yield* sleep(0.01);
        return 3;
      });
      expect(yield* promise(task.promise())).toBe(3);
      const failed = spawn(function* () {
        throw new Error('failed');
      });
      expect(yield* thrownBy(promise(failed.promise()))).toBe('failed');
      yield* promise(ticked);
      return 'done';
    });
    clearInterval(timer);
    expect(result).toBe('done');
    expect(events.length).toBeGreaterThan(0);
  });

  it('lets Node have its turn while tasks are always ready', async () => {
    await runAsync(function* () {
      let turned = false;
      setImmediate(() => {
        turned = true;
      });
      while (!turned) yield* sleep();
      turned = false;
      setTimeout(() => {
        turned = true;
      }, 1);
      while (!turned) yield* promise(null);
    });
  });

  it('takes tasks and wake-ups from outside', async () => {
    const queue = new Queue<number>();
    const got = await runAsync(function* () {
      setTimeout(() => {
        queue.putNowait(1);
        spawn(() => queue.put(2));
      }, 1);
      return [yield* queue.get(), yield* queue.get()];
    });
    expect(got).toEqual([1, 2]);
  });

  it('is stopped by a signal, with its reason', async () => {
    const log: string[] = [];
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('aborted')), 1);
    const running = runAsync(() => untilStopped(log, 'finally'), { signal: controller.signal });
    await expect(running).rejects.toThrow('aborted');
    expect(log).toEqual(['finally']);
    await expect(runAsync(() => sleep(), { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
  });

  it('run() knows no promises', () => {
    run(function* () {
      expect(yield* thrownBy(promise(Promise.resolve()))).toBe('ValueError ERR_NO_EVENT_LOOP');
    });
  });
});

describe('bad use', () => {
  it('outside of a run', () => {
    const none = 'ValueError ERR_NO_HUB';
    expect(thrown(() => spawn(function* () {}))).toBe(none);
    expect(thrown(() => getcurrent())).toBe(none);
    expect(thrown(() => sleep(1).next())).toBe(none);
    expect(thrown(() => sleep().next())).toBe(none);
    expect(thrown(() => waitRead(0).next())).toBe(none);
    expect(thrown(() => run(5 as never))).toBe('TypeError ERR_INVALID_ARG_TYPE');
    // The failed run is over.
    expect(
      run(function* () {
        return 1;
      }),
    ).toBe(1);
  });

  it('outside of a task', async () => {
    await runAsync(function* () {
      const outside = new Promise<string>((resolve) =>
        setImmediate(() => resolve(thrown(() => sleep(1).next()))),
      );
      expect(yield* promise(outside)).toBe('ValueError ERR_NO_TASK');
    });
  });

  both('a task that yields something else', function* (failures) {
    const yields = function* (value: unknown) {
      yield value as never;
    };
    expect(yield* thrownBy(yields(5))).toBe('TypeError ERR_INVALID_YIELD');
    const messages: string[] = [];
    for (const value of [5, Promise.resolve(), sleep(1)]) {
      try {
        yield* yields(value);
      } catch (error) {
        messages.push((error as Error).message.split('Received ')[1] ?? '');
      }
    }
    expect(messages).toEqual([
      '5: only yield* to a function of fd-selectors/coroutines waits',
      'an instance of Promise: wait for a promise with yield* promise(p)',
      expect.stringMatching(/: call a coroutine with yield\*, not with yield$/),
    ]);
    expect(failures).toEqual([]);
  });

  both('a function that makes no coroutine', function* () {
    expect(thrown(() => spawn('text' as never))).toBe('TypeError ERR_INVALID_ARG_TYPE');
    const plain = spawn((() => 5) as never);
    expect(yield* thrownBy(plain.get())).toBe('TypeError ERR_INVALID_RETURN_VALUE');
    const asynchronous = spawn((async () => 5) as never);
    expect(yield* thrownBy(asynchronous.get())).toBe('TypeError ERR_INVALID_RETURN_VALUE');
    expect(thrown(() => sleep('1' as never))).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(thrown(() => sleep(Number.NaN))).toBe('ValueError ERR_INVALID_TIMEOUT');
    expect(thrown(() => new Queue(0))).toBe('ValueError ERR_OUT_OF_RANGE');
  });

  both('joining oneself', function* () {
    expect(yield* thrownBy(getcurrent().join())).toBe('ValueError ERR_JOIN_SELF');
    expect(yield* thrownBy(getcurrent().get())).toBe('ValueError ERR_JOIN_SELF');
  });

  it('an error of the handler for failures is reported, too', async () => {
    const { code, stderr } = await script(`c.run(function* () {
      c.spawn(function* broken() { throw new Error('oops'); });
      yield* c.sleep();
    }, { onFailure() { throw new Error('handler'); } });`);
    expect(code).toBe(0);
    expect(stderr).toMatch(/oops[\s\S]*handler/);
  });
});

describe('TaskExit', () => {
  it('is an Error with a code', () => {
    expect(new TaskExit()).toBeInstanceOf(Error);
    expect(new TaskExit().code).toBe('ERR_TASK_EXIT');
    expect(Task.name).toBe('Task');
  });
});
