/** Waits for one direction of a descriptor. */
import { EAGAIN, errnoOf, type OSError, osError } from '../errors.js';
import { EVENT_READ } from '../selectors/index.js';
import { type Fiber, located, Wait } from './fiber.js';
import { type Coroutine, SUSPEND, type Suspend } from './suspend.js';

const SUSPENDED: IteratorResult<Suspend, void> = { done: false, value: SUSPEND };
const DONE: IteratorResult<Suspend, void> = { done: true, value: undefined };

/** Where fibers wait: a descriptor, as the poller knows it. */
export interface Place {
  readonly fd: number;
  /**
   * Begins the wait of a fiber, which must suspend immediately.
   *
   * @param most - how many bytes to receive for it when it is woken; 0 for none.
   */
  begin(wait: FdWait, fiber: Fiber, deadline: number, most: number): void;
  /** Ends a wait, if it has not ended. */
  leave(wait: FdWait): void;
  /** Ends a wait whose fiber does not take what was received for it. */
  cancel(wait: FdWait): void;
  /** What was received for the fiber that was woken. */
  view(wait: FdWait): Uint8Array;
  /** Keeps for the next call what was received, or why the call failed. */
  keep(offset: number, result: number): void;
}

/**
 * A wait for one direction of a descriptor. The calls of a socket that are made again and again are such waits themselves:
 * with a thousand connections, a record of its own for each costs a cache miss more.
 */
export abstract class FdWait extends Wait {
  readonly event: number;
  /** Where the fiber waits, or has waited last. */
  place: Place | undefined;
  /** What was received for the fiber: as native/batch.cc reports it. */
  result = -EAGAIN;
  /** Where it stands in the arena. */
  offset = 0;

  constructor(event: number) {
    super();
    this.event = event;
  }

  /** The fiber gives up the wait. */
  override cancel(): void {
    this.place?.cancel(this);
  }

  override describe(): string {
    return `descriptor ${this.place?.fd} to be ${this.event === EVENT_READ ? 'readable' : 'writable'}`;
  }
}

/** The coroutine that waits until a descriptor is ready. */
export class Readiness extends FdWait implements Coroutine {
  readonly #deadline: number;
  readonly #syscall: string;
  #suspended = false;

  constructor(fiber: Fiber, place: Place, event: number, deadline: number, syscall: string) {
    super(event);
    this.fiber = fiber;
    this.place = place;
    this.#deadline = deadline;
    this.#syscall = syscall;
  }

  get [Symbol.toStringTag](): string {
    return 'Readiness';
  }

  next(answer?: unknown): IteratorResult<Suspend, void> {
    const place = this.place as Place;
    if (!this.#suspended) {
      place.begin(this, this.fiber, this.#deadline, 0);
      this.#suspended = true;
      return SUSPENDED;
    }
    if (answer === false) throw timedOut(this.#syscall);
    place.leave(this);
    return DONE;
  }

  throw(error: unknown): IteratorResult<Suspend, void> {
    throw located(error);
  }

  return(): IteratorResult<Suspend, void> {
    return DONE;
  }

  [Symbol.iterator](): this {
    return this;
  }

  [Symbol.dispose](): void {}
}

/** The error of a call that timed out. */
export function timedOut(syscall: string): OSError {
  return osError(errnoOf('ETIMEDOUT'), syscall);
}
