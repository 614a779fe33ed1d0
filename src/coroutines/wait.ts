/** Waiting for several things. */
import { checkIterable, checkOptions, typeError } from '../arguments.js';
import type { Timeout } from '../time.js';
import { deadlineIn, type TimeoutOptions } from './deadline.js';
import { checkCount } from './errors.js';
import { Fiber } from './fiber.js';
import { currentFiber, theHub } from './hub.js';
import { Sequence } from './sequence.js';
import type { Coroutine } from './suspend.js';
import type { Task } from './task.js';
import { WaitQueue } from './waitqueue.js';

/** What {@link wait} can wait for: a `Task`, an `Event`, an `AsyncResult`. */
export interface Waitable {
  /** Whether a wait would return at once. */
  ready(): boolean;
  /** Calls back once it is ready; at once if it is. */
  link(callback: () => void): void;
  /** Removes a callback. */
  unlink(callback: () => void): void;
}

/** Options of {@link wait} and {@link joinall}. */
export interface WaitOptions extends TimeoutOptions {
  /** How many to wait for; all by default. */
  readonly count?: number;
}

/** Options of {@link joinall}. */
export interface JoinallOptions extends WaitOptions {
  /** Throws the error of the first task to fail, as soon as it fails. */
  readonly raiseError?: boolean;
}

function checkWaitable(object: Waitable): void {
  if (typeof object?.link === 'function' && typeof object.unlink === 'function') return;
  throw typeError('objects[]', 'a task, an event or a result', object);
}

/** The ready ones of several things, in the order in which they became ready. */
class Gathering<T extends Waitable> {
  readonly #ready: T[] = [];
  readonly #callbacks = new Map<T, () => void>();
  readonly #arrivals: WaitQueue;
  left: number;

  constructor(objects: Iterable<T>, count: number | undefined) {
    checkIterable('objects', objects, 'tasks, events and results');
    const distinct = new Set(objects);
    for (const object of distinct) checkWaitable(object);
    if (count !== undefined) checkCount('count', count, 0);
    this.left = Math.min(distinct.size, count ?? Infinity);
    const what = `one of ${distinct.size} things`;
    this.#arrivals = new WaitQueue(what, () => void this.#arrivals.notify());
    for (const object of distinct) {
      const callback = (): void => {
        this.#callbacks.delete(object);
        this.#ready.push(object);
        this.#arrivals.notify();
      };
      this.#callbacks.set(object, callback);
      object.link(callback);
    }
  }

