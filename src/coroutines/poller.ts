/** Waits for descriptors on the hub's selector. */
import { errnoOf, OSError, osError } from '../errors.js';
import { EpollSelector, EVENT_READ, EVENT_WRITE, type Ready } from '../selectors/index.js';
import { ConcurrentObjectUseError } from './errors.js';
import { type Fiber, located, Wait } from './fiber.js';
import { type Coroutine, SUSPEND, type Suspend } from './suspend.js';

const EBADF = errnoOf('EBADF');

const SUSPENDED: IteratorResult<Suspend, void> = { done: false, value: SUSPEND };
const DONE: IteratorResult<Suspend, void> = { done: true, value: undefined };

/**
 * The wait for one direction of a descriptor. It is kept with the descriptor and reused, and is itself the
 * coroutine that waits: every receive comes here, and a generator would cost more than everything else.
 */
export class FdWait extends Wait implements Coroutine {
  readonly watch: Watch;
  readonly event: number;
  /** Whether the fiber waits, or was woken but has not run yet. */
  busy = false;
  #suspended = false;
  #until = Infinity;
  #syscall = '';

  constructor(fiber: Fiber, watch: Watch, event: number) {
    super(fiber);
    this.watch = watch;
    this.event = event;
  }

  get [Symbol.toStringTag](): string {
    return 'FdWait';
  }

  begin(fiber: Fiber, deadline: number, syscall: string): this {
    this.fiber = fiber;
    this.busy = true;
    this.#suspended = false;
    this.#until = deadline;
    this.#syscall = syscall;
    return this;
  }

  next(answer?: unknown): IteratorResult<Suspend, void> {
    const { fiber } = this;
    if (!this.#suspended) {
      this.#suspended = true;
      fiber.wait = this;
      if (this.#until !== Infinity) fiber.scheduler.timers.add(this, this.#until);
      return SUSPENDED;
    }
    if (answer === false) throw timedOut(this.#syscall);
    this.cancel();
    return DONE;
  }

  /** The wait was canceled earlier, and may belong to another fiber by now. */
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

  /** Called when the fiber runs again, or gives up the wait. */
  override cancel(): void {
    if (!this.busy) return;
    this.busy = false;
    this.watch.poller.waiting--;
    if (!this.watch.kept) this.watch.drop();
  }

  override describe(): string {
    return `descriptor ${this.watch.fd} to be ${this.event === EVENT_READ ? 'readable' : 'writable'}`;
  }
}

/** A descriptor. Its registration outlives a wait if its owner reports when it is closed. */
export class Watch {
  readonly poller: Poller;
  readonly fd: number;
  /** Whether the registration stays when no fiber waits. */
  kept: boolean;
  /** The events it is registered for. */
  events = 0;
  reader: FdWait | undefined;
  writer: FdWait | undefined;

  constructor(poller: Poller, fd: number, kept: boolean) {
    this.poller = poller;
    this.fd = fd;
    this.kept = kept;
  }

  /** Rejects a second fiber on the same direction. */
  checkFree(event: number): void {
    const wait = event === EVENT_READ ? this.reader : this.writer;
    if (!wait?.busy) return;
    const [doing, other] = event === EVENT_READ ? ['read', 'Readers'] : ['written', 'Writers'];
    throw new ConcurrentObjectUseError(
      `Descriptor ${this.fd} is already being ${doing} by task ${wait.fiber.name}. ${other} must take turns`,
    );
  }

  /** The coroutine for a fiber to `yield*` immediately in order to wait. */
  wait(fiber: Fiber, event: number, deadline: number, syscall: string): FdWait {
    this.checkFree(event);
    if ((this.events & event) === 0) this.#register(this.events | event);
    let wait = event === EVENT_READ ? this.reader : this.writer;
    if (wait === undefined) {
      wait = new FdWait(fiber, this, event);
      if (event === EVENT_READ) this.reader = wait;
      else this.writer = wait;
    }
    this.poller.waiting++;
    return wait.begin(fiber, deadline, syscall);
  }

  /** The selector found it ready. An event that no fiber waits for is no longer watched: it would be reported again. */
  ready(events: number): void {
    let idle = 0;
    if ((events & EVENT_READ) !== 0) {
      if (this.reader?.busy) this.reader.wake(true);
      else idle |= EVENT_READ;
    }
    if ((events & EVENT_WRITE) !== 0) {
      if (this.writer?.busy) this.writer.wake(true);
      else idle |= EVENT_WRITE;
    }
    if (idle !== 0 && this.events !== 0) this.#register(this.events & ~idle);
  }

  /** Unregisters a descriptor that no fiber waits for. */
  drop(): void {
    const events = (this.reader?.busy ? EVENT_READ : 0) | (this.writer?.busy ? EVENT_WRITE : 0);
    if (events !== this.events) this.#register(events);
    if (events === 0) this.poller.forget(this);
  }

  /** The descriptor is about to be closed: waiting fibers get an error. */
  close(): void {
    this.kept = false;
    const { reader, writer } = this;
    for (const [wait, syscall] of [
      [reader, 'recv'],
      [writer, 'send'],
    ] as const) {
      if (wait?.busy) wait.fiber.interrupt(closedError(syscall));
    }
    this.drop();
  }

  #register(events: number): void {
    const { selector } = this.poller;
    const before = this.events;
    this.events = 0;
    try {
      if (events === 0) selector.unregister(this.fd);
      else if (before === 0) selector.register(this.fd, events, this);
      else selector.modify(this.fd, events, this);
    } catch (error) {
      // Nothing is registered now: a waiting fiber retries, and its own call reports the error.
      if (this.reader?.busy) this.reader.wake(true);
      if (this.writer?.busy) this.writer.wake(true);
      if (!this.kept) this.poller.forget(this);
      throw error;
    }
    this.events = events;
  }
}

function closedError(syscall: string): OSError {
  return new OSError(EBADF, syscall, `EBADF: another task closed the socket, ${syscall}`);
}

/** A hub's selector and its registrations. */
export class Poller {
  readonly selector = new EpollSelector<Watch, number>();
  /** How many directions of descriptors fibers wait for. */
  waiting = 0;
  readonly #byFd: (Watch | undefined)[] = [];

