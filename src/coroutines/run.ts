/** Running coroutines in a thread that blocks in the selector. */
import { isMainThread } from 'node:worker_threads';
import { checkOptions } from '../arguments.js';
import { signals } from '../fds/index.js';
import { FOREVER, remaining } from '../time.js';
import { checkCallback, KeyboardInterrupt } from './errors.js';
import { closeHub, type Hub, openHub, reportOnStderr } from './hub.js';
import { Stop } from './stop.js';
import type { CoroutineFunction } from './suspend.js';
import { createTask, type Task } from './task.js';

/** Options of {@link run} and {@link runAsync}. */
export interface RunOptions {
  /** Called for a task that failed while nothing waited for it. By default the failure is reported on stderr. */
  readonly onFailure?: (task: Task, error: unknown) => void;
}

/** The function that a hub calls for failures. */
export function failureHandler(options: RunOptions): (task: unknown, error: unknown) => void {
  const { onFailure } = checkOptions(options);
  if (onFailure !== undefined) checkCallback('options.onFailure', onFailure);
  return (onFailure ?? reportOnStderr) as (task: unknown, error: unknown) => void;
}

/** Returns what an ended task returned, or throws what it threw. */
export function resultOf<T>(task: Task<T>): T {
  if (task.successful()) return task.value as T;
  throw task.exception;
}

/** One round: runs ready tasks and wakes due ones; `false` if nothing can wake the waiting tasks. */
function turn(hub: Hub, stop?: Stop): boolean {
  hub.runReady();
  if (stop === undefined ? hub.stopped : stop.next()) return true;
  const isDue = hub.isDue;
  if (isDue || hub.ready > 0 || hub.idlers.length > 0) {
    hub.poll(0);
    if (isDue) hub.expireTimers();
    if (hub.ready === 0) hub.wakeIdlers();
    return true;
  }
  const wait = remaining(hub.timers.next);
  if (wait === FOREVER && hub.poller.waiting === 0) return false;
  hub.poll(wait);
  if (hub.ready === 0) hub.expireTimers();
  return true;
}

/**
 * Runs a main task and all that it spawns in this thread, which blocks in the selector while all of them wait. When the
 * main task ends, the remaining tasks are killed; `run()` returns once their `finally` blocks have run. Tasks that these
 * blocks start are killed once the others have ended, so a `finally` block can wait for what it starts.
 *
 * Node's event loop is blocked meanwhile: no promise, timer or stream of Node's makes progress. {@link runAsync} runs
 * on that loop.
 *
 * Guaranteed: while all tasks wait, it uses no CPU. Ctrl-C throws a {@link KeyboardInterrupt} into the main task,
 * at the next switch; a second Ctrl-C, while the rest are being stopped, stops waiting for them. This holds in
 * the main thread only, until `run()` returns.
 *
 * Python: `gevent` with the main greenlet; `asyncio.run`.
 *
 * @param main - a generator function.
 * @returns what the main task returns.
 * @throws what the main task throws.
 * @throws {@link DeadlockError} `ERR_DEADLOCK`, thrown into the main task first, when nothing can wake any task.
 * @throws {@link TasksLeftError} `ERR_TASKS_LEFT` if `finally` blocks start new tasks each time that all are killed.
 * @throws {@link OSError} `EBADF` or `EINVAL` of `epoll_wait`, thrown into the main task first, when other code has closed
 *   the descriptor of the hub's epoll set. From then on, tasks can wait for time and for each other only.
 * @throws {@link ValueError} `ERR_HUB_RUNNING` inside another run; `TypeError` `ERR_INVALID_ARG_TYPE`.
 * @example
 * ```ts
 * import { run, sleep, spawn } from 'fd-selectors/coroutines';
 * const answer = run(function* () {
 *   const task = spawn(function* () {
 *     yield* sleep(0.001);
 *     return 6 * 7;
 *   });
 *   return yield* task.get();
 * });
 * assert.equal(answer, 42);
 * ```
 */
export function run<T>(main: CoroutineFunction<[], T>, options: RunOptions = {}): T {
  const hub = openHub(false, { onWork: () => {}, onFailure: failureHandler(options) });
  try {
    const task = createTask(hub, main, []);
    task.observe();
    hub.enqueue(task);
    const arrivals = isMainThread ? watchInterrupts(hub, task) : undefined;
    try {
      hub.until(task);
      while (!hub.stopped) if (!turn(hub)) task.interrupt(hub.deadlock());
      const stop = new Stop(hub);
      while (!stop.next()) if (!turn(hub, stop)) stop.unblock();
    } finally {
      arrivals?.close();
    }
    return resultOf(task);
  } finally {
    closeHub(hub);
  }
}

/** Makes SIGINT interrupt the main task, or, once that has ended, `run()` itself. */
function watchInterrupts(hub: Hub, task: Task): Disposable & { close(): void } {
  const arrivals = signals(['SIGINT']);
  try {
    hub.poller.observe(arrivals.fileno(), () => {
      if (arrivals.read().length === 0) return;
      if (task.ready()) throw new KeyboardInterrupt();
      task.interrupt(new KeyboardInterrupt());
    });
    return arrivals;
  } catch (error) {
    arrivals.close();
    throw error;
  }
}
