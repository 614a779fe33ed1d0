/** What a ring is without its operations: opening, completions, cancelling, closing. */
import { inspect } from 'node:util';
import { checkInteger, checkOptions, typeError } from '../arguments.js';
import { ValueError } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { signalOf } from '../loop/abort.js';
import { type Timeout, toWait } from '../time.js';
import { mostSize } from './buffers.js';
import type { Completed, Completion } from './completion.js';
import { Engine } from './engine.js';
import { type Operation, type OperationName, Submitted } from './operation.js';
import { Notice } from './wait.js';

/** The `data` argument; optional only if `undefined` is a `D`. */
export type DataArgument<D> = undefined extends D ? [data?: D] : [data: D];

/** Options of a ring. */
export interface RingOptions {
  /** The most operations that are prepared before they are submitted. The default is 256. */
  readonly entries?: number;
  /** How many completions the queue holds; more than that slow the kernel down. The default is four times `entries`. */
  readonly completions?: number;
  /** How many buffers all receives share. The default is 1,024. */
  readonly buffers?: number;
  /**
   * The size of each buffer in bytes: the most that one receive completes with. The default is 16,384. All of them
   * together are less than 4 GiB.
   */
  readonly bufferSize?: number;
  /** The most memory, in bytes, that all other operations may use: bytes to send, to write and to read. The default is 64 MiB. */
  readonly memory?: number;
}

/** Options of a wait on Node's event loop. */
export interface RingWaitOptions {
  /** Aborting it ends the wait. */
  signal?: AbortSignal | undefined;
}

const NAMES = ['entries', 'completions', 'buffers', 'bufferSize', 'memory'];
const MOST_ENTRIES = 32768;

function powerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}

function engineOf<D>(options: RingOptions): Engine<D> {
  const {
    entries = 256,
    buffers = 1024,
    bufferSize = 16384,
    memory = 2 ** 26,
  } = checkOptions(options, NAMES);
  checkInteger('options.entries', entries, 1, MOST_ENTRIES);
  const { completions = Math.min(4 * entries, 2 * MOST_ENTRIES) } = options;
  checkInteger('options.completions', completions, powerOfTwo(entries), 2 * MOST_ENTRIES);
  checkInteger('options.buffers', buffers, 2, MOST_ENTRIES);
  const count = powerOfTwo(buffers);
  checkInteger('options.bufferSize', bufferSize, 1, Math.min(2 ** 24, mostSize(count)));
  checkInteger('options.memory', memory, 0, Number.MAX_SAFE_INTEGER);
  return new Engine({ entries, completions, buffers: count, bufferSize, memory });
}

/** The base of {@link Ring}. */
export class RingBase<D = undefined> implements Disposable {
  readonly #engine: Engine<D>;
  #notice: Notice<D> | undefined;
  #hasRef = true;
  readonly #batch = (): Completed<D>[] => this.engine().batch(0);

  /**
   * @throws {@link OSError} `ENOSYS` if the kernel has no io_uring or is older than 5.11, `EPERM` where it is
   *   forbidden, `ENOMEM` if it does not fit into RLIMIT_MEMLOCK, `EMFILE`. {@link available} says why.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  constructor(options: RingOptions = {}) {
    this.#engine = engineOf(options);
  }

  /**
   * Submits what was prepared, waits until something is complete, and returns all that is, in order of completion:
   * one system call, or none if there is nothing to submit.
   *
   * Guaranteed: the completions of one operation come in order. It never returns before its timeout with nothing
   * complete, unless a signal arrives: then it returns `[]`, and JavaScript's signal handlers run once the caller
   * yields.
   *
   * Not guaranteed: the order of two operations. The bytes of a completion last until the next call of this method.
   *
   * @param timeout - seconds; omitted or `null`, it waits forever, even if no operation is pending; zero or less does not
   *   wait.
   * @throws {@link ValueError} `ERR_CLOSED`, `ERR_INVALID_TIMEOUT`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   * @throws {@link OSError} `EAGAIN` or `ENOMEM` if the kernel lacks memory.
   */
  completions(timeout?: Timeout): Completion<D>[] {
    const engine = this.engine();
    const wait = toWait(timeout);
    return engine.batch(wait);
  }

