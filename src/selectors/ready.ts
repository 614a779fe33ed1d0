/** A promise for the readiness of one descriptor. */
import { EPOLLONESHOT, POLLNVAL } from '../constants.js';
import { checkWait, EBADF, ENOENT, type OSError, osError } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { onAbort, signalOf, throwIfAborted } from '../loop/abort.js';
import { Timer } from '../loop/timer.js';
import { mayAnswerAtOnce, nextTurn } from '../loop/turn.js';
import type { Wait } from '../native.js';
import { pollOne } from '../pollone.js';
import { deadlineOf, type Timeout, toWait } from '../time.js';
import type { WaitOptions } from './base.js';
import { EpollSelector } from './epoll.js';
import { checkEvents, EVENT_PRIORITY, EVENT_READ, EVENT_WRITE, toBits, toEvents } from './events.js';

/** Options of {@link ready}. */
export interface ReadyOptions extends WaitOptions {
  /** Seconds; omitted or `null`, it waits forever; zero or less does not wait. */
  timeout?: Timeout;
}

const ANY = EVENT_READ | EVENT_WRITE | EVENT_PRIORITY;

/** A pending call of {@link ready}. */
class Waiter {
  readonly events: number;
  readonly promise: Promise<number>;
  #resolve!: (events: number) => void;
  #reject!: (reason: unknown) => void;
  /** Releases the timer and the signal's listener. */
  cleanUp: (() => void) | undefined;

  constructor(events: number) {
    this.events = events;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  resolve(events: number): void {
    this.cleanUp?.();
    this.#resolve(events);
  }

  reject(reason: unknown): void {
    this.cleanUp?.();
    this.#reject(reason);
  }
}

/** All waits for one descriptor, by their events, so that adding or removing one does not search the others. */
class Waiters {
  readonly #byEvents: (Set<Waiter> | undefined)[] = [];

  get events(): number {
    return this.#byEvents.reduce((all, waiting, events) => (waiting?.size ? all | events : all), 0);
  }

  add(waiter: Waiter): this {
    this.#byEvents[waiter.events] ??= new Set();
    this.#byEvents[waiter.events]?.add(waiter);
    return this;
  }

  delete(waiter: Waiter): boolean {
    return this.#byEvents[waiter.events]?.delete(waiter) === true;
  }

  /** Those who wait for any of `events`, who wait no longer. */
  take(events: number): Waiter[] {
    return this.#byEvents.flatMap((waiting, wanted) => {
      if (waiting === undefined || (wanted & events) === 0) return [];
      const taken = [...waiting];
      waiting.clear();
      return taken;
    });
  }
}

/** All pending calls of this thread: one epoll set, whose loop runs forever but does not keep the process alive. */
class Readiness {
  readonly #sel = new EpollSelector<Waiters, number>().unref();

  /** @param onFailure - called if the epoll set fails; all pending calls are rejected. */
  constructor(onFailure: () => void) {
    this.#run().catch((reason: unknown) => {
      onFailure();
      const waiting = [...this.#sel.getMap().values()];
      this.#sel.close();
      for (const { data } of waiting) for (const waiter of data.take(ANY)) waiter.reject(reason);
    });
  }

  async #run(): Promise<void> {
    for await (const [{ fd, data }, events] of this.#sel.events()) {
      for (const waiter of data.take(events)) waiter.resolve(waiter.events & events);
      this.#rearm(fd, data);
    }
  }

  add(fd: number, waiter: Waiter): void {
    const waiters = this.#sel.getMap().get(fd)?.data;
    if (waiters === undefined || !this.#rearm(fd, waiters.add(waiter), waiter)) {
      // One-shot: after an event, it is armed again for the remaining waiters of the descriptor.
      this.#sel.register(fd, waiter.events, new Waiters().add(waiter), EPOLLONESHOT);
    }
    this.#sel.ref();
  }

  remove(fd: number, waiter: Waiter): void {
    const key = this.#sel.getMap().get(fd);
    // While others wait for the same, nothing changes for the kernel.
    if (key?.data.delete(waiter) && key.data.events !== key.events) this.#rearm(fd, key.data);
  }

  /** Arms the descriptor for the remaining waiters; returns `false` if it was closed meanwhile. */
  #rearm(fd: number, waiters: Waiters, newcomer?: Waiter): boolean {
    let open = true;
    try {
      const { events } = waiters;
      if (events === 0) this.#sel.unregister(fd);
      else this.#sel.modify(fd, events, waiters, EPOLLONESHOT);
    } catch (error) {
      open = false;
      const reason = (error as OSError).errno === -ENOENT ? osError(EBADF, 'epoll_ctl') : error;
      // The number may belong to another file by now, and that is the one the newcomer waits for.
      for (const waiter of waiters.take(ANY)) {
        if (waiter !== newcomer) waiter.reject(reason);
      }
    }
    if (this.#sel.getMap().size === 0) this.#sel.unref();
    return open;
  }
}

