/** What the hub schedules: a coroutine with its state, and the record of what it waits for. */
import { Interrupt } from './errors.js';
import { type Coroutine, SUSPEND } from './suspend.js';
import { Timer, type Timers } from './timers.js';

/** What fibers and waits know of their hub. */
export interface Scheduler {
  readonly timers: Timers;
  /** Makes a fiber run soon, after those that are ready already. */
  enqueue(fiber: Fiber): void;
}

/**
 * A fiber that waits. It has at most one record at a time, from the moment when it begins to wait until it runs
 * again. As a timer, it is its own timeout.
 */
export abstract class Wait extends Timer {
  fiber: Fiber;

  constructor(fiber: Fiber) {
    super();
    this.fiber = fiber;
  }

  /**
   * The fiber will not take what it waited for: it was interrupted, or the time is over. In O(1), leaves the queue;
   * whoever was granted something and has not run since passes it on.
   */
  abstract cancel(): void;

  /** What is waited for, after "waits for". */
  abstract describe(): string;

  /** Ends the wait: `yield` returns `answer`. `false` for a fiber that does not wait here any more. */
  wake(answer: unknown): boolean {
    const { fiber } = this;
    if (fiber.wait !== this || fiber.queued) return false;
    if (this.slot >= 0) fiber.scheduler.timers.remove(this);
    fiber.answer = answer;
    fiber.scheduler.enqueue(fiber);
    return true;
  }

  override expire(): void {
    const { fiber } = this;
    if (fiber.wait !== this || fiber.queued) return;
    fiber.wait = undefined;
    this.cancel();
    fiber.answer = false;
    fiber.scheduler.enqueue(fiber);
  }
}

/** A coroutine that is scheduled. */
export abstract class Fiber {
  /** @internal */
  readonly scheduler: Scheduler;
  /** @internal */
  generator: Coroutine<unknown> | undefined;
  /**
   * Its successor in the queue of those that are ready.
   *
   * @internal
   */
  following: Fiber | undefined;
  /** @internal */
  queued = false;
  /** @internal */
  ended = false;
  /** @internal */
  wait: Wait | undefined;
  /**
   * What `yield` will return.
   *
   * @internal
   */
  answer: unknown;
  /**
   * What is to be thrown into it, in this order.
   *
   * @internal
   */
  interrupts: unknown[] | undefined;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  /** A number that no other task of this thread has. */
  abstract readonly id: number;
  /** What messages call it. */
  abstract get name(): string;

  /**
   * Makes the coroutine, when it runs for the first time.
   *
   * @internal
   */
  abstract begin(): Coroutine<unknown>;

  /** @internal */
  abstract finish(value: unknown): void;

  /** @internal */
  abstract fail(error: unknown): void;

  /**
   * Throws an error into the coroutine as soon as it is its turn, whatever it waits for.
   *
   * @internal
   */
  interrupt(error: unknown): void {
    if (this.ended) return;
    this.interrupts ??= [];
    this.interrupts.push(error);
    this.resumeSoon();
  }

  /**
   * Ends its wait, whatever it is.
   *
   * @internal
   */
  resumeSoon(): void {
    this.cancelWait();
    if (!this.queued) this.scheduler.enqueue(this);
  }

  /** @internal */
  cancelWait(): void {
    const { wait } = this;
    if (wait === undefined) return;
    this.wait = undefined;
    if (wait.slot >= 0) this.scheduler.timers.remove(wait);
    wait.cancel();
  }

  /** @internal */
  takeInterrupt(): unknown {
    const interrupts = this.interrupts as unknown[];
    const error = interrupts.shift();
    if (interrupts.length === 0) this.interrupts = undefined;
    return error;
  }
}

/** Waits until the record is woken: what `wake()` was given, or `false` after the deadline. */
export function* park(wait: Wait, deadline = Infinity): Coroutine<unknown> {
  const { fiber } = wait;
  fiber.wait = wait;
  if (deadline !== Infinity) fiber.scheduler.timers.add(wait, deadline);
  try {
    return yield SUSPEND;
  } catch (error) {
    throw located(error);
  }
}

/** Gives an error that came from outside the stack of the place where the coroutine was waiting. */
export function located(error: unknown): unknown {
  if (error instanceof Interrupt) Error.captureStackTrace(error, located);
  return error;
}
