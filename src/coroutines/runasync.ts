/** Running coroutines on Node's event loop. */
import { ValueError } from '../errors.js';
import { signalOf, throwIfAborted } from '../loop/abort.js';
import { Timer as LoopTimer } from '../loop/timer.js';
import { mayAnswerAtOnce, turned } from '../loop/turn.js';
import { waitBegins } from '../selectors/observe.js';
import { closeHub, type Hub, openHub } from './hub.js';
import { failureHandler, type RunOptions, resultOf } from './run.js';
import { Stop } from './stop.js';
import type { CoroutineFunction } from './suspend.js';
import { createTask, type Task } from './task.js';

/** Options of {@link runAsync}. */
export interface RunAsyncOptions extends RunOptions {
  /** Kills the main task with the signal's reason when the signal is aborted; at its next wait, if it did that itself. */
  readonly signal?: AbortSignal | undefined;
}

/** How many rounds may run in a row before Node's event loop gets a turn. */
const ROUNDS = 16;

/** Drives a hub by its selector, by timers, and when outside code wakes a task. */
class Driver {
  readonly hub: Hub;
  readonly #main: Task;
  readonly #settle: (failure?: { error: unknown }) => void;
  #timer: LoopTimer | undefined;
  /** The deadline of the timer. */
  #due = Infinity;
  /** Whether a round is running or scheduled. */
  #scheduled = true;
  #selecting = false;
  #ended = false;
  #stop: Stop | undefined;
  readonly #onEmptyLoop = (): void => this.#deadlock();

  constructor(hub: Hub, main: Task, settle: (failure?: { error: unknown }) => void) {
    this.hub = hub;
    this.#main = main;
    this.#settle = settle;
    hub.until(main);
    hub.poller.selector.unref();
    process.on('beforeExit', this.#onEmptyLoop);
  }

  /** A task became ready outside of a round. */
  wake(): void {
    if (this.#scheduled || this.#ended) return;
    this.#scheduled = true;
    if (mayAnswerAtOnce()) queueMicrotask(() => this.round());
    else this.#roundNextTurn();
  }

  #roundNextTurn(): void {
    setImmediate(() => {
      turned();
      this.round();
    });
  }

  round(): void {
    if (this.#ended) return;
    this.#scheduled = true;
    try {
      this.#work();
    } catch (error) {
      this.#end({ error });
    }
  }

  #work(): void {
    const { hub } = this;
    for (let left = ROUNDS; left > 0; left--) {
      hub.runReady();
      if (this.#finished()) return;
      const isDue = hub.isDue;
      if (!isDue && hub.ready === 0 && hub.idlers.length === 0) break;
      hub.poll(0);
      if (isDue) hub.expireTimers();
      if (hub.ready === 0) hub.wakeIdlers();
    }
    if (hub.ready > 0 || hub.idlers.length > 0) this.#roundNextTurn();
    else this.#wait();
  }

  /** Nothing is ready. */
  #wait(): void {
    const { timers, poller } = this.hub;
    this.#scheduled = false;
    if (poller.failure !== undefined && poller.waiting > 0) {
      this.hub.poll(0);
      this.#scheduled = true;
      this.#roundNextTurn();
      return;
    }
    if (timers.next !== this.#due) this.#setTimer(timers.next);
    if (poller.waiting === 0) poller.selector.unref();
    else {
      poller.selector.ref();
      if (!this.#selecting) void this.#select();
    }
  }

  #setTimer(deadline: number): void {
    this.#timer?.clear();
    this.#due = deadline;
    this.#timer =
      deadline === Infinity
        ? undefined
        : new LoopTimer(deadline, () => {
            this.#due = Infinity;
            this.round();
          });
  }

  async #select(): Promise<void> {
    const { poller } = this.hub;
    const since = waitBegins();
    this.#selecting = true;
    try {
      await poller.receiver.set.waitAsync(this.hub.ask, undefined, undefined);
      if (since !== 0) poller.tellWait(-1, since, true);
    } catch (error) {
      if (!this.#ended && !this.hub.broke(error)) this.#end({ error });
    }
    this.#selecting = false;
    this.round();
  }

  /** Stops the rest once the main task has ended; whether all have. */
  #finished(): boolean {
    if (this.#stop === undefined) {
      if (!this.hub.stopped) return false;
      this.#stop = new Stop(this.hub);
    }
    if (!this.#stop.next()) return false;
    this.#end();
    return true;
  }

  /** Node's event loop has nothing left that could ever wake a task. */
  #deadlock(): void {
    if (this.#stop === undefined) {
      this.#main.interrupt(this.hub.deadlock());
      return;
    }
    try {
      this.#stop.unblock();
    } catch (error) {
      this.#end({ error });
    }
  }

  #end(failure?: { error: unknown }): void {
    this.#ended = true;
    this.#timer?.clear();
    process.off('beforeExit', this.#onEmptyLoop);
    closeHub(this.hub);
    this.#settle(failure);
  }
}

/**
 * Runs a main task and all that it spawns on Node's event loop, and resolves to what the main task returns. The
 * tasks are the same as under {@link run}, and may also wait for promises: `yield* promise(p)`. When the main task
 * ends, the remaining tasks are killed, as there.
 *
 * Code outside of the tasks, such as a listener, may spawn tasks and use queues and events meanwhile. A deadlock
 * is therefore detected only when Node's event loop is empty and the process would exit.
 *
 * Not guaranteed: the precision of `run()`: timers are Node's here, rounded up to a millisecond. Ctrl-C does what
 * it does in Node.
 *
 * Python: `asyncio.run`.
 *
 * @param main - a generator function.
 * @throws (rejects with) what the main task throws; {@link DeadlockError}; {@link TasksLeftError}; {@link ValueError}
 *   `ERR_HUB_RUNNING`.
 * @throws (rejects with) {@link OSError} `EMFILE` if no descriptor is available; `EBADF` and `EINVAL` as `run()` does.
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { promise, runAsync } from 'fd-selectors/coroutines';
 * const text = await runAsync(function* () {
 *   return yield* promise(readFile('/proc/self/comm', 'utf8'));
 * });
 * assert.equal(typeof text, 'string');
 * ```
 */
export async function runAsync<T>(main: CoroutineFunction<[], T>, options: RunAsyncOptions = {}): Promise<T> {
  const signal = signalOf(options);
  throwIfAborted(signal);
  let driver: Driver | undefined;
  const hub = openHub(true, { onWork: () => driver?.wake(), onFailure: failureHandler(options) });
  let task: Task<T>;
  try {
    task = createTask(hub, main, []);
  } catch (error) {
    closeHub(hub);
    throw error;
  }
  task.observe();
  hub.enqueue(task);
  const onAbort = (): void => {
    // An error thrown here would not reach the main task, if that one aborts the signal itself.
    if (hub.current === task) task.interrupt(signal?.reason);
    else task.kill(signal?.reason);
  };
  signal?.addEventListener('abort', onAbort);
  try {
    await new Promise<void>((resolve, reject) => {
      driver = new Driver(hub, task, (failure) => (failure ? reject(failure.error) : resolve()));
      driver.round();
    });
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
  return resultOf(task);
}
