/** Queues between tasks. */
import { ValueError } from '../errors.js';
import { deadlineIn, type TimeoutOptions, timeoutOf } from './deadline.js';
import { Deque } from './deque.js';
import { checkCount, Empty, Full } from './errors.js';
import { currentFiber } from './hub.js';
import type { Coroutine } from './suspend.js';
import { WaitQueue } from './waitqueue.js';

/**
 * A first-in, first-out queue between tasks.
 *
 * Guaranteed: waiting tasks are served in order of arrival; a later task never overtakes. A
 * task killed while it waits loses no item, not even one already assigned to it.
 *
 * Python: `gevent.queue.Queue`, `queue.Queue`.
 *
 * @example
 * ```ts
 * import { Queue, run, spawn } from 'fd-selectors/coroutines';
 * const got: number[] = [];
 * run(function* () {
 *   const queue = new Queue<number>(1);
 *   spawn(function* produce() {
 *     for (const n of [1, 2, 3]) yield* queue.put(n);
 *   });
 *   for (let i = 0; i < 3; i++) got.push(yield* queue.get());
 *   yield* queue.put(4);
 *   assert.throws(() => queue.putNowait(5), { code: 'ERR_QUEUE_FULL' });
 * });
 * assert.deepEqual(got, [1, 2, 3]);
 * ```
 */
export class Queue<T> {
  /** How many items it holds at most. */
  readonly maxsize: number;
  readonly #items = new Deque<T>();
  // A woken task always finds what it was woken for: tasks that arrive meanwhile leave it alone.
  /** Items reserved for tasks that were woken to take one, but have not run yet. */
  #promisedItems = 0;
  /** Room reserved for tasks that were woken to put one. */
  #promisedRoom = 0;
  readonly #getters = new WaitQueue('an item of a queue', () => {
    this.#promisedItems--;
    this.#wakeGetter();
  });
  readonly #putters = new WaitQueue('room in a queue', () => {
    this.#promisedRoom--;
    this.#wakePutter();
  });

  /**
   * @param maxsize - how many items it holds at most; unlimited if omitted.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  constructor(maxsize = Infinity) {
    checkCount('maxsize', maxsize, 1);
    this.maxsize = maxsize;
  }

  /** How many items are in it. */
  qsize(): number {
    return this.#items.length;
  }

  /** Whether `get()` would wait. */
  empty(): boolean {
    return this.#items.length <= this.#promisedItems;
  }

  /** Whether `put()` would wait. */
  full(): boolean {
    return this.#items.length + this.#promisedRoom >= this.maxsize;
  }

  /**
   * Puts an item at the end, waiting for room if necessary.
   *
   * @throws {@link Full} `ERR_QUEUE_FULL` after the timeout.
   */
  *put(item: T, options?: TimeoutOptions): Coroutine {
    const timeout = timeoutOf(options);
    // Tasks that were woken for room but have not run yet came first.
    if (!this.full() && this.#promisedRoom === 0) {
      this.#append(item);
      return;
    }
    if (!(yield* this.#putters.wait(currentFiber(), deadlineIn(timeout)))) throw new Full();
    this.#promisedRoom--;
    this.#append(item);
    this.#wakePutter();
  }

  /**
   * Puts an item at the end. It never waits, and may be called from outside tasks.
   *
   * @throws {@link Full} `ERR_QUEUE_FULL`.
   */
  putNowait(item: T): void {
    if (this.full()) throw new Full();
    this.#append(item);
  }

  /**
   * Takes the first item, waiting for one if necessary.
   *
   * @throws {@link Empty} `ERR_QUEUE_EMPTY` after the timeout.
   */
  *get(options?: TimeoutOptions): Coroutine<T> {
    const timeout = timeoutOf(options);
    if (!this.empty() && this.#promisedItems === 0) return this.#take();
    if (!(yield* this.#getters.wait(currentFiber(), deadlineIn(timeout)))) throw new Empty();
    this.#promisedItems--;
    const item = this.#take();
    this.#wakeGetter();
    return item;
  }

  /**
   * Takes the first item. It never waits, and may be called from outside tasks.
   *
   * @throws {@link Empty} `ERR_QUEUE_EMPTY`.
   */
  getNowait(): T {
    if (this.empty()) throw new Empty();
    return this.#take();
  }

  /** An item was put. */
  protected added(): void {}

  #append(item: T): void {
    this.#items.push(item);
    this.added();
    this.#wakeGetter();
  }

  #take(): T {
    const item = this.#items.shift();
    this.#wakePutter();
    return item;
  }

  #wakeGetter(): void {
    if (!this.empty() && this.#getters.notify() !== undefined) this.#promisedItems++;
  }

  #wakePutter(): void {
    if (!this.full() && this.#putters.notify() !== undefined) this.#promisedRoom++;
  }
}

/**
 * A queue that tracks when all of its items have been processed.
 *
 * Python: `gevent.queue.JoinableQueue`, `queue.Queue`.
 *
 * @example
 * ```ts
 * import { JoinableQueue, run, spawn } from 'fd-selectors/coroutines';
 * let sum = 0;
 * run(function* () {
 *   const queue = new JoinableQueue<number>();
 *   spawn(function* work() {
 *     for (;;) {
 *       sum += yield* queue.get();
 *       queue.taskDone();
 *     }
 *   });
 *   for (const n of [1, 2, 3]) queue.putNowait(n);
 *   yield* queue.join();
 * });
 * assert.equal(sum, 6);
 * ```
 */
export class JoinableQueue<T> extends Queue<T> {
  #unfinished = 0;
  readonly #joiners = new WaitQueue('the tasks of a queue to be done');

  /** How many items were put but are not done. */
  get unfinishedTasks(): number {
    return this.#unfinished;
  }

  /**
   * Marks an item that was taken as done.
   *
   * @throws {@link ValueError} `ERR_TASK_DONE` when called more often than items were put.
   */
  taskDone(): void {
    if (this.#unfinished === 0) {
      throw new ValueError('ERR_TASK_DONE', 'taskDone() was called more often than items were put');
    }
    this.#unfinished--;
    if (this.#unfinished === 0) this.#joiners.notifyAll();
  }

  /**
   * Waits until all items are done.
   *
   * @returns `false` after the timeout.
   */
  *join(options?: TimeoutOptions): Coroutine<boolean> {
    const timeout = timeoutOf(options);
    if (this.#unfinished === 0) return true;
    return yield* this.#joiners.wait(currentFiber(), deadlineIn(timeout));
  }

  protected override added(): void {
    this.#unfinished++;
  }
}
