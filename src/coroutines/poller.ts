/** Waits for descriptors on the hub's selector. */
import { EVENTS, FD, OFFSET, RESULT, ROW } from '../batch/layout.js';
import { Receiver } from '../batch/receiver.js';
import { EAGAIN, errnoOf, OSError, osError } from '../errors.js';
import type { Wait as Seconds } from '../native.js';
import { toEvents } from '../selectors/events.js';
import { EpollSelector, EVENT_READ, EVENT_WRITE } from '../selectors/index.js';
import { tellSelect, waitBegins } from '../selectors/observe.js';
import { ConcurrentObjectUseError } from './errors.js';
import { type Fiber, located, Wait } from './fiber.js';
import { type Coroutine, SUSPEND, type Suspend } from './suspend.js';

/** Room for what arrives with one wait, which the fibers take before the next. */
const ARENA = 256 * 1024;
const FOUND = [true] as const;
const NOTHING = [] as const;
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
  /** What was received for the fiber: as native/batch.cc reports it. */
  result = -EAGAIN;
  /** Where it stands in the arena. */
  offset = 0;
  #suspended = false;
  #until: number | undefined;
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
    this.result = -EAGAIN;
    this.#suspended = false;
    this.#until = deadline === Infinity ? undefined : deadline;
    this.#syscall = syscall;
    return this;
  }

  next(answer?: unknown): IteratorResult<Suspend, void> {
    const { fiber } = this;
    if (!this.#suspended) {
      this.#suspended = true;
      fiber.wait = this;
      if (this.#until !== undefined) fiber.scheduler.timers.add(this, this.#until);
      return SUSPENDED;
    }
    if (answer === false) throw timedOut(this.#syscall);
    this.#leave();
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

  /** The fiber gives up the wait. */
  override cancel(): void {
    if (!this.busy) return;
    if (this.event === EVENT_READ) this.watch.giveBack(this);
    this.#leave();
  }

  #leave(): void {
    if (!this.busy) return;
    this.busy = false;
    // Woken without bytes: none are to arrive before the fiber waits again.
    if (this.event === EVENT_READ && this.result === -EAGAIN) this.watch.poller.receiver.leave(this.watch.fd);
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
  /** Of its registration. */
  #tag = 0;
  reader: FdWait | undefined;
  writer: FdWait | undefined;
  /** Received for a fiber that was stopped before it could take it: the next one gets it. */
  held: Buffer | undefined;
  /** As `held`: the errno of a call that failed. */
  failed = 0;

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

  /**
   * The coroutine for a fiber to `yield*` immediately in order to wait.
   *
   * @param most - how many bytes to receive for it when it is woken; 0 for none.
   */
  wait(fiber: Fiber, event: number, deadline: number, syscall: string, most = 0): FdWait {
    this.checkFree(event);
    if (this.poller.failure !== undefined) throw this.poller.broken();
    if ((this.events & event) === 0) this.#register(this.events | event);
    let wait = event === EVENT_READ ? this.reader : this.writer;
    if (wait === undefined) {
      wait = new FdWait(fiber, this, event);
      if (event === EVENT_READ) this.reader = wait;
      else this.writer = wait;
    }
    this.poller.waiting++;
    if (most > 0) this.poller.receiver.join(this.fd, this.#tag, most);
    return wait.begin(fiber, deadline, syscall);
  }

  /** Bytes arrived for the fiber that waits, or the call failed. */
  received(offset: number, result: number): void {
    this.poller.receiver.leave(this.fd);
    const reader = this.reader as FdWait;
    reader.offset = offset;
    reader.result = result;
    // The fiber may have been interrupted by what was ready with it.
    if (!reader.wake(true)) this.giveBack(reader);
  }

  /** The fiber does not take what was received for it. */
  giveBack(reader: FdWait): void {
    const { receiver } = this.poller;
    if (reader.result === -EAGAIN) return;
    if (reader.result < 0) this.failed = reader.result;
    else this.held = Buffer.from(receiver.arena.subarray(reader.offset, reader.offset + reader.result));
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
    if (idle !== 0 && this.events !== 0) this.#reduce(this.events & ~idle);
  }

  /** Unregisters a descriptor that no fiber waits for. */
  drop(): void {
    const events = (this.reader?.busy ? EVENT_READ : 0) | (this.writer?.busy ? EVENT_WRITE : 0);
    if (events !== this.events) this.#reduce(events);
    if (events === 0) this.poller.forget(this);
  }

  /** Registers for fewer events. No caller waits here; those who do hear of a closed descriptor by their own calls. */
  #reduce(events: number): void {
    try {
      this.#register(events);
    } catch (error) {
      if (!(error instanceof OSError)) throw error;
    }
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
    this.#tag = this.poller.receiver.set.registered.tags[this.fd] as number;
  }
}

function closedError(syscall: string): OSError {
  return new OSError(EBADF, syscall, `EBADF: another task closed the socket, ${syscall}`);
}

/** A hub's selector and its registrations. */
export class Poller {
  readonly selector = new EpollSelector<Watch, number>();
  /** Waits on the selector, and receives for the fibers that wait for bytes. */
  readonly receiver = new Receiver(this.selector, ARENA, ARENA);
  /** How many directions of descriptors fibers wait for. */
  waiting = 0;
  /** Why the selector cannot wait any more: its descriptor was closed by other code, and may be another's by now. */
  failure: OSError | undefined;
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

  /** Waits, and wakes the fibers whose descriptors are ready. */
  poll(seconds: Seconds): void {
    if (this.failure !== undefined) {
      if (this.waiting > 0) this.#rejectAll();
      else this.receiver.pause(seconds);
      return;
    }
    const since = waitBegins();
    this.receiver.receive(seconds);
    if (since !== 0) this.tellWait(seconds, since, false);
    this.#wake();
    // Only ghosts were found, and they stay.
    if (this.receiver.haunted && seconds !== 0) this.receiver.pause(seconds);
  }

  /** Publishes what a wait has found. */
  tellWait(seconds: Seconds, since: number, async: boolean): void {
    tellSelect(this.selector, seconds < 0 ? null : seconds, this.receiver.found(), since, async);
  }

  /** As `poll(0)`, for a wait on Node's event loop: whether anything was ready. */
  readonly ask = (): readonly true[] => {
    if (this.receiver.receive(0) === 0) return NOTHING;
    this.#wake();
    return FOUND;
  };

  /** The error for a fiber that waits for a descriptor, now that the selector cannot. */
  broken(): OSError {
    const { errno, code, syscall } = this.failure as OSError;
    const message = `${code}: the epoll set that all tasks wait on was closed or has failed, ${syscall}`;
    return new OSError(errno, syscall, message);
  }

  #rejectAll(): void {
    for (const watch of this.#byFd) {
      for (const wait of [watch?.reader, watch?.writer]) {
        if (wait?.busy) wait.fiber.interrupt(this.broken());
      }
    }
  }

  #wake(): void {
    const { rows, count } = this.receiver;
    for (let at = 0; at < count * ROW; at += ROW) {
      const fd = rows[at + FD] as number;
      const watch = fd < 0 ? undefined : this.#byFd[fd];
      if (watch === undefined) continue;
      const result = rows[at + RESULT] as number;
      if (result !== -EAGAIN) watch.received(rows[at + OFFSET] as number, result);
      const events = toEvents(rows[at + EVENTS] as number) & watch.events;
      if (result === -EAGAIN || (events & ~EVENT_READ) !== 0)
        watch.ready(result === -EAGAIN ? events : events & ~EVENT_READ);
    }
  }

  /**
   * Calls back whenever a descriptor is readable; does not count as a wait, so it does not prevent a deadlock error.
   */
  observe(fd: number, callback: () => void): void {
    const watch = new Observed(this, fd, callback);
    watch.events = EVENT_READ;
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
