/** The errors of coroutines. */
import { numberError, show, typeError } from '../arguments.js';
import { ValueError } from '../errors.js';

/** An error that the hub throws into a coroutine from outside. */
export abstract class Interrupt extends Error {
  /** Which error it is. */
  abstract readonly code: string;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/**
 * Ends the task that it is thrown into: what `task.kill()` throws if nothing else is given. A task that ends with
 * it was stopped; it did not fail, and nothing is reported.
 *
 * Python: `gevent.GreenletExit`. It is an `Error` here: a `catch` that means to go on must let it pass.
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
 * Every task waits for another, and nothing that could wake one is registered.
 *
 * Python: `gevent.exceptions.LoopExit`, which names nobody.
 */
export class DeadlockError extends Interrupt {
  /** `'ERR_DEADLOCK'`. */
  readonly code = 'ERR_DEADLOCK';
}

/**
 * Two tasks use one direction of a descriptor at a time.
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

/** A queue has nothing to give, and the call does not wait, or no longer. Python: `queue.Empty`. */
export class Empty extends Error {
  /** `'ERR_QUEUE_EMPTY'`. */
  readonly code = 'ERR_QUEUE_EMPTY';

  constructor() {
    super('The queue is empty');
    this.name = 'Empty';
  }
}

/** A queue has no room, and the call does not wait, or no longer. Python: `queue.Full`. */
export class Full extends Error {
  /** `'ERR_QUEUE_FULL'`. */
  readonly code = 'ERR_QUEUE_FULL';

  constructor() {
    super('The queue is full');
    this.name = 'Full';
  }
}

/** A stream ended before what was asked of it was there. Python: `asyncio.IncompleteReadError`. */
export class IncompleteReadError extends Error {
  /** `'ERR_INCOMPLETE_READ'`. */
  readonly code = 'ERR_INCOMPLETE_READ';
  /** What was there. */
  readonly partial: Buffer;

  constructor(partial: Buffer, wanted: string) {
    super(`The stream ended after ${partial.length} bytes, before ${wanted}`);
    this.name = 'IncompleteReadError';
    this.partial = partial;
  }
}

/** A coroutine yielded something of its own. */
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
 * Refuses what is not a function.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function checkFunction(name: string, fn: unknown): void {
  if (typeof fn === 'function') return;
  throw typeError(name, 'a generator function', fn);
}

/**
 * Refuses what is not an integer of at least `min`.
 *
 * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function checkCount(name: string, value: number, min: number): void {
  if ((Number.isInteger(value) || value === Infinity) && value >= min) return;
  throw numberError('ERR_OUT_OF_RANGE', name, `an integer of at least ${min}`, value);
}
