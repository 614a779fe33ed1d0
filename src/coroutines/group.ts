/** Tasks that belong together. */
import { checkIterable, checkOptions, typeError } from '../arguments.js';
import type { Timeout } from '../time.js';
import { deadlineIn } from './deadline.js';
import { checkCount, checkFunction } from './errors.js';
import { timedOut } from './fdwait.js';
import { currentFiber } from './hub.js';
import { Semaphore } from './semaphore.js';
import { Sequence } from './sequence.js';
import { spawn } from './spawn.js';
import type { Coroutine, CoroutineFunction } from './suspend.js';
import type { Task } from './task.js';
import { joinall, type KillallOptions, killall } from './wait.js';
import { WaitQueue } from './waitqueue.js';

/** Options of a group's `join()`. */
export interface GroupJoinOptions {
  /** Seconds. */
  readonly timeout?: Timeout;
  /** Throws the error of the first task to fail. */
  readonly raiseError?: boolean;
}

/** What `Group` and `Pool` share. */
abstract class TaskSet {
  /** The tasks that have not ended. */
  readonly tasks: ReadonlySet<Task> = new Set();
  readonly #ends = new WaitQueue('the tasks of a group to end');

  /** Runs a function in its own task, once there is room. */
  protected abstract place<A extends unknown[], T>(
    fn: CoroutineFunction<A, T>,
    ...args: A
  ): Coroutine<Task<T>>;

  /** The number of tasks that have not ended. */
  get size(): number {
    return this.tasks.size;
  }

  /** @internal */
  protected keep<T extends Task>(task: T, onEnd: () => void = () => {}): T {
    const tasks = this.tasks as Set<Task>;
    tasks.add(task);
    task.own(() => {
      tasks.delete(task);
      onEnd();
      this.#ends.notifyAll();
    });
    return task;
  }

  /**
   * Waits until no tasks are left but these, which belong to the group; it does not observe their failures.
   *
   * @internal
   */
  *joinBut(rest: ReadonlySet<Task>, deadline: number): Coroutine<boolean> {
    while (this.tasks.size > rest.size) {
      if (!(yield* this.#ends.wait(currentFiber(), deadline))) return false;
    }
    return true;
  }

  /**
   * The tasks that wait for the others to end: none of them waits for another.
   *
   * @internal
   */
  readonly leaving = new Set<Task>();

  /**
   * Notes that a task waits for the others, until it ends.
   *
   * @internal
   */
  leave(task: Task): void {
    if (this.leaving.has(task)) return;
    this.leaving.add(task);
    task.own(() => this.leaving.delete(task));
    this.#ends.notifyAll();
  }

  /**
   * Waits until all tasks have ended, including those added meanwhile.
   *
   * @returns `true`, or `false` after the timeout.
   * @throws with `raiseError`, the error of the first task to fail.
   */
  *join(options: GroupJoinOptions = {}): Coroutine<boolean> {
    const { timeout, raiseError = false } = checkOptions(options);
    const deadline = deadlineIn(timeout);
    while (this.tasks.size > 0) {
      const left = deadline === Infinity ? null : (deadline - performance.now()) / 1e3;
      const all = [...this.tasks];
      const ended = yield* joinall(all, { raiseError, timeout: left });
      if (ended.length < all.length) return false;
    }
    return true;
  }

  /** Kills all tasks, and waits until they have ended. Without `yield*` it only kills. */
  kill(options?: KillallOptions): Coroutine<Task[]> {
    return killall(this.tasks, options);
  }

  /**
   * Calls a function for each item, each in its own task, and returns the results in the order of the items.
   *
   * @throws the error of the first call, in that order, to fail; the others continue.
   */
  *map<I, T>(fn: CoroutineFunction<[item: I], T>, items: Iterable<I>): Coroutine<T[]> {
    checkFunction('fn', fn);
    checkItems(items);
    const tasks: Task<T>[] = [];
    for (const item of items) tasks.push(observed(yield* this.place(fn, item)));
    const results: T[] = [];
    for (const task of tasks) results.push(yield* task.get());
    return results;
  }

  /** As `map()`, but returns the results one by one, each as soon as its turn comes. */
  imap<I, T>(fn: CoroutineFunction<[item: I], T>, items: Iterable<I>): Sequence<T> {
    return this.#sequence(fn, items, (tasks, task) => tasks.push(task));
  }

  /** As `map()`, but returns the results as they become ready. */
  imapUnordered<I, T>(fn: CoroutineFunction<[item: I], T>, items: Iterable<I>): Sequence<T> {
    return this.#sequence(fn, items, (tasks, task, notify) => {
      task.link(() => {
        tasks.push(task);
        notify();
      });
    });
  }

