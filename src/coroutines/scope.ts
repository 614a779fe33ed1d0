/** Tasks that do not outlive the block that started them. */
import { ValueError } from '../errors.js';
import { checkFunction, Interrupt } from './errors.js';
import { currentFiber } from './hub.js';
import { spawn } from './spawn.js';
import type { Coroutine, CoroutineFunction } from './suspend.js';
import type { Task } from './task.js';
import { WaitQueue } from './waitqueue.js';

/** Thrown into the body of a scope when one of its tasks fails. */
class Cancelled extends Interrupt {
  readonly code = 'ERR_SCOPE_CANCELLED';

  constructor() {
    super('A task of this scope failed');
  }
}

/**
 * The tasks of a block, as the body of {@link scope} gets them. Tasks and functions that the block calls may start
 * others in it, until it has ended.
 */
export class Scope {
  readonly #parent = currentFiber();
  readonly #children = new Set<Task>();
  readonly #ends = new WaitQueue('the tasks of a scope to end');
  readonly #cancelled = new Cancelled();
  readonly #failures: unknown[] = [];
  #inBody = true;
  #stopping = false;
  #ended = false;

  /** The number of its tasks that have not ended. */
  get size(): number {
    return this.#children.size;
  }

  /**
   * Starts a task in the scope.
   *
   * @throws as {@link spawn} does; {@link ValueError} `ERR_SCOPE_ENDED` after the end of the scope.
   */
  spawn<A extends unknown[], T>(fn: CoroutineFunction<A, T>, ...args: A): Task<T> {
    if (this.#ended) throw new ValueError('ERR_SCOPE_ENDED', 'The scope has ended: no task can outlive it');
    const task = spawn(fn, ...args);
    this.#children.add(task);
    task.observe();
    task.own(() => this.#onEnd(task));
    // The scope is being left: no new task starts.
    if (this.#failures.length > 0) task.kill();
    return task;
  }

  /** Kills its tasks; the body continues. */
  kill(): void {
    const { current } = this.#parent.scheduler;
    for (const task of this.#children) if ((task as unknown) !== current) task.kill();
  }

  #onEnd(task: Task): void {
    this.#children.delete(task);
    if (!task.successful() && !task.killed) this.#fail(task.exception);
    if (this.#children.size === 0) this.#ends.notifyAll();
  }

  #fail(error: unknown): void {
    this.#failures.push(error);
    if (this.#failures.length > 1) return;
    this.#stop();
    if (this.#inBody) this.#parent.interrupt(this.#cancelled);
  }

  /** Kills its tasks, but only once: a second time would interrupt their `finally` blocks. */
  #stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    for (const task of this.#children) task.kill();
  }

  /** @internal */
  *run<T>(body: CoroutineFunction<[Scope], T>): Coroutine<T> {
    let result: T | undefined;
    try {
      result = yield* body(this);
    } catch (error) {
      if (error !== this.#cancelled) this.#failBody(error);
    }
    this.#inBody = false;
    while (this.#children.size > 0) {
      try {
        yield* this.#ends.wait(this.#parent, Infinity);
      } catch (error) {
        if (error !== this.#cancelled) this.#failBody(error);
      }
    }
    this.#ended = true;
    // Another error may have ended the body first.
    this.#parent.withdraw(this.#cancelled);
    if (this.#failures.length === 0) return result as T;
    if (this.#failures.length === 1) throw this.#failures[0];
    throw new AggregateError(this.#failures, `${this.#failures.length} tasks of a scope failed`);
  }

  #failBody(error: unknown): void {
    this.#inBody = false;
    // An error from outside that stops the body takes precedence over failures it causes.
    if (error instanceof Interrupt) this.#failures.length = 0;
    this.#failures.push(error);
    this.#stop();
  }
}

/**
 * Runs a block that may start tasks, and ends only when all of them have ended. When one of them fails, or the block
 * does, the others are stopped, and the error is thrown. No task
 * outlives the block that started it.
 *
 * Guaranteed: however the block is left, by an error or because its task is killed, its tasks have ended, and their
 * `finally` blocks have run.
 *
 * Python: `asyncio.TaskGroup`, Trio's nursery; gevent has none.
 *
 * @param body - a generator function. It gets the scope, whose `spawn()` starts tasks in it.
 * @returns what the block returns.
 * @throws the error of the block or of the first task to fail; an `AggregateError` if others failed, too, while they
 *   were being stopped.
 * @example
 * ```ts
 * import { run, scope, sleep } from 'fd-selectors/coroutines';
 * const log: string[] = [];
 * run(function* () {
 *   try {
 *     yield* scope(function* (s) {
 *       s.spawn(function* () {
 *         try {
 *           yield* sleep(1000);
 *         } finally {
 *           log.push('stopped');
 *         }
 *       });
 *       s.spawn(function* () {
 *         yield* sleep(0.001);
 *         throw new Error('failed');
 *       });
 *     });
 *   } catch (error) {
 *     log.push((error as Error).message);
 *   }
 * });
 * assert.deepEqual(log, ['stopped', 'failed']);
 * ```
 */
export function* scope<T>(body: CoroutineFunction<[scope: Scope], T>): Coroutine<T> {
  checkFunction('body', body);
  return yield* new Scope().run(body);
}