  /**
   * Resolves to what `completions()` would return, without blocking Node's event loop and without a thread.
   *
   * Guaranteed: what is prepared during the wait is submitted at once. Timers and other input get their turn
   * even if something is always complete. A pending wait keeps the process alive unless `unref()` was called.
   *
   * Not guaranteed: the precision of `completions()`; timeouts are rounded up to a millisecond. It costs about twice as
   * much as `completions()`: an eventfd(2) tells Node's loop of each completion.
   *
   * @param timeout - seconds, as for `completions()`.
   * @throws (rejects with) the signal's reason if it is aborted; the ring stays usable.
   * @throws (rejects with) {@link ValueError} `ERR_WAIT_PENDING` while another wait is pending; `ERR_CLOSED`, also if
   *   it is closed during the wait; otherwise as `completions()` does.
   * @throws (rejects with) {@link OSError} `EMFILE`.
   * @example
   * ```ts
   * import { Ring } from 'fd-selectors/uring';
   * using ring = new Ring<string>();
   * ring.timeout(0.01, 'ten milliseconds');
   * for (const { data, result } of await ring.completionsAsync(5)) {
   *   assert.equal(data, 'ten milliseconds');
   *   assert.equal(result, 0);
   * }
   * ```
   */
  completionsAsync(timeout?: Timeout, options: RingWaitOptions = {}): Promise<Completion<D>[]> {
    try {
      const signal = signalOf(options);
      return this.#noticed().completions(timeout, signal, this.#batch);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Submits what was prepared, without a wait. You need it only to start operations early: `completions()` submits, too.
   *
   * @throws as `completions()` does.
   */
  submit(): void {
    this.engine().submit();
  }

  /**
   * Cancels an operation. It still completes: with `-ECANCELED`, or with its result if it was done first. A send that is
   * cancelled in the middle completes with the number of bytes that it has sent.
   *
   * @returns whether it was still pending.
   * @throws {@link ValueError} `ERR_CLOSED`; `TypeError` `ERR_INVALID_ARG_TYPE` for what is not an operation.
   * @example
   * ```ts
   * import { Ring } from 'fd-selectors/uring';
   * using ring = new Ring();
   * const hour = ring.timeout(3600);
   * assert.equal(ring.cancel(hour), true);
   * const [completion] = ring.completions(5);
   * assert.equal(completion?.operation, hour);
   * assert.equal(completion.error?.code, 'ECANCELED');
   * assert.equal(ring.cancel(hour), false);
   * ```
   */
  cancel(operation: Operation<D>): boolean {
    const engine = this.engine();
    if (!(operation instanceof Submitted)) throw typeError('operation', 'an operation of a Ring', operation);
    return engine.cancel(operation);
  }

  /**
   * Returns a descriptor that is readable while there are completions to take: register the ring itself with a selector,
   * and call `completions(0)` when it is ready.
   *
   * Linux: an eventfd(2), because epoll is not told about completions that the kernel defers.
   *
   * @throws {@link ValueError} `ERR_CLOSED`; {@link OSError} `EMFILE`.
   * @example
   * ```ts
   * import { EVENT_READ, EpollSelector } from 'fd-selectors';
   * import { Ring } from 'fd-selectors/uring';
   * using sel = new EpollSelector();
   * using ring = new Ring();
   * sel.register(ring, EVENT_READ);
   * ring.timeout(0.01);
   * ring.submit();
   * while (sel.select(5).length === 0); // a signal may end a wait early
   * assert.equal(ring.completions(0).length, 1);
   * ```
   */
  fileno(): number {
    return this.#noticed().fd;
  }

  /** Makes a pending `completionsAsync()` keep the process alive, which is the default. */
  ref(): void {
    this.#hasRef = true;
    this.#notice?.setRef(true);
  }

  /** Lets the process end during a pending `completionsAsync()`. */
  unref(): void {
    this.#hasRef = false;
    this.#notice?.setRef(false);
  }

  /**
   * Cancels all operations, waits until they have ended, and closes the ring. Descriptors stay open, except those passed to
   * `closeFd()`, and those that `accept` or `openat` returned in completions that were never taken; bytes that are not sent
   * are lost. Closing it again does nothing.
   *
   * Guaranteed: afterwards, the kernel neither uses the memory of the ring nor takes bytes from any socket.
   */
  close(): void {
    const engine = this.#engine;
    if (engine.queues.fd < 0) return;
    this.#notice?.close(new ValueError('ERR_CLOSED', 'The ring was closed during the wait'));
    this.#notice = undefined;
    engine.end();
  }

  /** Calls `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** `<Ring fd=7>`, `<Ring [closed]>`. Never throws. */
  toString(): string {
    if (!(#engine in this)) return '<Ring>';
    const { fd } = this.#engine.queues;
    return fd < 0 ? '<Ring [closed]>' : `<Ring fd=${fd}>`;
  }

  /** @internal */
  [inspect.custom](): string {
    return this.toString();
  }

  /** @internal */
  protected engine(): Engine<D> {
    if (this.#engine.queues.fd < 0) throw new ValueError('ERR_CLOSED', 'The Ring is closed');
    return this.#engine;
  }

  /**
   * The descriptor of an operation.
   *
   * @internal
   */
  protected descriptor(fd: FileObject): number {
    const descriptor = filenoOf(fd, 'fd');
    if (!this.engine().descriptors.isClosing(descriptor)) return descriptor;
    throw new ValueError('ERR_CLOSED', `closeFd() is closing descriptor ${descriptor}`);
  }

  /** @internal */
  protected make(op: OperationName, fd: FileObject, data: D | undefined, code: number): Submitted<D> {
    return this.engine().make(op, this.descriptor(fd), data as D, code);
  }

  #noticed(): Notice<D> {
    const engine = this.engine();
    if (this.#notice === undefined) {
      this.#notice = new Notice(engine);
      this.#notice.setRef(this.#hasRef);
    }
    return this.#notice;
  }
}