let readiness: Readiness | undefined;

/** Returns the events that are ready now; unlike epoll(7), poll(2) also takes regular files. */
function pollNow(fd: number, events: number): number {
  // A signal can interrupt poll(2) even with a timeout of zero, but only when nothing is ready.
  const revents = checkWait(pollOne(fd, toBits(events), 0), 'poll');
  if ((revents & POLLNVAL) !== 0) throw osError(EBADF, 'poll');
  return toEvents(revents) & events;
}

/** Waits in the epoll set of this thread. */
function awaitReady(
  fd: number,
  events: number,
  seconds: Wait,
  signal: AbortSignal | undefined,
): Promise<number> {
  readiness ??= new Readiness(() => {
    readiness = undefined;
  });
  const shared = readiness;
  const waiter = new Waiter(events);
  const forgetSignal =
    signal &&
    onAbort(signal, () => {
      shared.remove(fd, waiter);
      waiter.reject(signal.reason);
    });
  try {
    shared.add(fd, waiter);
  } catch (error) {
    forgetSignal?.();
    throw error;
  }
  const onDeadline = (): void => {
    shared.remove(fd, waiter);
    try {
      waiter.resolve(pollNow(fd, events));
    } catch (error) {
      waiter.reject(error);
    }
  };
  const timer = seconds < 0 ? undefined : new Timer(deadlineOf(seconds), onDeadline);
  waiter.cleanUp = () => {
    timer?.clear();
    forgetSignal?.();
  };
  return waiter.promise;
}

/**
 * Resolves to the events that are ready on one descriptor, as soon as any of `events` is, or to 0 after
 * the timeout. Node's event loop stays free.
 *
 * Guaranteed: the calls of a thread share one epoll set; any number may wait for the
 * same descriptor. It never resolves to 0 before the timeout. A pending call keeps the process alive.
 * Timers and other input get their turn even if a descriptor is always ready.
 *
 * Not guaranteed: that it notices the descriptor being closed. Abort the call first.
 *
 * Linux: poll(2), then epoll(7). Regular files are always ready. Errors and hang-ups set every requested
 * event.
 *
 * Python: `loop.add_reader` and `loop.add_writer` of asyncio, for a single event.
 *
 * @param events - a combination of `EVENT_READ`, `EVENT_WRITE` and `EVENT_PRIORITY`.
 * @throws (rejects with) the signal's reason if it is aborted.
 * @throws (rejects with) {@link OSError} `EBADF` for a closed descriptor; as `selectAsync` for the first
 *   wait of a thread.
 * @throws (rejects with) {@link ValueError} `ERR_INVALID_EVENTS`, `ERR_INVALID_FD`, `ERR_INVALID_TIMEOUT`;
 *   `TypeError` `ERR_INVALID_ARG_TYPE` for an object without a descriptor.
 * @example
 * ```ts
 * import { EVENT_READ, ready } from 'fd-selectors';
 * import { pipe } from 'fd-selectors/fds';
 * const [reader, writer] = pipe();
 * setTimeout(() => writer.write(Buffer.from('ping')), 10);
 * assert.equal(await ready(reader, EVENT_READ), EVENT_READ);
 * assert.equal(reader.read(100).toString(), 'ping');
 * assert.equal(await ready(reader, EVENT_READ, { timeout: 0.01 }), 0);
 * reader.close();
 * writer.close();
 * ```
 */
export async function ready(
  fileobj: FileObject,
  events: number,
  options: ReadyOptions = {},
): Promise<number> {
  const signal = signalOf(options);
  const { timeout } = options;
  checkEvents(events);
  const fd = filenoOf(fileobj);
  const seconds = toWait(timeout);
  throwIfAborted(signal);
  if (!mayAnswerAtOnce()) await nextTurn();
  const found = pollNow(fd, events);
  if (found !== 0 || seconds === 0) return found;
  throwIfAborted(signal);
  return awaitReady(fd, events, seconds, signal);
}
