/** What the hub schedules: a coroutine with its state, and the record of what it waits for. */
import { Interrupt } from './errors.js';
import { type Coroutine, SUSPEND } from './suspend.js';
import { Timer, type Timers } from './timers.js';

/** The part of the hub that fibers and waits use. */
export interface Scheduler {
  readonly timers: Timers;
  /** The running fiber. */
  readonly current: Fiber | undefined;
  /** Queues a fiber behind those that are already ready. */
  enqueue(fiber: Fiber): void;
}

/**
 * The record of a fiber's wait. A fiber has at most one at a time, from the start of the wait until it runs
 * again. The record is also the timer of its own timeout.
 */
export abstract class Wait extends Timer {
  /** Set by the time that it waits. */
  fiber: Fiber;

  constructor(fiber?: Fiber) {
    super();
    this.fiber = fiber as Fiber;
  }

  /**
   * The fiber was interrupted or timed out, and will not take what it waited for. Leaves the queue in O(1);
   * a fiber that was granted something but has not run yet passes it on.
   */
  abstract cancel(): void;

  /** What is waited for, after "waits for". */
  abstract describe(): string;

  /** Ends the wait: `yield` returns `answer`. `false` if the fiber no longer waits here. */
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
   * Its successor in the ready queue.
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
   * The errors to throw into it, in this order.
   *
   * @internal
   */
  interrupts: unknown[] | undefined;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  /** A number that is unique among the tasks of this thread. */
  abstract readonly id: number;
  /** Its name in messages. */
  abstract get name(): string;

  /**
   * Creates the coroutine when it first runs.
   *
   * @internal
   */
  abstract begin(): Coroutine<unknown>;

  /** @internal */
  abstract finish(value: unknown): void;

  /** @internal */
  abstract fail(error: unknown): void;

  /**
   * Throws an error into the coroutine on its next turn, even if it is waiting.
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
   * Ends its wait, if it is waiting.
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

  /**
   * Takes back an error that has not been thrown yet. Only while the fiber runs: a wait that was canceled for the
   * error must end with it.
   *
   * @internal
   */
  withdraw(error: unknown): void {
    const at = this.scheduler.current === this ? (this.interrupts?.indexOf(error) ?? -1) : -1;
    if (at < 0) return;
    this.interrupts?.splice(at, 1);
    if (this.interrupts?.length === 0) this.interrupts = undefined;
  }

  /** @internal */
  takeInterrupt(): unknown {
    const interrupts = this.interrupts as unknown[];
    const error = interrupts.shift();
    if (interrupts.length === 0) this.interrupts = undefined;
    return error;
  }
}

/** Waits until the record is woken; returns what `wake()` was given, or `false` after the deadline. */
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

/** Gives an error thrown in from outside the stack of the place where the coroutine was waiting. */
export function located(error: unknown): unknown {
  if (error instanceof Interrupt) Error.captureStackTrace(error, located);
  return error;
}