  /** Starts tasks one by one as there is room, and yields their results in the order that `note` makes. */
  #sequence<I, T>(
    fn: CoroutineFunction<[item: I], T>,
    items: Iterable<I>,
    note: (tasks: Task<T>[], task: Task<T>, notify: () => void) => void,
  ): Sequence<T> {
    checkFunction('fn', fn);
    checkItems(items);
    const tasks: Task<T>[] = [];
    const arrivals = new WaitQueue('the next result', () => void arrivals.notify());
    let left = 0;
    let closed = false;
    const place = (item: I) => this.place(fn, item);
    const feeder = spawn(function* feed() {
      for (const item of items) {
        const task = observed(yield* place(item));
        left++;
        note(tasks, task, () => arrivals.notify());
        arrivals.notify();
      }
    });
    feeder.link(() => arrivals.notifyAll());
    return new Sequence<T>(
      function* () {
        while (tasks.length === 0 && !closed) {
          if (feeder.ready() && left === 0) {
            if (!feeder.successful()) throw feeder.exception;
            return { done: true, value: undefined };
          }
          yield* arrivals.wait(currentFiber(), Infinity);
        }
        if (closed) return { done: true, value: undefined };
        // Who else waits finds the end.
        if (--left === 0) arrivals.notifyAll();
        return { done: false, value: yield* (tasks.shift() as Task<T>).get() };
      },
      () => {
        closed = true;
        feeder.kill();
        arrivals.notifyAll();
      },
    );
  }
}

/** Rejects what cannot be iterated over; a string is an iterable of characters. */
function checkItems(items: Iterable<unknown>): void {
  if (typeof items !== 'string') checkIterable('items', items, 'items');
}

function observed<T>(task: Task<T>): Task<T> {
  task.observe();
  return task;
}

/**
 * A set of tasks to wait for or stop together. A task leaves the group when it ends.
 *
 * Python: `gevent.pool.Group`.
 *
 * @example
 * ```ts
 * import { Group, run, sleep } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const group = new Group();
 *   const double = function* (n: number) {
 *     for (let left = 4 - n; left > 0; left--) yield* sleep(); // the larger, the sooner
 *     return 2 * n;
 *   };
 *   assert.deepEqual(yield* group.map(double, [1, 2, 3]), [2, 4, 6]);
 *   assert.deepEqual(yield* group.imapUnordered(double, [1, 2, 3]).toArray(), [6, 4, 2]);
 *   group.spawn(double, 4);
 *   assert.equal(group.size, 1);
 *   yield* group.join();
 *   assert.equal(group.size, 0);
 * });
 * ```
 */
export class Group extends TaskSet {
  /** Starts a task in the group. @throws as {@link spawn} does. */
  spawn<A extends unknown[], T>(fn: CoroutineFunction<A, T>, ...args: A): Task<T> {
    return this.keep(spawn(fn, ...args));
  }

  /** Adds a task. */
  add(task: Task): void {
    if (typeof task?.ready !== 'function') throw typeError('task', 'a task', task);
    if (!task.ready()) this.keep(task);
  }

  protected override *place<A extends unknown[], T>(
    fn: CoroutineFunction<A, T>,
    ...args: A
  ): Coroutine<Task<T>> {
    return this.spawn(fn, ...args);
  }
}

/**
 * A group with a maximum size: `spawn()` on a full pool waits until a task ends.
 *
 * Guaranteed: waiting tasks are served in order of arrival.
 *
 * Python: `gevent.pool.Pool`.
 *
 * @example
 * ```ts
 * import { Pool, run, sleep } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const pool = new Pool(2);
 *   let most = 0;
 *   yield* pool.map(function* () {
 *     most = Math.max(most, pool.size);
 *     yield* sleep(0.001);
 *   }, 'abcdef');
 *   assert.equal(most, 2);
 *   assert.equal(pool.freeCount(), 2);
 * });
 * ```
 */
export class Pool extends TaskSet {
  readonly #room: Semaphore;

  /**
   * @param maxsize - how many tasks may run at a time; unlimited if omitted.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  constructor(maxsize = Infinity) {
    super();
    checkCount('maxsize', maxsize, 1);
    this.#room = new Semaphore(maxsize);
  }

  /** How many more tasks there is room for. */
  freeCount(): number {
    return this.#room.counter;
  }

  /** Whether the pool is full. */
  full(): boolean {
    return this.freeCount() === 0;
  }

  /** Waits for room, then starts a task. @throws as {@link spawn} does. */
  *spawn<A extends unknown[], T>(fn: CoroutineFunction<A, T>, ...args: A): Coroutine<Task<T>> {
    checkFunction('fn', fn);
    yield* this.#room.acquire();
    return this.#start(fn, args);
  }

  /** Starts a task, or returns `null` if there is no room. */
  trySpawn<A extends unknown[], T>(fn: CoroutineFunction<A, T>, ...args: A): Task<T> | null {
    checkFunction('fn', fn);
    return this.#room.tryAcquire() ? this.#start(fn, args) : null;
  }

  /**
   * Waits for room without starting a task.
   *
   * @throws {@link TimeoutError} `ETIMEDOUT`.
   */
  *waitAvailable(options?: { readonly timeout?: Timeout }): Coroutine {
    if (!(yield* this.#room.acquire(options))) throw timedOut('waitAvailable');
    this.#room.release();
  }

  #start<A extends unknown[], T>(fn: CoroutineFunction<A, T>, args: A): Task<T> {
    return this.keep(spawn(fn, ...args), () => this.#room.release());
  }

  protected override place<A extends unknown[], T>(
    fn: CoroutineFunction<A, T>,
    ...args: A
  ): Coroutine<Task<T>> {
    return this.spawn(fn, ...args);
  }
}
