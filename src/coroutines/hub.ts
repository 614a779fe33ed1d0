/** The hub: runs ready fibers, wakes due timers, then asks the selector. */
import { show } from '../arguments.js';
import { OSError, ValueError } from '../errors.js';
import type { Wait as Seconds } from '../native.js';
import { DeadlockError, MOST_FOREIGN, yieldError } from './errors.js';
import type { Fiber, Scheduler, Wait } from './fiber.js';
import { Poller } from './poller.js';
import { type Coroutine, SUSPEND } from './suspend.js';
import { Timers } from './timers.js';

/** While fibers are ready, the selector is asked at most once in this many switches. */
const SWITCHES = 256;
/** After this many calls in a row that did not have to wait, a fiber gives way to the others. */
const CALLS = 64;

/** What a hub reports to its driver. */
export interface HubEvents {
  /** A fiber became ready while the hub was not running. Only code outside all coroutines can cause this. */
  readonly onWork: () => void;
  /** A fiber failed, and nothing waits for it. */
  readonly onFailure: (fiber: Fiber, error: unknown) => void;
}

/** The scheduler of coroutines; one per thread. */
export class Hub implements Scheduler {
  readonly timers = new Timers();
  readonly poller = new Poller();
  /** All fibers that have not ended. */
  readonly fibers = new Set<Fiber>();
  /** Whether its selector is open. */
  open = true;
  /** The running fiber. */
  current: Fiber | undefined;
  /** How many more calls the running fiber may make before it gives way. */
  credit = CALLS;
  /** Whether fibers can wait for promises. */
  readonly onNodesLoop: boolean;
  /** Fibers waiting for the hub to be idle. */
  idlers: Wait[] = [];
  readonly #events: HubEvents;
  #first: Fiber | undefined;
  #last: Fiber | undefined;
  #ready = 0;
  #working = false;
  /** The hub stops when this fiber ends; if `undefined`, when all have. */
  main: Fiber | undefined;
  /** How many fibers may run before the selector is asked again. */
  #due = 0;

  constructor(onNodesLoop: boolean, events: HubEvents) {
    this.onNodesLoop = onNodesLoop;
    this.#events = events;
  }

  /** Sets the fiber whose end stops the hub; `undefined` means all. */
  until(main: Fiber | undefined): void {
    this.main = main;
  }

  /** Whether the hub's work is done. */
  get stopped(): boolean {
    return this.main === undefined ? this.fibers.size === 0 : this.main.ended;
  }

  /** How many fibers are ready to run. */
  get ready(): number {
    return this.#ready;
  }

  enqueue(fiber: Fiber): void {
    fiber.queued = true;
    fiber.following = undefined;
    if (this.#last === undefined) this.#first = fiber;
    else this.#last.following = fiber;
    this.#last = fiber;
    this.#ready++;
    if (!this.#working) this.#events.onWork();
  }

  /**
   * Runs ready fibers in order: at least all that the selector's last answer woke, since readiness that they
   * have not consumed yet would be reported again.
   */
  runReady(): void {
    this.#working = true;
    for (let left = Math.max(SWITCHES, this.#due); left > 0; left--) {
      const fiber = this.#first;
      // Once the main task ends, the others must be stopped before they run again.
      if (fiber === undefined || this.main?.ended) break;
      this.#first = fiber.following;
      if (this.#first === undefined) this.#last = undefined;
      this.#ready--;
      this.#resume(fiber);
    }
    this.#working = false;
  }

  #resume(fiber: Fiber): void {
    this.current = fiber;
    this.credit = CALLS;
    fiber.queued = false;
    fiber.wait = undefined;
    try {
      const { generator } = fiber;
      const step =
        generator === undefined || fiber.interrupts !== undefined
          ? this.#resumeOtherwise(fiber)
          : generator.next(fiber.answer);
      if (step.value !== SUSPEND || step.done === true) this.#suspendedOtherwise(fiber, step);
    } catch (error) {
      this.#end(fiber);
      fiber.fail(error);
    }
    this.current = undefined;
    // It was interrupted while it ran, or more than once.
    if (fiber.interrupts !== undefined && !fiber.ended) fiber.resumeSoon();
  }

  /** Runs a fiber that has not begun, or has an error to throw. */
  #resumeOtherwise(fiber: Fiber): IteratorResult<unknown, unknown> {
    // It was interrupted while it ran, and ended before its next wait.
    if (fiber.ended) return { done: false, value: SUSPEND };
    if (fiber.interrupts !== undefined) return this.#throwInto(fiber);
    fiber.generator = fiber.begin();
    return fiber.generator.next();
  }

  /** Handles a fiber that ended or yielded a foreign value. */
  #suspendedOtherwise(fiber: Fiber, first: IteratorResult<unknown, unknown>): void {
    let step = first;
    for (let left = MOST_FOREIGN; step.done !== true && step.value !== SUSPEND; left--) {
      const error = yieldError(step.value);
      if (left === 0) throw error;
      step = (fiber.generator as Coroutine<unknown>).throw(error);
    }
    if (step.done !== true) return;
    this.#end(fiber);
    fiber.finish(step.value);
  }

  #end(fiber: Fiber): void {
    this.current = undefined;
    fiber.ended = true;
    this.fibers.delete(fiber);
  }