  /** The next one; `undefined` after the last one or the deadline. */
  *next(deadline: number): Coroutine<T | undefined> {
    while (this.left > 0 && this.#ready.length === 0) {
      if (!(yield* this.#arrivals.wait(currentFiber(), deadline))) return undefined;
    }
    if (this.left === 0) return undefined;
    // Who else waits finds the end.
    if (--this.left === 0) this.#arrivals.notifyAll();
    return this.#ready.shift();
  }

  close(): void {
    this.left = 0;
    for (const [object, callback] of this.#callbacks) object.unlink(callback);
    this.#arrivals.notifyAll();
  }
}

/**
 * Iterates over things as they become ready.
 *
 * Python: `gevent.iwait`.
 *
 * @param options - `timeout` in seconds for all of them together, after which the sequence ends; `count` of objects to
 *   wait for.
 * @example
 * ```ts
 * import { iwait, run, sleep, spawn } from 'fd-selectors/coroutines';
 * const order: number[] = [];
 * run(function* () {
 *   const tasks = [0.5, 0.01].map((seconds) => spawn(sleep, seconds));
 *   yield* iwait(tasks).forEach((task) => {
 *     order.push(tasks.indexOf(task));
 *   });
 * });
 * assert.deepEqual(order, [1, 0]);
 * ```
 */
export function iwait<T extends Waitable>(objects: Iterable<T>, options: WaitOptions = {}): Sequence<T> {
  const { timeout, count } = checkOptions(options);
  const deadline = deadlineIn(timeout);
  const gathering = new Gathering(objects, count);
  return new Sequence(
    function* () {
      const value = yield* gathering.next(deadline);
      if (value !== undefined) return { done: false, value };
      gathering.close();
      return { done: true, value: undefined };
    },
    () => gathering.close(),
  );
}

/**
 * Waits until all of several things are ready, or `count` of them, and returns those that are. Without arguments, it
 * waits until all other tasks have ended.
 *
 * Python: `gevent.wait`.
 *
 * @throws {@link ValueError} `ERR_INVALID_TIMEOUT`, `ERR_OUT_OF_RANGE` for `count`.
 * @example
 * ```ts
 * import { Event, run, sleep, spawn, wait } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const never = new Event();
 *   const task = spawn(sleep, 0.001);
 *   assert.deepEqual(yield* wait([never, task], { count: 1 }), [task]);
 * });
 * ```
 */
export function* wait<T extends Waitable = Task>(
  objects?: Iterable<T>,
  options: WaitOptions = {},
): Coroutine<T[]> {
  return yield* iwait(objects ?? (others() as unknown as T[]), options).toArray();
}

/** All tasks except the running one and the main task, which may be waiting for it. */
function others(): Task[] {
  const { fibers, main, current } = theHub();
  return [...fibers].filter((fiber) => fiber !== current && fiber !== main) as Task[];
}

/**
 * Waits until all tasks have ended, and returns them as a tuple, so that each keeps its type. With a timeout or a
 * count, returns those that have ended.
 *
 * Python: `gevent.joinall`.
 *
 * @throws with `raiseError`, the error of the first task to fail. Being killed is not a failure.
 * @throws {@link ValueError} `ERR_INVALID_TIMEOUT`, `ERR_JOIN_SELF`.
 * @example
 * ```ts
 * import { joinall, run, sleep, spawn } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const number = function* () {
 *     return 42;
 *   };
 *   const text = function* () {
 *     yield* sleep(0.001);
 *     return 'text';
 *   };
 *   const [a, b] = yield* joinall([spawn(number), spawn(text)]);
 *   assert.equal(a.value?.toFixed(1), '42.0');
 *   assert.equal(b.value?.toUpperCase(), 'TEXT');
 * });
 * ```
 */
export function joinall<const T extends readonly Task[]>(
  tasks: T,
  options?: { readonly raiseError?: boolean },
): Coroutine<{ -readonly [K in keyof T]: T[K] }>;
/** With a timeout or a count, or tasks that are not in an array: returns those that have ended, in the given order. */
export function joinall<T extends Task>(tasks: Iterable<T>, options?: JoinallOptions): Coroutine<T[]>;
export function* joinall<T extends Task>(tasks: Iterable<T>, options: JoinallOptions = {}): Coroutine<T[]> {
  const { raiseError = false, ...rest } = checkOptions(options);
  const all = listOf(tasks);
  const current = currentFiber();
  for (const task of all) if ((task as unknown) === current) yield* task.join();
  const ended = new Set<T>();
  yield* iwait(all, rest).forEach((task) => {
    ended.add(task);
    if (raiseError) throwFailure(task);
  });
  return all.filter((task) => ended.has(task));
}

/** The tasks in an iterable. @throws `TypeError` `ERR_INVALID_ARG_TYPE` for anything else. */
function listOf<T extends Task>(tasks: Iterable<T>): T[] {
  checkIterable('tasks', tasks, 'tasks');
  const all = [...tasks];
  for (const task of all)
    if (!((task as unknown) instanceof Fiber)) throw typeError('tasks[]', 'a task', task);
  return all;
}

/** Throws what a task threw, unless it was killed. */
export function throwFailure(task: Task): void {
  if (task.ready() && !task.successful() && !task.killed) throw task.exception;
}

/** Options of {@link killall}. */
export interface KillallOptions {
  /** What to throw into the tasks; a {@link TaskExit} by default. */
  readonly exception?: unknown;
  /** Seconds to wait for them to end. */
  readonly timeout?: Timeout;
}

/**
 * Kills all of the tasks at once, then waits until they have ended. Without `yield*` it only kills. The running task is
 * killed last.
 *
 * Python: `gevent.killall`.
 *
 * @example
 * ```ts
 * import { killall, run, sleep, spawn } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const tasks = [spawn(sleep, 1000), spawn(sleep, 1000)];
 *   yield* sleep();
 *   yield* killall(tasks);
 *   assert.ok(tasks.every((task) => task.ready() && !task.successful()));
 * });
 * ```
 */
export function killall(tasks: Iterable<Task>, options: KillallOptions = {}): Coroutine<Task[]> {
  const { exception, timeout } = checkOptions(options);
  const all = listOf(tasks);
  const { current } = theHub();
  const self = all.find((task) => (task as unknown) === current);
  for (const task of all) if (task !== self) task.kill(exception);
  self?.kill(exception);
  return wait(all, { timeout });
}
