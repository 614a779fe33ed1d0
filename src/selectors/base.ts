/** The base of all selectors: the registrations and their rules. */
import { inspect } from 'node:util';
import { show } from '../arguments.js';
import { KeyError, ValueError } from '../errors.js';
import type { FileObject } from '../fileno.js';
import { signalOf } from '../loop/abort.js';
import type { Wait } from '../native.js';
import { type Timeout, toWait } from '../time.js';
import { AsyncSelect } from './async.js';
import './debug.js';
import { checkEvents } from './events.js';
import { type Ready, SelectorKey } from './key.js';
import { Keys } from './keys.js';
import { SelectorMap } from './map.js';
import {
  tellClose,
  tellError,
  tellModify,
  tellRegister,
  tellSelect,
  tellUnregister,
  waitBegins,
} from './observe.js';

/** The `data` argument; optional only if `undefined` is a `D`. */
export type DataArgument<D> = undefined extends D ? [data?: D] : [data: D];

function closedError(): ValueError {
  return new ValueError('ERR_SELECTOR_CLOSED', 'The selector is closed');
}

/** How a message refers to a file object. */
function nameOf(fileobj: FileObject, fd: number): string {
  return typeof fileobj === 'number' ? `File descriptor ${fd}` : `File descriptor ${fd} (${show(fileobj)})`;
}

/** Options of a wait on Node's event loop. */
export interface WaitOptions {
  /** Aborting it ends the wait. */
  signal?: AbortSignal | undefined;
}

/**
 * Watches any number of descriptors and reports which are ready.
 *
 * The base class owns the registrations; a subclass owns the state of one system call. A selector
 * belongs to one thread. It never closes a registered descriptor: unregister each before you close it.
 *
 * Python: `selectors.BaseSelector`.
 *
 * @typeParam D - the type of `key.data`.
 * @typeParam F - the type of `key.fileobj`; if omitted, `key.fileobj` is `any`.
 */
