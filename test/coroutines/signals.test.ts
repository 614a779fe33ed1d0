import { spawn as start } from 'node:child_process';
import { run, sigwait, sleep, spawn, waitpid } from 'fd-selectors/coroutines';
import { describe, expect, it } from 'vitest';
import { thrown } from '../support/thrown.js';
import { both, thrownBy } from './bothways.js';
import { untilStopped } from './untilstopped.js';

describe('Ctrl-C', () => {
  it('is an exception in the main task, and finally runs', () => {
    const log: string[] = [];
    const main = function* () {
      spawn(untilStopped, log, 'task');
      yield* sleep();
      process.kill(process.pid, 'SIGINT');
      try {
        yield* sleep(1000);
      } finally {
        yield* sleep(0.001);
        log.push('main');
      }
    };
    expect(thrown(() => run(main))).toBe('KeyboardInterrupt ERR_KEYBOARD_INTERRUPT');
    expect(log).toEqual(['main', 'task']);
  });

  it('reaches a program that never waits for anything but its turn', () => {
    expect(
      thrown(() =>
        run(function* () {
          process.kill(process.pid, 'SIGINT');
          for (;;) yield* sleep();
        }),
      ),
    ).toBe('KeyboardInterrupt ERR_KEYBOARD_INTERRUPT');
  });

  it('a second time gives up what will not stop', () => {
    const stubborn = function* () {
      for (;;) {
        try {
          yield* sleep(1000);
        } catch {
          process.kill(process.pid, 'SIGINT');
        }
      }
    };
    expect(
      thrown(() =>
        run(function* () {
          spawn(stubborn);
          yield* sleep();
        }),
      ),
    ).toBe('KeyboardInterrupt ERR_KEYBOARD_INTERRUPT');
  });
});

describe('processes and signals', () => {
  both('waits for the end of a child', function* () {
    const child = start('sleep', ['1000']);
    const ended = spawn(waitpid, child);
    expect(yield* thrownBy(waitpid(child, { timeout: 0.001 }))).toBe('TimeoutError ETIMEDOUT');
    child.kill('SIGKILL');
    expect(yield* ended.get()).toEqual({ code: null, signal: 'SIGKILL' });
    const failing = start('false');
    expect(yield* waitpid(failing)).toEqual({ code: 1, signal: null });
    expect(yield* thrownBy(waitpid(0x3fffff))).toMatch(/ESRCH|ECHILD|EINVAL/);
    expect(yield* thrownBy(waitpid({} as never))).toBe('TypeError ERR_INVALID_ARG_TYPE');
  });

  both('waits for a signal', function* () {
    const waiting = spawn(sigwait, ['SIGUSR2']);
    yield* sleep();
    process.kill(process.pid, 'SIGUSR2');
    expect(yield* waiting.get()).toBe('SIGUSR2');
    expect(yield* thrownBy(sigwait(['SIGUSR2'], { timeout: 0.001 }))).toBe('TimeoutError ETIMEDOUT');
  });
});
