/** Starting tasks, and giving way to other tasks. */
import { deadlineOf, type Seconds, toWait } from '../time.js';
import { checkSeconds } from './deadline.js';
import { type Fiber, park, Wait } from './fiber.js';
import { currentFiber, theHub } from './hub.js';
import { Pause } from './pause.js';
import type { Coroutine, CoroutineFunction } from './suspend.js';
import { createTask, type Task } from './task.js';

/**
 * Starts a task: `fn(...args)` begins when the calling task next waits.
 *
 * Python: `gevent.spawn`.
 *
 * @param fn - a generator function.
 * @param args - its arguments; their types are checked.
 * @throws {@link ValueError} `ERR_NO_HUB` outside of `run()` and `runAsync()`.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` if `fn` is not a function.
 * @example
 * ```ts
 * import { joinall, run, sleep, spawn } from 'fd-selectors/coroutines';
 * const order: string[] = [];
 * run(function* () {
 *   const say = function* (word: string, seconds: number) {
 *     yield* sleep(seconds);
 *     order.push(word);
 *   };
 *   yield* joinall([spawn(say, 'world', 0.1), spawn(say, 'hello', 0.01)]);
 * });
 * assert.deepEqual(order, ['hello', 'world']);
 * ```
 */
export function spawn<A extends unknown[], T>(fn: CoroutineFunction<A, T>, ...args: A): Task<T> {
  const hub = theHub();
  const task = createTask(hub, fn, args);
  hub.enqueue(task);
  return task;
}

/**
 * Starts a task after a delay. If it is killed before that, it never runs.
 *
 * Python: `gevent.spawn_later`.
 *
 * @param seconds - from now.
 * @throws as {@link spawn} does; {@link ValueError} `ERR_INVALID_TIMEOUT`.
 * @example
 * ```ts
 * import { run, spawnLater } from 'fd-selectors/coroutines';
 * const start = performance.now();
 * run(function* () {
 *   yield* spawnLater(0.01, function* () {}).join();
 * });
 * assert.ok(performance.now() - start >= 10);
 * ```
 */
export function spawnLater<A extends unknown[], T>(
  seconds: Seconds,
  fn: CoroutineFunction<A, T>,
  ...args: A
): Task<T> {
  const hub = theHub();
  toWait(checkSeconds(seconds));
  const task = createTask(hub, fn, args);
  task.startIn(seconds);
  return task;
}

/** The wait of a fiber that sleeps. */
class Sleep extends Wait {
  readonly #seconds: Seconds;

  constructor(fiber: Fiber, seconds: Seconds) {
    super(fiber);
    this.#seconds = seconds;
  }

  override cancel(): void {}

  override describe(): string {
    return `${this.#seconds} s to pass`;
  }
}

/**
 * Waits while other tasks run; never for less than the given time.
 *
 * Without a time, or for zero, it only lets all other ready tasks run first.
 *
 * Python: `gevent.sleep`, `asyncio.sleep`.
 *
 * @throws {@link ValueError} `ERR_INVALID_TIMEOUT` for NaN and Infinity; `TypeError` `ERR_INVALID_ARG_TYPE`.
 * @throws {@link ValueError} `ERR_NO_HUB`, `ERR_NO_TASK` outside of a task, as everything that waits does.
 * @example
 * ```ts
 * import { run, sleep } from 'fd-selectors/coroutines';
 * const start = performance.now();
 * run(function* () {
 *   yield* sleep(0.01);
 * });
 * assert.ok(performance.now() - start >= 10);
 * ```
 */
export function sleep(seconds: Seconds = 0): Coroutine {
  if (seconds === 0) return new Pause();
  const wait = toWait(checkSeconds(seconds));
  return wait === 0 ? new Pause() : pass(wait);
}

function* pass(seconds: Seconds): Coroutine {
  yield* park(new Sleep(currentFiber(), seconds), deadlineOf(seconds));
}

/** The wait of a fiber until all others wait. */
class Idle extends Wait {
  override cancel(): void {}

  override describe(): string {
    return 'everything else to wait';
  }
}

/**
 * Waits until no other task is ready: for low-priority work.
 *
 * Python: `gevent.idle`, without priorities.
 *
 * @throws as {@link sleep} does.
 * @example
 * ```ts
 * import { idle, run, sleep, spawn } from 'fd-selectors/coroutines';
 * let steps = 0;
 * run(function* () {
 *   spawn(function* () {
 *     for (; steps < 10; steps++) yield* sleep();
 *   });
 *   yield* idle();
 *   assert.equal(steps, 10);
 * });
 * ```
 */
export function* idle(): Coroutine {
  const hub = theHub();
  const wait = new Idle(currentFiber());
  hub.idlers.push(wait);
  yield* park(wait);
}

/**
 * Returns the running task.
 *
 * Python: `gevent.getcurrent`.
 *
 * @throws {@link ValueError} `ERR_NO_HUB`, `ERR_NO_TASK` outside of a task.
 * @example
 * ```ts
 * import { getcurrent, run, spawn } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const task = spawn(function* () {
 *     return getcurrent();
 *   });
 *   assert.equal(yield* task.get(), task);
 * });
 * ```
 */
export function getcurrent(): Task {
  return currentFiber() as Task;
}
