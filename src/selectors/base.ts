/** What all selectors share: the registrations, and the rules about them. */
import { inspect } from 'node:util';
import { KeyError, show, ValueError } from '../errors.js';
import type { FileObject } from '../fileno.js';
import type { Timeout } from '../time.js';
import { AsyncSelect } from './async.js';
import { checkEvents } from './events.js';
import { type Ready, SelectorKey } from './key.js';
import { Keys } from './keys.js';
import { SelectorMap } from './map.js';

/** The `data` argument: it can be left out only where `undefined` is a `D`. */
export type DataArgument<D> = undefined extends D ? [data?: D] : [data: D];

function closedError(): ValueError {
  return new ValueError('ERR_SELECTOR_CLOSED', 'this selector is closed');
}

/** What the waits on Node's event loop take. */
export interface WaitOptions {
  /** Ends the wait when it is aborted. */
  signal?: AbortSignal | undefined;
}

/**
 * Waits until some of many descriptors are ready. This class owns the registrations; a subclass
 * owns the state of one system call.
 *
 * `D` is the type of the data attached to a registration, `F` that of the registered objects: who names no
 * `F` gets his objects back as `any`, without a cast.
 * A selector belongs to one thread. It never closes a registered descriptor: unregister each
 * before closing it.
 *
 * Python: `selectors.BaseSelector`.
 */
