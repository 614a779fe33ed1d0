/** Tasks: coroutines that the hub runs. */
import { inspect } from 'node:util';
import { show } from '../arguments.js';
import { ValueError } from '../errors.js';
import type { Seconds } from '../time.js';
import { deadlineIn, type TimeoutOptions, timeoutOf } from './deadline.js';
import { checkCallback, checkFunction, TaskExit } from './errors.js';
import { timedOut } from './fdwait.js';
import { Fiber } from './fiber.js';
import { currentFiber, type Hub, waitOf } from './hub.js';
import { type Coroutine, type CoroutineFunction, isCoroutine } from './suspend.js';
import { Timer } from './timers.js';
import { WaitQueue } from './waitqueue.js';

let lastId = 0;

/** The reason of a task that was not killed. */
const NOBODY = Symbol('nobody');

/** Starts a task later. */
class Start extends Timer {
  readonly #task: Fiber;

  constructor(task: Fiber) {
    super();
    this.#task = task;
  }

  override expire(): void {
    // It may have been stopped before, when the main task ended.
    if (!this.#task.queued && !this.#task.ended) this.#task.scheduler.enqueue(this.#task);
  }
}

/**
 * A coroutine that runs concurrently with others, as {@link spawn} returns it.
 *
 * Guaranteed: tasks run in the order in which they became ready. A task runs until it waits: no other task runs between
 * two `yield*`. A task killed before it began never runs.
 *
 * A failure of a task that nothing waits for is reported on stderr, with its stack; the others continue.
 *
 * Python: `gevent.Greenlet`. A killed task did not succeed here, and `get()` throws its {@link TaskExit}; gevent
 * returns the exception as its value.
 *
 * @example
 * ```ts
 * import { run, sleep, spawn } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const task = spawn(function* (a: number, b: number) {
 *     yield* sleep(0.001);
 *     return a + b;
 *   }, 20, 22);
 *   assert.equal(task.ready(), false);
 *   assert.equal(yield* task.get(), 42);
 *   assert.equal(task.successful(), true);
 * });
 * ```
 */
export class Task<T = unknown> extends Fiber {
  readonly #hub: Hub;
  /** A number that is unique among the tasks of this thread. */
  readonly id = ++lastId;
  #body: (() => Coroutine<T>) | undefined;
  /** Its name, and whether its number is part of it. */
  #label: string;
  #numbered = true;
  #start: Start | undefined;
  #state: 'pending' | 'succeeded' | 'failed' = 'pending';
  #result: unknown;
  #killedWith: unknown = NOBODY;
  #joiners: WaitQueue | undefined;
  #links: Set<(task: never) => void> | undefined;
  /** Whether a failure will be handled. */
  #observed = false;
  #onEnd: (() => void) | undefined;
  /** @internal */
  locals: Map<object, unknown> | undefined;

  /** @internal */
  constructor(hub: Hub, body: () => Coroutine<T>, label: string) {
    super(hub);
    this.#hub = hub;
    this.#body = body;
    this.#label = label;
    hub.fibers.add(this);
  }

  /** The function's name and a number, unless another name is set. */
  get name(): string {
    return this.#numbered ? `${this.#label}-${this.id}` : this.#label;
  }

  set name(name: string) {
    this.#label = `${name}`;
    this.#numbered = false;
  }

  /** Whether it has begun to run. */
  get started(): boolean {
    return this.generator !== undefined || this.#body === undefined;
  }

  /** Whether it has ended, for any reason. */
  ready(): boolean {
    return this.#state !== 'pending';
  }

  /** Whether it has returned. */
  successful(): boolean {
    return this.#state === 'succeeded';
  }

