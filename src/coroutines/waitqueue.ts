/** Fibers that wait for the same thing, first come, first served. */
import { type Fiber, park, Wait } from './fiber.js';
import type { Coroutine } from './suspend.js';

/** A place in a queue. */
export class Waiter extends Wait {
  readonly queue: WaitQueue;
  before: Waiter | undefined;
  after: Waiter | undefined;
  linked = false;

  constructor(fiber: Fiber, queue: WaitQueue) {
    super(fiber);
    this.queue = queue;
  }

  override cancel(): void {
    if (this.linked) this.queue.unlink(this);
    else this.queue.refund();
  }

  override describe(): string {
    return this.queue.what;
  }
}

/** A doubly linked list, so that any waiter can leave in O(1). */
export class WaitQueue {
  /** What its fibers wait for, as messages say it. */
  readonly what: string;
  /** Called for a notified waiter that ended before it ran: the grant goes to another. */
  readonly refund: () => void;
  size = 0;
  #first: Waiter | undefined;
  #last: Waiter | undefined;

  constructor(what: string, refund: () => void = () => {}) {
    this.what = what;
    this.refund = refund;
  }

  /** The one that has waited longest. */
  get first(): Waiter | undefined {
    return this.#first;
  }

  /** Waits to be notified; `false` after the deadline. */
  wait(fiber: Fiber, deadline: number): Coroutine<boolean> {
    return this.waitAs(new Waiter(fiber, this), deadline);
  }

  /** Waits with the caller's own record, behind all others or before them. */
  *waitAs(waiter: Waiter, deadline: number, before = false): Coroutine<boolean> {
    if (before) this.#prepend(waiter);
    else this.#append(waiter);
    return (yield* park(waiter, deadline)) === true;
  }

  /** Wakes the fiber that has waited longest; `undefined` if none waits. */
  notify(): Fiber | undefined {
    for (;;) {
      const waiter = this.#first;
      if (waiter === undefined) return undefined;
      this.unlink(waiter);
      if (waiter.wake(true)) return waiter.fiber;
    }
  }

  notifyAll(): void {
    while (this.notify() !== undefined);
  }

  #append(waiter: Waiter): void {
    waiter.before = this.#last;
    if (this.#last === undefined) this.#first = waiter;
    else this.#last.after = waiter;
    this.#last = waiter;
    this.#link(waiter);
  }

  #prepend(waiter: Waiter): void {
    waiter.after = this.#first;
    if (this.#first === undefined) this.#last = waiter;
    else this.#first.before = waiter;
    this.#first = waiter;
    this.#link(waiter);
  }

  #link(waiter: Waiter): void {
    waiter.linked = true;
    this.size++;
  }

  unlink(waiter: Waiter): void {
    const { before, after } = waiter;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    waiter.before = undefined;
    waiter.after = undefined;
    waiter.linked = false;
    this.size--;
  }
}