export abstract class BaseSelector<D = unknown, F extends FileObject = any> {
  /** @internal */
  protected readonly registered = new Keys<D, F>();
  readonly #map = new SelectorMap(this.registered);
  #closed = false;
  readonly #async = new AsyncSelect<D, F>({
    registered: this.registered,
    descriptor: () => this.loopDescriptor(),
    select: () => this.select(0),
  });

  /**
   * Waits, and returns a new `[key, events]` pair for each ready descriptor; `events` holds the
   * ready ones among `key.events`.
   *
   * Guaranteed: one call reports all that is ready. It never returns before its timeout with
   * nothing ready, unless a signal arrives: then it returns what is ready, perhaps nothing, so that
   * JavaScript's signal handlers run once the caller yields. Errors and hang-ups are reported as
   * whatever the descriptor was registered for.
   *
   * Not guaranteed: the order of the pairs.
   *
   * Python: the wait goes on after a signal there; timeouts of poll and epoll are rounded up to a
   * millisecond there, and kept to the nanosecond here.
   *
   * @param timeout - seconds; left out or `null`, it waits for ever; zero or less does not wait.
   * @throws {@link ValueError} `ERR_INVALID_TIMEOUT` for NaN and Infinity; `ERR_SELECTOR_CLOSED`.
   * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for a timeout that is no number.
   */
  abstract select(timeout?: Timeout): Ready<D, F>[];

  /**
   * Resolves to what {@link BaseSelector.select} would return, and leaves Node's event loop free while
   * it waits. It takes no thread.
   *
   * Guaranteed: `register`, `modify` and `unregister` count at once, also while it waits. It is never
   * early with nothing ready. However often something is ready at once, timers and other input
   * get their turn. A pending wait keeps the process alive, unless {@link BaseSelector.unref} was called.
   *
   * Not guaranteed: the precision of `select`; timeouts are those of Node's timers, rounded up to a
   * millisecond. A descriptor closed while registered is not noticed (see `select` of each class).
   *
   * Python: has none; `asyncio` is built on top of `selectors` there.
   *
   * @param timeout - seconds, as in `select`.
   * @throws (rejects with) the signal's reason when it is aborted; the selector can be used on.
   * @throws (rejects with) {@link ValueError} `ERR_WAIT_PENDING` while another wait is pending;
   *   `ERR_SELECTOR_CLOSED`, also when it is closed while waiting; else as `select`.
   * @throws (rejects with) {@link OSError} `ENOSYS` in a runtime without libuv's event loop.
   */
  selectAsync(timeout?: Timeout, { signal }: WaitOptions = {}): Promise<Ready<D, F>[]> {
    try {
      this.checkOpen();
      return this.#async.selectAsync(timeout, signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Iterates over the ready pairs as {@link BaseSelector.selectAsync} finds them, batch after batch. It
   * asks again when the consumer has worked off a batch, so what is still ready comes again. What was
   * unregistered or modified within a batch is not reported as it was before.
   *
   * The iteration ends, without an error, on `break`, when the signal is aborted, and when the
   * selector is closed.
   *
   * @throws {@link ValueError} `ERR_SELECTOR_CLOSED`; while iterating, what `selectAsync` rejects with.
   */
  events({ signal }: WaitOptions = {}): AsyncGenerator<Ready<D, F>, void, void> {
    this.checkOpen();
    return this.#async.events(signal);
  }

  /** Lets a pending wait keep the process alive, as it does unless {@link BaseSelector.unref} was called. */
  ref(): this {
    return this.#setRef(true);
  }

  /** Lets the process end although a wait is pending. */
  unref(): this {
    return this.#setRef(false);
  }

  /** Whether a pending wait keeps the process alive. */
  hasRef(): boolean {
    return this.#async.hasRef;
  }

  #setRef(on: boolean): this {
    this.checkOpen();
    this.#async.setRef(on);
    return this;
  }

  /** An epoll descriptor that is readable when something is ready; without one, the base makes one. */
  protected loopDescriptor(): number | undefined {
    return undefined;
  }

  /** Runs what replaces the descriptor behind the number of {@link BaseSelector.loopDescriptor}. */
  protected replacingLoopDescriptor(replace: () => void): void {
    this.#async.replacing(replace);
  }

  /** Starts to watch `fd`; throws where the kernel refuses. */
  protected abstract watch(fd: number, events: number, tag: number, flags: number): void;
  /** Watches `fd` for other events; throws where the kernel refuses. */
  protected abstract rewatch(fd: number, events: number, tag: number, flags: number): void;
  /** Ends the watch of `fd`, which may be closed already; never throws. */
  protected abstract unwatch(fd: number): void;
  /** Gives back what the system call's state holds. */
  protected abstract release(): void;

  /**
   * Registers a descriptor, or an object that has one.
   *
   * @param events - an or of `EVENT_READ`, `EVENT_WRITE` and `EVENT_PRIORITY`.
   * @param data - what `key.data` shall be.
   * @throws {@link ValueError} `ERR_INVALID_EVENTS`, `ERR_INVALID_FD`, `ERR_SELECTOR_CLOSED`;
   *   `ERR_FD_OUT_OF_RANGE` (select: FD_SETSIZE and above).
   * @throws {@link KeyError} `ERR_ALREADY_REGISTERED` for a descriptor that is registered, also through another object.
   * @throws {@link OSError} what the kernel refuses (epoll: `EBADF` for a closed descriptor, `EPERM`
   *   for a regular file); then nothing is registered.
   */
  register<G extends F>(fileobj: G & FileObject, events: number, ...data: DataArgument<D>): SelectorKey<D, G>;
  register(fileobj: F, events: number, data?: D): SelectorKey<D, F> {
    return this.insert(fileobj, events, data as D, 0);
  }

  /**
   * Ends a registration, and returns its key. Works for a closed descriptor and for an object that
   * has lost its descriptor, too.
   *
   * @throws {@link KeyError} `ERR_NOT_REGISTERED`.
   * @throws {@link ValueError} `ERR_INVALID_FD`, `ERR_SELECTOR_CLOSED`.
   */
  unregister(fileobj: F | number): SelectorKey<D, F> {
    const key = this.getKey(fileobj);
    this.drop(key.fd);
    return key;
  }

  /**
   * Changes the events and the data of a registration, and returns its new key: the same one if
   * nothing changed. Data that is left out becomes `undefined`. A change of the data alone makes no
   * system call. Where the kernel refuses, the registration is gone.
   *
   * Python: Select takes over the object given; here it stays the one registered. Poll and Epoll take
   * invalid events there.
   *
   * @throws {@link KeyError} `ERR_NOT_REGISTERED`.
   * @throws {@link ValueError} `ERR_INVALID_EVENTS` (the registration stays), `ERR_INVALID_FD`, `ERR_SELECTOR_CLOSED`.
   * @throws {@link OSError} what the kernel refuses.
   */
  modify(fileobj: F | number, events: number, ...data: DataArgument<D>): SelectorKey<D, F>;
  modify(fileobj: F | number, events: number, data?: D): SelectorKey<D, F> {
    const key = this.getKey(fileobj);
    checkEvents(events);
    return this.update(key, events, data as D, 0, events !== key.events);
  }

  /**
   * The key of a descriptor or a registered object.
   *
   * @throws {@link KeyError} `ERR_NOT_REGISTERED`.
   * @throws {@link ValueError} `ERR_INVALID_FD`, `ERR_SELECTOR_CLOSED`.
   */
  getKey(fileobj: F | number): SelectorKey<D, F> {
    this.checkOpen();
    const key = this.registered.get(fileobj);
    if (key !== undefined) return key;
    throw new KeyError('ERR_NOT_REGISTERED', `${show(fileobj)} is not registered`);
  }

  /**
   * The registrations, as a live and read-only map from descriptor to key.
   *
   * @throws {@link ValueError} `ERR_SELECTOR_CLOSED`.
   */
  getMap(): SelectorMap<D, F> {
    this.checkOpen();
    return this.#map;
  }

  /** Ends all registrations; a second time does nothing. Registered descriptors stay open. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.registered.clear();
    this.#async.close(closedError());
    this.release();
  }

  /** As `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** `<EpollSelector registered=3>`, `<EpollSelector [closed]>`. Never throws. */
  toString(): string {
    const { name } = this.constructor;
    if (!(#closed in this)) return `<${name}>`;
    return this.#closed ? `<${name} [closed]>` : `<${name} registered=${this.registered.size}>`;
  }

  /** @internal */
  [inspect.custom](): string {
    return this.toString();
  }

  /** @internal */
  protected checkOpen(): void {
    if (this.#closed) throw closedError();
  }

  /** @internal */
  protected insert(fileobj: F, events: number, data: D, flags: number): SelectorKey<D, F> {
    this.checkOpen();
    checkEvents(events);
    const { registered } = this;
    const fd = registered.filenoOf(fileobj);
    if (registered.byFd[fd] !== undefined) {
      throw new KeyError(
        'ERR_ALREADY_REGISTERED',
        `${show(fileobj)} (descriptor ${fd}) is already registered`,
      );
    }
    const tag = registered.nextTag();
    this.watch(fd, events, tag, flags);
    const key = new SelectorKey(fileobj, fd, events, data);
    registered.add(key, tag);
    this.#async.changed(fd, events);
    return key;
  }

  /** @internal */
  protected update(
    key: SelectorKey<D, F>,
    events: number,
    data: D,
    flags: number,
    rewatch: boolean,
  ): SelectorKey<D, F> {
    if (!rewatch && data === key.data) return key;
    const { fd } = key;
    if (rewatch) {
      try {
        this.rewatch(fd, events, this.registered.tags[fd] as number, flags);
        this.#async.changed(fd, events);
      } catch (error) {
        this.drop(fd);
        throw error;
      }
    }
    const next = new SelectorKey(key.fileobj, fd, events, data);
    this.registered.replace(next);
    return next;
  }

  protected drop(fd: number): void {
    this.registered.delete(fd);
    this.unwatch(fd);
    this.#async.changed(fd, 0);
  }
}
