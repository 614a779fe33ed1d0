/** The errors of coroutines. */
import { numberError, show, typeError } from '../arguments.js';
import { ValueError } from '../errors.js';

/** An error that the hub throws into a coroutine from outside. */
export abstract class Interrupt extends Error {
  /** The error's code. */
  abstract readonly code: string;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/**
 * Ends the task it is thrown into; the default error of `task.kill()`. A task that ends with
 * it was stopped: it did not fail, and nothing is reported.
 *
 * Python: `gevent.GreenletExit`. It is an `Error` here, so a `catch` that continues must rethrow it.
 */
export class TaskExit extends Interrupt {
  /** `'ERR_TASK_EXIT'`. */
  readonly code = 'ERR_TASK_EXIT';

  constructor(message = 'The task was killed') {
    super(message);
  }
}

/**
 * Ctrl-C: what `run()` throws into its main task when SIGINT arrives.
 *
 * Python: `KeyboardInterrupt`.
 */
export class KeyboardInterrupt extends Interrupt {
  /** `'ERR_KEYBOARD_INTERRUPT'`. */
  readonly code = 'ERR_KEYBOARD_INTERRUPT';

  constructor() {
    super('Interrupted by SIGINT');
  }
}

/**
 * All tasks are waiting, and nothing that could wake one is registered.
 *
 * Python: `gevent.exceptions.LoopExit`, which does not name the tasks.
 */
export class DeadlockError extends Interrupt {
  /** `'ERR_DEADLOCK'`. */
  readonly code = 'ERR_DEADLOCK';
}

/**
 * Tasks are left at the end of a run: each time that all were killed, their `finally` blocks had started others.
 *
 * Python: `asyncio.run` and gevent do not wait for tasks that start then.
 */
export class TasksLeftError extends Error {
  /** `'ERR_TASKS_LEFT'`. */
  readonly code = 'ERR_TASKS_LEFT';

  constructor(message: string) {
    super(message);
    this.name = 'TasksLeftError';
  }
}

/**
 * Two tasks use one direction of a descriptor at the same time.
 *
 * Python: `gevent.exceptions.ConcurrentObjectUseError`.
 */
export class ConcurrentObjectUseError extends Error {
  /** `'ERR_CONCURRENT_USE'`. */
  readonly code = 'ERR_CONCURRENT_USE';

  constructor(message: string) {
    super(message);
    this.name = 'ConcurrentObjectUseError';
  }
}

/** The queue is empty, and the call does not wait or has timed out. Python: `queue.Empty`. */
export class Empty extends Error {
  /** `'ERR_QUEUE_EMPTY'`. */
  readonly code = 'ERR_QUEUE_EMPTY';

  constructor() {
    super('The queue is empty');
    this.name = 'Empty';
  }
}

/** The queue is full, and the call does not wait or has timed out. Python: `queue.Full`. */
export class Full extends Error {
  /** `'ERR_QUEUE_FULL'`. */
  readonly code = 'ERR_QUEUE_FULL';

  constructor() {
    super('The queue is full');
    this.name = 'Full';
  }
}

/** A stream ended before the requested data arrived. Python: `asyncio.IncompleteReadError`. */
export class IncompleteReadError extends Error {
  /** `'ERR_INCOMPLETE_READ'`. */
  readonly code = 'ERR_INCOMPLETE_READ';
  /** The data that did arrive. */
  readonly partial: Buffer;

  constructor(partial: Buffer, wanted: string) {
    super(`The stream ended after ${partial.length} bytes, before ${wanted}`);
    this.name = 'IncompleteReadError';
    this.partial = partial;
  }
}

/** A coroutine that catches this many of the next error in a row is given up: it might do so forever. */
export const MOST_FOREIGN = 100;

/** The error for a coroutine that used a plain `yield`. */
export function yieldError(value: unknown): Error {
  const call = typeof value === 'object' && value !== null;
  const hint =
    call && 'then' in value
      ? ': wait for a promise with yield* promise(p)'
      : call && 'next' in value
        ? ': call a coroutine with yield*, not with yield'
        : ': only yield* to a function of fd-selectors/coroutines waits';
  const error = new TypeError(
    `A coroutine must not yield a value of its own. Received ${show(value)}${hint}`,
  );
  return Object.assign(error, { code: 'ERR_INVALID_YIELD' });
}

/**
 * Rejects anything but a function.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function checkFunction(name: string, fn: unknown, expected = 'a generator function'): void {
  if (typeof fn === 'function') return;
  throw typeError(name, expected, fn);
}

/** As {@link checkFunction}, for one that cannot wait. */
export function checkCallback(name: string, fn: unknown): void {
  checkFunction(name, fn, 'of type function');
}

/**
 * Rejects anything but an integer of at least `min`.
 *
 * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function checkCount(name: string, value: number, min: number): void {
  if ((Number.isInteger(value) || value === Infinity) && value >= min) return;
  throw numberError('ERR_OUT_OF_RANGE', name, `an integer of at least ${min}`, value);
}