export abstract class BaseSelector<D = unknown, F extends FileObject = any> {
  /** @internal */
  protected readonly registered = new Keys<D, F>();
  readonly #map = new SelectorMap(this.registered);
  #closed = false;
  readonly #async = new AsyncSelect<D, F>({
    selector: this,
    registered: this.registered,
    descriptor: () => this.loopDescriptor(),
    select: () => {
      this.checkOpen();
      return this.wait(0);
    },
    restore: (key) => this.restore(key),
  });

  /**
   * Waits, and returns a new `[key, events]` pair for each ready descriptor; `events` are those of
   * `key.events` that are ready.
   *
   * Guaranteed: one call reports everything that is ready. It never returns before its timeout with
   * nothing ready, unless a signal arrives: then it returns what is ready, possibly nothing, and
   * JavaScript's signal handlers run once the caller yields. Errors and hang-ups set every requested
   * event; the next read or write returns the error.
   *
   * Not guaranteed: the order of the pairs.
   *
   * Python: goes on waiting after a signal, and rounds the timeouts of poll and epoll up to a
   * millisecond; here they have nanosecond precision.
   *
   * @param timeout - seconds; omitted or `null`, it waits forever; zero or less does not wait.
   * @throws {@link ValueError} `ERR_INVALID_TIMEOUT` for NaN and Infinity; `ERR_SELECTOR_CLOSED`.
   * @throws {@link OSError} `EBADF` from `SelectSelector`, if a registered descriptor is closed.
   * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for a timeout that is not a number.
   */
  select(timeout?: Timeout): Ready<D, F>[] {
    const since = waitBegins();
    try {
      this.checkOpen();
      const ready = this.wait(toWait(timeout));
      tellSelect(this, timeout, ready, since, false);
      return ready;
    } catch (error) {
      throw tellError(this, 'select', error);
    }
  }

  /** Waits, and returns what is ready: the system call of {@link BaseSelector.select}. */
  protected abstract wait(seconds: Wait): Ready<D, F>[];

  /**
   * Resolves to what {@link BaseSelector.select} would return, without blocking Node's event loop and
   * without a thread.
   *
   * Guaranteed: `register`, `modify` and `unregister` take effect at once, even during the wait. It never
   * resolves before its timeout with nothing ready. Timers and other input get their turn even if
   * something is always ready. A pending wait keeps the process alive unless {@link BaseSelector.unref}
   * was called.
   *
   * Not guaranteed: the precision of `select`; timeouts are those of Node's timers, rounded up to a
   * millisecond. Nor that it notices a registered descriptor being closed (see each class).
   *
   * Python: has no equivalent; `asyncio` is built on top of `selectors`.
   *
   * @param timeout - seconds, as for `select`.
   * @throws (rejects with) the signal's reason if it is aborted; the selector stays usable.
   * @throws (rejects with) {@link ValueError} `ERR_WAIT_PENDING` while another wait is pending;
   *   `ERR_SELECTOR_CLOSED`, also if it is closed during the wait; otherwise as `select` does.
   * @throws (rejects with) {@link OSError} `ELOOP` if epoll sets are nested too deeply; `EMFILE` if no descriptor
   *   is available for the first wait of a thread, in Bun and Deno `EAGAIN` if no thread is.
   * @throws (rejects with) `TypeError` `ERR_INVALID_ARG_TYPE` for a signal that is not an AbortSignal.
   * @example
   * ```ts
   * import { DefaultSelector, EVENT_READ } from 'fd-selectors';
   * import { pipe } from 'fd-selectors/fds';
   * using sel = new DefaultSelector();
   * const [reader, writer] = pipe();
   * sel.register(reader, EVENT_READ, 'the pipe');
   * setTimeout(() => writer.write(Buffer.from('ping')), 10);
   * for (const [key, events] of await sel.selectAsync(5)) {
   *   assert.equal(key.data, 'the pipe');
   *   assert.equal(events, EVENT_READ);
   * }
   * reader.close();
   * writer.close();
   * ```
   */
  selectAsync(timeout?: Timeout, options: WaitOptions = {}): Promise<Ready<D, F>[]> {
    try {
      const signal = signalOf(options);
      this.checkOpen();
      return this.#async.selectAsync(timeout, signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Iterates over the ready `[key, events]` pairs, batch after batch, as {@link BaseSelector.selectAsync}
   * finds them.
   *
   * Guaranteed: the next wait begins once a batch is handled, so whatever is still ready is reported
   * again. A descriptor that is unregistered or modified while a batch is handled is not reported with its
   * old registration. What a `break` leaves of a batch is reported by the next wait, also if it is edge-triggered or
   * one-shot. The iteration ends without an error on `break`, when the signal is aborted, and
   * when the selector is closed.
   *
   * @throws {@link ValueError} `ERR_SELECTOR_CLOSED`; during the iteration, what `selectAsync` rejects with.
   */
  events(options: WaitOptions = {}): AsyncGenerator<Ready<D, F>, void, void> {
    const signal = signalOf(options);
    this.checkOpen();
    return this.#async.events(signal);
  }

  /** Makes a pending wait keep the process alive, which is the default. */
  ref(): this {
    return this.#setRef(true);
  }

  /** Lets the process exit while a wait is pending. */
  unref(): this {
    return this.#setRef(false);
  }

  /** Returns whether a pending wait keeps the process alive. */
  hasRef(): boolean {
    return this.#async.hasRef;
  }

  #setRef(on: boolean): this {
    this.checkOpen();
    this.#async.setRef(on);
    return this;
  }

  /** @internal */
  protected get waits(): AsyncSelect<D, F> {
    return this.#async;
  }

  /** Returns an epoll descriptor that is readable when something is ready; without one, the base makes one. */
  protected loopDescriptor(): number | undefined {
    return undefined;
  }

  /** Replaces the epoll set of {@link BaseSelector.loopDescriptor}; both are open. `false` if the kernel refuses. */
  protected moveLoopDescriptor(epfd: number): boolean {
    return this.#async.move(epfd);
  }

  /** A ready registration was not delivered: makes sure that it is reported again. */
  protected restore(_key: SelectorKey<D, F>): void {}

  /** Starts to watch `fd`; throws if the kernel refuses. */
  protected abstract watch(fd: number, events: number, tag: number, flags: number): void;
  /** Changes the events that `fd` is watched for; throws if the kernel refuses. */
  protected abstract rewatch(fd: number, events: number, tag: number, flags: number): void;
  /** Stops watching `fd`, which may be closed already; never throws. */
  protected abstract unwatch(fd: number): void;
  /** Releases the state of the system call. */
  protected abstract release(): void;

  /**
   * Registers a descriptor, or an object that has one, and returns its key.
   *
   * Guaranteed: if it throws, nothing is registered.
   *
   * @param events - a combination of `EVENT_READ`, `EVENT_WRITE` and `EVENT_PRIORITY`.
   * @param data - becomes `key.data`.
   * @throws {@link ValueError} `ERR_INVALID_EVENTS`, `ERR_INVALID_FD`, `ERR_SELECTOR_CLOSED`; for
   *   `SelectSelector`, `ERR_FD_OUT_OF_RANGE` for FD_SETSIZE and above.
   * @throws {@link KeyError} `ERR_ALREADY_REGISTERED` if the descriptor is registered, even through another object.
   * @throws {@link OSError} if the kernel refuses; for `EpollSelector`, `EBADF` for a closed descriptor
   *   and `EPERM` for a regular file.
   */
  register<G extends F>(fileobj: G & FileObject, events: number, ...data: DataArgument<D>): SelectorKey<D, G>;
  register(fileobj: F, events: number, data?: D): SelectorKey<D, F> {
    try {
      return this.insert(fileobj, events, data as D, 0);
    } catch (error) {
      throw tellError(this, 'register', error);
    }
  }

  /**
   * Ends a registration, and returns its key.
   *
   * Guaranteed: it also works for a closed descriptor, and for an object that no longer has one.
   *
   * @throws {@link KeyError} `ERR_NOT_REGISTERED`.
   * @throws {@link ValueError} `ERR_INVALID_FD`, `ERR_SELECTOR_CLOSED`.
   */
  unregister(fileobj: F | number): SelectorKey<D, F> {
    try {
      const key = this.getKey(fileobj);
      this.drop(key);
      return key;
    } catch (error) {
      throw tellError(this, 'unregister', error);
    }
  }

  /**
   * Changes the events and the data of a registration, and returns its new key, or the same one if
   * nothing changed.
   *
   * Guaranteed: a change of the data alone makes no system call.
   *
   * Not guaranteed: that the registration survives an {@link OSError}. If the kernel refuses, it ends.
   *
   * Python: `SelectSelector` replaces `key.fileobj` with the object passed; here it stays the registered
   * one. `PollSelector` and `EpollSelector` accept invalid events.
   *
   * @param events - a combination of `EVENT_READ`, `EVENT_WRITE` and `EVENT_PRIORITY`.
   * @param data - becomes `key.data`; if omitted, that is `undefined`.
   * @throws {@link KeyError} `ERR_NOT_REGISTERED`.
   * @throws {@link ValueError} `ERR_INVALID_EVENTS` (the registration stays), `ERR_INVALID_FD`, `ERR_SELECTOR_CLOSED`.
   * @throws {@link OSError} if the kernel refuses.
   */
  modify(fileobj: F | number, events: number, ...data: DataArgument<D>): SelectorKey<D, F>;
  modify(fileobj: F | number, events: number, data?: D): SelectorKey<D, F> {
    try {
      const key = this.getKey(fileobj);
      checkEvents(events);
      return this.update(key, events, data as D, 0, events !== key.events);
    } catch (error) {
      throw tellError(this, 'modify', error);
    }
  }

  /**
   * Returns the key of a descriptor or a registered object.
   *
   * @throws {@link KeyError} `ERR_NOT_REGISTERED`.
   * @throws {@link ValueError} `ERR_INVALID_FD`, `ERR_SELECTOR_CLOSED`.
   */
  getKey(fileobj: F | number): SelectorKey<D, F> {
    this.checkOpen();
    const fd = this.registered.filenoOf(fileobj);
    // fileno() is the user's code, and may have closed this selector.
    this.checkOpen();
    const key = this.registered.byFd[fd];
    if (key !== undefined) return key;
    throw new KeyError('ERR_NOT_REGISTERED', `${nameOf(fileobj, fd)} is not registered`);
  }

  /**
   * Returns the registrations as a live, read-only map from descriptor to key.
   *
   * @throws {@link ValueError} `ERR_SELECTOR_CLOSED`.
   */
  getMap(): SelectorMap<D, F> {
    this.checkOpen();
    return this.#map;
  }

  /** Ends all registrations; the descriptors stay open. Closing the selector again does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    tellClose(this, this.registered.size);
    this.registered.clear();
    this.#async.close(closedError());
    this.release();
  }

  /** Calls `close()`, for `using`. */
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
    // fileno() is the user's code, and may have closed this selector.
    this.checkOpen();
    if (registered.byFd[fd] !== undefined) {
      throw new KeyError('ERR_ALREADY_REGISTERED', `${nameOf(fileobj, fd)} is already registered`);
    }
    const tag = registered.nextTag();
    this.watch(fd, events, tag, flags);
    const key = new SelectorKey(fileobj, fd, events, data);
    registered.add(key, tag);
    this.#async.changed(fd, events);
    tellRegister(this, key);
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
        this.drop(key);
        throw error;
      }
    }
    const next = new SelectorKey(key.fileobj, fd, events, data);
    this.registered.replace(next);
    tellModify(this, next, key);
    return next;
  }

  protected drop(key: SelectorKey<D, F>): void {
    const { fd } = key;
    this.registered.delete(fd);
    this.unwatch(fd);
    this.#async.changed(fd, 0);
    tellUnregister(this, key);
  }
}