  /** Returns the record of a descriptor. */
  watch(fd: number): Watch {
    const known = this.#byFd[fd];
    if (known !== undefined) return known;
    const watch = new Watch(this, fd, false);
    this.#byFd[fd] = watch;
    return watch;
  }

  forget(watch: Watch): void {
    if (this.#byFd[watch.fd] === watch) this.#byFd[watch.fd] = undefined;
  }

  /** Wakes the fibers whose descriptors are ready. */
  wake(ready: readonly Ready<Watch, number>[]): void {
    for (const [{ data, fd }, events] of ready) {
      // A batch from Node's event loop may be older than the registrations.
      if (this.#byFd[fd] === data) data.ready(events);
    }
  }

  /**
   * Calls back whenever a descriptor is readable; does not count as a wait, so it does not prevent a deadlock error.
   */
  observe(fd: number, callback: () => void): void {
    const watch = new Observed(this, fd, callback);
    this.#byFd[fd] = watch;
    this.selector.register(fd, EVENT_READ, watch);
  }

  close(): void {
    this.selector.close();
  }
}

class Observed extends Watch {
  readonly #callback: () => void;

  constructor(poller: Poller, fd: number, callback: () => void) {
    super(poller, fd, true);
    this.#callback = callback;
  }

  override ready(): void {
    this.#callback();
  }
}

/** Whether a registration was refused because the descriptor, a regular file, is always ready. */
export function isAlwaysReady(error: unknown): boolean {
  return error instanceof OSError && error.code === 'EPERM' && error.syscall === 'epoll_ctl';
}

/** The error of a call that timed out. */
export function timedOut(syscall: string): OSError {
  return osError(errnoOf('ETIMEDOUT'), syscall);
}
