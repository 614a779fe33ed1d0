/** Waits for descriptors on the hub's selector. */
import { EVENTS, FD, OFFSET, RESULT, ROW } from '../batch/layout.js';
import { Receiver } from '../batch/receiver.js';
import { EAGAIN, errnoOf, OSError } from '../errors.js';
import type { Wait as Seconds } from '../native.js';
import { toEvents } from '../selectors/events.js';
import { EpollSelector, EVENT_READ, EVENT_WRITE } from '../selectors/index.js';
import { tellSelect, waitBegins } from '../selectors/observe.js';
import { ConcurrentObjectUseError } from './errors.js';
import type { FdWait, Place } from './fdwait.js';
import type { Fiber } from './fiber.js';

/** Room for what arrives with one wait, which the fibers take before the next. */
const ARENA = 256 * 1024;
const FOUND = [true] as const;
const NOTHING = [] as const;
const EBADF = errnoOf('EBADF');

/** A descriptor. Its registration outlives a wait if its owner reports when it is closed. */
export class Watch implements Place {
  readonly poller: Poller;
  readonly fd: number;
  /** Whether the registration stays when no fiber waits. */
  kept: boolean;
  /** The events it is registered for. */
  events = 0;
  /** Of its registration. */
  #tag = 0;
  /** The wait of the fiber that reads: one that waits, or was woken but has not run yet. */
  reader: FdWait | undefined;
  /** As `reader`, of the one that writes. */
  writer: FdWait | undefined;
  /** Received for a fiber that was stopped before it could take it: the next one gets it. */
  held: Buffer | undefined;
  /** As `held`: the errno of a call that failed. */
  failed = 0;

  /** Whether the next call has something to take. */
  get keeps(): boolean {
    return this.held !== undefined || this.failed !== 0;
  }

  constructor(poller: Poller, fd: number, kept: boolean) {
    this.poller = poller;
    this.fd = fd;
    this.kept = kept;
  }

  #waiter(event: number): FdWait | undefined {
    return event === EVENT_READ ? this.reader : this.writer;
  }

  /** Rejects a second fiber on the same direction. */
  checkFree(event: number): void {
    const wait = this.#waiter(event);
    if (wait === undefined) return;
    const [doing, other] = event === EVENT_READ ? ['read', 'Readers'] : ['written', 'Writers'];
    throw new ConcurrentObjectUseError(
      `Descriptor ${this.fd} is already being ${doing} by task ${wait.fiber.name}. ${other} must take turns`,
    );
  }

  begin(wait: FdWait, fiber: Fiber, deadline: number, most: number): void {
    const { poller } = this;
    const { event } = wait;
    this.checkFree(event);
    if (poller.failure !== undefined) throw poller.broken();
    if ((this.events & event) === 0) this.#register(this.events | event);
    if (event === EVENT_READ) this.reader = wait;
    else this.writer = wait;
    poller.waiting++;
    if (most > 0) poller.receiver.join(this.fd, this.#tag, most);
    wait.place = this;
    wait.result = -EAGAIN;
    wait.fiber = fiber;
    fiber.wait = wait;
    if (deadline !== Infinity) fiber.scheduler.timers.add(wait, deadline);
  }

  leave(wait: FdWait): void {
    if (this.#waiter(wait.event) !== wait) return;
    if (wait.event === EVENT_READ) {
      this.reader = undefined;
      // Woken without bytes: none are to arrive before the fiber waits again.
      if (wait.result === -EAGAIN) this.poller.receiver.leave(this.fd);
    } else this.writer = undefined;
    this.poller.waiting--;
    if (!this.kept) this.drop();
  }

  cancel(wait: FdWait): void {
    if (this.#waiter(wait.event) !== wait) return;
    this.keep(wait.offset, wait.result);
    this.leave(wait);
  }

  /** Bytes arrived for the fiber that waits, or the call failed. */
  received(offset: number, result: number): void {
    this.poller.receiver.leave(this.fd);
    const { reader } = this;
    // The fiber may have been interrupted by what was ready with it.
    if (reader === undefined || !reader.wake(true)) this.keep(offset, result);
    else {
      reader.offset = offset;
      reader.result = result;
    }
  }

  view(wait: FdWait): Uint8Array {
    return this.poller.receiver.view(wait.offset, wait.result);
  }

  keep(offset: number, result: number): void {
    if (result === -EAGAIN) return;
    if (result < 0) this.failed = result;
    else this.held = Buffer.from(this.poller.receiver.arena.subarray(offset, offset + result));
  }

  /** The selector found it ready. An event that no fiber waits for is no longer watched: it would be reported again. */
  ready(events: number): void {
    let idle = 0;
    if ((events & EVENT_READ) !== 0) {
      if (this.reader === undefined) idle |= EVENT_READ;
      else this.reader.wake(true);
    }
    if ((events & EVENT_WRITE) !== 0) {
      if (this.writer === undefined) idle |= EVENT_WRITE;
      else this.writer.wake(true);
    }
    if (idle !== 0 && this.events !== 0) this.#reduce(this.events & ~idle);
  }

  /** Unregisters a descriptor that no fiber waits for. */
  drop(): void {
    const events = (this.reader ? EVENT_READ : 0) | (this.writer ? EVENT_WRITE : 0);
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
    this.reader?.fiber.interrupt(closedError('recv'));
    this.writer?.fiber.interrupt(closedError('send'));
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
      this.reader?.wake(true);
      this.writer?.wake(true);
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
  /** To be called once all that is ready was told: it may throw. */
  observed: (() => void) | undefined;
  readonly #byFd: (Watch | undefined)[] = [];

  /** The record of a descriptor, if there is one. */
  known(fd: number): Watch | undefined {
    return this.#byFd[fd];
  }

  /** Returns the record of a descriptor. */
  watch(fd: number): Watch {
    const known = this.known(fd);
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
      watch?.reader?.fiber.interrupt(this.broken());
      watch?.writer?.fiber.interrupt(this.broken());
    }
  }

  #wake(): void {
    const { rows, count } = this.receiver;
    for (let at = 0; at < count * ROW; at += ROW) {
      const fd = rows[at + FD] as number;
      const watch = fd < 0 ? undefined : this.#byFd[fd];
      if (watch === undefined) continue;
      const result = rows[at + RESULT] as number;
      let events = toEvents(rows[at + EVENTS] as number) & watch.events;
      if (result !== -EAGAIN) {
        watch.received(rows[at + OFFSET] as number, result);
        events &= ~EVENT_READ;
      }
      if (events !== 0) watch.ready(events);
    }
    const { observed } = this;
    this.observed = undefined;
    observed?.();
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
    this.poller.observed = this.#callback;
  }
}

/** Whether a registration was refused because the descriptor, a regular file, is always ready. */
export function isAlwaysReady(error: unknown): boolean {
  return error instanceof OSError && error.code === 'EPERM' && error.syscall === 'epoll_ctl';
}