  /** Whether it was stopped: it ended with the error it was killed with, or with a {@link TaskExit}. */
  get killed(): boolean {
    if (this.#state !== 'failed') return false;
    return this.#result instanceof TaskExit || this.#result === this.#killedWith;
  }

  /** What it returned, or `undefined` if it has not. */
  get value(): T | undefined {
    return this.#state === 'succeeded' ? (this.#result as T) : undefined;
  }

  /** What it threw; for a killed task, the error it was killed with; else `undefined`. */
  get exception(): unknown {
    return this.#state === 'failed' ? this.#result : undefined;
  }

  /**
   * Waits until the task has ended. It does not throw the task's error.
   *
   * @returns whether it has ended: `false` after the timeout.
   * @throws {@link ValueError} `ERR_JOIN_SELF` when a task joins itself.
   */
  *join(options?: TimeoutOptions): Coroutine<boolean> {
    const timeout = timeoutOf(options);
    this.#observed = true;
    if (this.ready()) return true;
    const fiber = currentFiber();
    if (fiber === (this as Fiber)) {
      throw new ValueError('ERR_JOIN_SELF', `Task ${this.name} cannot wait for itself to end`);
    }
    this.#joiners ??= new WaitQueue(`task ${this.name} to end`);
    return yield* this.#joiners.wait(fiber, deadlineIn(timeout));
  }

  /**
   * Waits until the task has ended, and returns its result.
   *
   * @throws what the task threw; {@link TaskExit} if it was killed.
   * @throws {@link TimeoutError} `ETIMEDOUT` after the timeout; {@link ValueError} `ERR_JOIN_SELF`.
   */
  *get(options?: TimeoutOptions): Coroutine<T> {
    if (!(yield* this.join(options))) throw timedOut('get');
    if (this.#state === 'failed') throw this.#result;
    return this.#result as T;
  }

  /**
   * Stops the task: throws an error into it where it waits, so that its `finally` blocks run. This
   * happens in the task's next turn; `yield* task.kill()` waits until it has ended.
   *
   * Not guaranteed: that it ends. It may catch the error and continue.
   *
   * A task that kills itself throws at once. Killing a task that has ended does nothing.
   *
   * Python: `kill(exception, block, timeout)`. Without `yield*` it does not block.
   *
   * @param exception - what to throw; a {@link TaskExit} by default.
   * @returns whether it has ended: `false` after the timeout.
   */
  kill(exception: unknown = new TaskExit(), options?: TimeoutOptions): Coroutine<boolean> {
    if (!this.ready()) {
      this.#killedWith = exception;
      if (this.#hub.current === (this as Fiber)) throw exception;
      if (this.#start !== undefined) this.#hub.timers.remove(this.#start);
      this.interrupt(exception);
    }
    return this.#ended(options);
  }

  *#ended(options?: TimeoutOptions): Coroutine<boolean> {
    const timeout = timeoutOf(options);
    if (this.ready()) return true;
    this.#joiners ??= new WaitQueue(`task ${this.name} to end`);
    return yield* this.#joiners.wait(currentFiber(), deadlineIn(timeout));
  }

  /**
   * Calls back once the task has ended; at once if it has. The callback must handle a failure: it is not reported.
   *
   * @param callback - a plain function, called by the hub; it cannot wait.
   */
  link(callback: (task: this) => void): void {
    checkCallback('callback', callback);
    this.#observed = true;
    if (this.ready()) callback(this);
    else {
      this.#links ??= new Set();
      this.#links.add(callback);
    }
  }

  /** Removes a callback. */
  unlink(callback: (task: this) => void): void {
    this.#links?.delete(callback);
  }

  /** A promise for the task's result, for code on Node's event loop: it settles when that loop gets its turn. */
  promise(): Promise<T> {
    return new Promise((resolve, reject) => {
      this.link(() => {
        if (this.#state === 'failed') reject(this.#result);
        else resolve(this.#result as T);
      });
    });
  }

  /** What it is, and what it waits for: `Task foo-1 waits for 2 s to pass`. */
  override toString(): string {
    if (this.#state === 'succeeded') return `Task ${this.name} returned ${show(this.#result)}`;
    if (this.#state === 'failed') return `Task ${this.name} threw ${String(this.#result)}`;
    if (this.#hub.current === (this as Fiber)) return `Task ${this.name} runs`;
    return `Task ${this.name} waits for ${this.waitsFor()}`;
  }

  /** What it waits for. */
  protected waitsFor(): string {
    return this.#start && this.#start.slot >= 0 ? 'its time to start' : waitOf(this);
  }

  /** As `toString()`. */
  [inspect.custom](): string {
    return `<${this.toString()}>`;
  }

  /** @internal */
  override begin(): Coroutine<unknown> {
    const body = this.#body as () => Coroutine<T>;
    this.#body = undefined;
    const coroutine: unknown = body();
    if (isCoroutine(coroutine)) return coroutine;
    const message = `The function of task ${this.name} must be a generator function (function*), so that it returns a coroutine`;
    throw Object.assign(new TypeError(`${message}. Received ${show(coroutine)}`), {
      code: 'ERR_INVALID_RETURN_VALUE',
    });
  }

  /** @internal */
  override finish(value: unknown): void {
    this.#end('succeeded', value);
  }

  /** @internal */
  override fail(error: unknown): void {
    this.#end('failed', error);
    if (!this.killed && !this.#observed) this.#hub.reportFailure(this, error);
  }

  #end(state: 'succeeded' | 'failed', result: unknown): void {
    this.#state = state;
    this.#result = result;
    this.#body = undefined;
    this.generator = undefined;
    this.locals = undefined;
    this.#onEnd?.();
    this.#joiners?.notifyAll();
    for (const callback of this.#links ?? []) {
      try {
        (callback as (task: this) => void)(this);
      } catch (error) {
        this.#hub.reportFailure(this, error);
      }
    }
    this.#links = undefined;
  }

  /**
   * Calls back when it ends, before tasks that wait for it resume; in the order of these calls.
   *
   * @internal
   */
  own(onEnd: () => void): void {
    const before = this.#onEnd;
    this.#onEnd =
      before === undefined
        ? onEnd
        : () => {
            before();
            onEnd();
          };
  }

  /** @internal */
  observe(): void {
    this.#observed = true;
  }

  /** @internal */
  startIn(seconds: Seconds): void {
    this.#start = new Start(this);
    this.#hub.timers.add(this.#start, deadlineIn(seconds));
  }
}

/** Creates a task without scheduling it. */
export function createTask<A extends unknown[], T>(hub: Hub, fn: CoroutineFunction<A, T>, args: A): Task<T> {
  checkFunction('fn', fn);
  return new Task(hub, () => fn(...args), fn.name || 'Task');
}