  #throwInto(fiber: Fiber): IteratorResult<unknown, unknown> {
    const error = fiber.takeInterrupt();
    // A coroutine that never began has nothing to clean up.
    if (fiber.generator === undefined) throw error;
    return fiber.generator.throw(error);
  }

  /** Whether a deadline has passed. What is ready by then counts as in time: the selector is to be asked first. */
  get isDue(): boolean {
    return this.timers.size > 0 && this.timers.next <= performance.now();
  }

  /** Wakes fibers whose deadline has passed. */
  expireTimers(): void {
    if (this.timers.size === 0) return;
    this.#working = true;
    this.timers.expire(performance.now());
    this.#working = false;
  }

  /** Asks the selector, and wakes the fibers whose descriptors are ready. */
  poll(seconds: Seconds): void {
    this.#working = true;
    try {
      this.poller.poll(seconds);
    } catch (error) {
      if (!this.broke(error)) throw error;
    } finally {
      this.#working = false;
    }
    this.#due = this.#ready;
  }

  /**
   * Tells the main task that the selector failed, which then can wait for nothing but time; `false` for any other error.
   * The tasks that wait for descriptors hear of it with the next poll, unless the main task has ended by then.
   */
  broke(error: unknown): boolean {
    if (!(error instanceof OSError) || this.poller.failure !== undefined) return false;
    this.poller.failure = error;
    this.main?.interrupt(this.poller.broken());
    return true;
  }

  /** As `poll(0)`, for a wait on Node's event loop: whether anything was ready. */
  readonly ask = (): readonly true[] => {
    this.#working = true;
    try {
      return this.poller.ask();
    } finally {
      this.#working = false;
      this.#due = this.#ready;
    }
  };

  /** Wakes the fibers that wait for the hub to be idle. */
  wakeIdlers(): void {
    const idlers = this.idlers;
    this.idlers = [];
    for (const wait of idlers) wait.wake(true);
  }

  /** The error when nothing can ever wake a fiber. */
  deadlock(): DeadlockError {
    const names = Array.from(this.fibers, (fiber) => `${fiber.name} waits for ${waitOf(fiber)}`);
    const most = names.length > 20 ? [...names.slice(0, 20), `and ${names.length - 20} more`] : names;
    return new DeadlockError(`All tasks are waiting, and nothing can wake them: ${most.join('; ')}`);
  }

  reportFailure(fiber: Fiber, error: unknown): void {
    try {
      this.#events.onFailure(fiber, error);
    } catch (handlers) {
      reportOnStderr(fiber, error);
      reportOnStderr(fiber, handlers);
    }
  }

  close(): void {
    this.open = false;
    this.poller.close();
  }
}

/** Describes what a fiber waits for, in messages. */
export function waitOf(fiber: Fiber): string {
  return fiber.wait?.describe() ?? 'its turn';
}

let running: Hub | undefined;

/** Makes a hub this thread's hub. */
export function openHub(onNodesLoop: boolean, events: HubEvents): Hub {
  if (running !== undefined) {
    throw new ValueError('ERR_HUB_RUNNING', 'Coroutines are running in this thread already: use spawn()');
  }
  running = new Hub(onNodesLoop, events);
  return running;
}

/** Closes a hub, which is then no longer this thread's. */
export function closeHub(hub: Hub): void {
  if (running === hub) running = undefined;
  // Fibers are left only if the run ends by an error: what was received for them is kept.
  for (const fiber of hub.fibers) fiber.cancelWait();
  hub.close();
}

/** The hub of this thread. */
export function theHub(): Hub {
  if (running !== undefined) return running;
  throw new ValueError(
    'ERR_NO_HUB',
    'No coroutines are running in this thread: call this inside run() or runAsync()',
  );
}

/** The running fiber. */
export function currentFiber(): Fiber {
  const fiber = theHub().current;
  if (fiber !== undefined) return fiber;
  throw new ValueError('ERR_NO_TASK', 'No task is running: call this inside a task, with yield*');
}

/** Queues the running fiber behind all ready ones; it must suspend next. */
export function giveWay(): void {
  const fiber = running?.current ?? currentFiber();
  // One that was interrupted while it ran is queued already.
  if (!fiber.queued) fiber.scheduler.enqueue(fiber);
}

/** Reports a failure that nothing waits for on stderr. */
export function reportOnStderr(fiber: Fiber, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? String(error)) : show(error);
  process.stderr.write(`Task ${fiber.name} failed: ${text}\n`);
}
