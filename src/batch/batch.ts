/** A selector whose sockets receive and send in batches. */
import { checkInteger, checkOptions, typeError, valueError } from '../arguments.js';
import { ValueError } from '../errors.js';
import { signalOf } from '../loop/abort.js';
import type { Wait } from '../native.js';
import type { WaitOptions } from '../selectors/base.js';
import { EpollSelector } from '../selectors/epoll.js';
import { tellError, tellSelect, waitBegins } from '../selectors/observe.js';
import { SOCK_DGRAM, SOCK_STREAM, Socket } from '../socket/index.js';
import { deadlineOf, remaining, type Timeout, toWait } from '../time.js';
import type { BatchEvent } from './event.js';
import { ADDRESS_BYTES, aligned, LINE } from './layout.js';
import { BatchSocket } from './socket.js';
import { State } from './state.js';

const MOST_ARENA = 0x4000_0000;
const FOUND = [true] as const;
const NOTHING = [] as const;

/** Options of a {@link Batch}. */
export interface BatchOptions {
  /** The most bytes that one `receive()` takes from all sockets, rounded up to a multiple of 64; 256 KiB by default. */
  readonly arena?: number;
  /** The most bytes that are kept for each socket; 1 MiB by default. A datagram that is kept counts as 132 bytes more. */
  readonly limit?: number;
}

/** Options of a socket in a {@link Batch}. */
export interface BatchSocketOptions {
  /** The most bytes of one event: 65,536 by default for a stream, 2,048 for a datagram, whose rest is lost. */
  readonly bufsize?: number;
  /** The most datagrams of one `receive()`; 16 by default, at most 64. */
  readonly datagrams?: number;
}

/** The data and the options of a socket; the data is optional only if `undefined` is a `D`. */
export type AddArguments<D> = undefined extends D
  ? [data?: D, options?: BatchSocketOptions]
  : [data: D, options?: BatchSocketOptions];

/**
 * Receives from all sockets that are ready in one call, and sends what is queued for many in another.
 *
 * A batch works on an {@link EpollSelector}: its sockets are registered there, beside descriptors of any kind that you register
 * as usual. {@link Batch.receive} waits for all of them, as `select()` does. For a socket of the batch, the bytes have
 * already arrived, in `arena`; for any other descriptor, the event says that it is ready.
 *
 * Guaranteed: the order of each socket's bytes, in and out. Closing a socket within a batch affects no other: its remaining
 * events are dropped. A socket that floods the server cannot starve the others: one call takes at most `bufsize` bytes of
 * each. Nothing is lost if a loop over the events ends early: the next one goes on with the rest.
 *
 * Not guaranteed: the order of the sockets.
 *
 * Linux: epoll_wait(2), then recv(2) or recvmmsg(2) for each socket, without returning to JavaScript in
 * between. A batch makes as many system calls as a selector, except for datagrams, but JavaScript makes two
 * native calls per batch instead of two per request.
 *
 * Python: has no equivalent.
 *
 * @typeParam D - the type of `key.data`.
 * @example
 * ```ts
 * import { EpollSelector } from 'fd-selectors';
 * import { Batch } from 'fd-selectors/batch';
 * import { socketpair } from 'fd-selectors/socket';
 * using sel = new EpollSelector<string>();
 * using batch = new Batch(sel);
 * const [server, client] = socketpair();
 * using conn = batch.add(server, 'a connection');
 * client.sendall(Buffer.from('ping'));
 * for (const event of batch.receive()) {
 *   assert.equal(event.key.data, 'a connection');
 *   event.socket?.send(event.bytes);
 * }
 * batch.flush();
 * assert.equal(client.recv(10).toString(), 'ping');
 * client.close();
 * ```
 */
export class Batch<D = unknown> {
  readonly #state: State<D>;
  #closed = false;

  /**
   * @param selector - where its sockets are registered; the batch does not close it.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  // biome-ignore lint/suspicious/noExplicitAny: as in BaseSelector, an unnamed file object is any.
  constructor(selector: EpollSelector<D, any>, options: BatchOptions = {}) {
    if (!(selector instanceof EpollSelector)) {
      throw typeError('selector', 'an instance of EpollSelector', selector);
    }
    const { arena = 256 * 1024, limit = 1024 * 1024 } = checkOptions(options, ['arena', 'limit']);
    checkInteger('options.arena', arena, 4 * LINE, MOST_ARENA);
    checkInteger('options.limit', limit, 1);
    this.#state = new State(selector, aligned(arena), limit);
  }

  /**
   * The memory that bytes arrive in: `event.start` and `event.end` are offsets in it. Parsing in place costs less than the
   * views that `event.bytes` creates. Each `receive()` overwrites it.
   */
  get arena(): Buffer<ArrayBuffer> {
    return this.#state.arena;
  }

  /**
   * Registers a socket for reading, and receives from it from now on.
   *
   * Guaranteed: if it throws, nothing is registered. A blocking socket never blocks here.
   *
   * @param sock - a connected stream, or a datagram socket.
   * @param rest - what becomes `key.data`, and options.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE` for an option, or for a `bufsize` that exceeds the arena;
   *   `ERR_INVALID_SOCKET_TYPE` unless the type is `SOCK_STREAM` or `SOCK_DGRAM`; `ERR_BATCH_CLOSED`.
   * @throws as `selector.register()` does.
   */
  add(sock: Socket, ...rest: AddArguments<D>): BatchSocket<D>;
  add(sock: Socket, data?: D, options: BatchSocketOptions = {}): BatchSocket<D> {
    this.#checkOpen();
    if (!(sock instanceof Socket)) throw typeError('sock', 'an instance of Socket', sock);
    const { type } = sock;
    if (type !== SOCK_STREAM && type !== SOCK_DGRAM) {
      throw valueError('ERR_INVALID_SOCKET_TYPE', 'sock.type', 'SOCK_STREAM or SOCK_DGRAM', type);
    }
    const stream = type === SOCK_STREAM;
    const { bufsize = stream ? 65_536 : 2048, datagrams = 16 } = checkOptions(options, [
      'bufsize',
      'datagrams',
    ]);
    const state = this.#state;
    const most = state.arenaBytes - (stream ? 0 : aligned(ADDRESS_BYTES) + LINE);
    checkInteger('options.bufsize', bufsize, 1, most);
    checkInteger('options.datagrams', datagrams, 1, 64);
    const socket = new BatchSocket<D>(state, sock, bufsize, stream ? 0 : datagrams);
    state.add(socket, data as D);
    return socket;
  }

  /**
   * Sends what is queued, waits, receives from every socket of the batch that is ready, and returns an iterator over the events.
   *
   * Guaranteed: it never returns before its timeout with no event, unless a signal arrives, as `select()`. If events of the
   * last call are left, it returns at once with those.
   *
   * @param timeout - seconds; omitted or `null`, it waits forever; zero or less does not wait.
   * @throws {@link ValueError} `ERR_INVALID_TIMEOUT`; `ERR_SELECTOR_CLOSED`, `ERR_BATCH_CLOSED`.
   * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for a timeout that is not a number.
   * @throws as `flush()` does.
   */
  receive(timeout?: Timeout): IterableIterator<BatchEvent<D>> {
    this.#checkOpen();
    const seconds = toWait(timeout);
    const { events, outgoing, receiver, selector } = this.#state;
    outgoing.flush();
    // What was left, in place, must not be overwritten.
    if (events.left) return events;
    const since = waitBegins();
    try {
      this.#wait(events.any ? 0 : seconds, seconds === 0 ? 0 : deadlineOf(seconds));
    } catch (error) {
      throw tellError(selector, 'select', error);
    }
    if (since !== 0) tellSelect(selector, timeout, receiver.found(), since, false);
    // Nothing is readable any more, so a pending wait would not learn of what a loop leaves.
    if (this.#state.waiting && events.left) receiver.set.askSoon();
    return events;
  }

  #wait(seconds: Wait, deadline: number): void {
    const state = this.#state;
    const { receiver } = state;
    let left = seconds;
    while (!state.collect(left) && (receiver.count > 0 || state.early)) {
      if (receiver.haunted && !receiver.pause(left)) return;
      left = remaining(deadline);
      if (left === 0) return;
    }
  }

  /**
   * As `receive()`, on Node's event loop: resolves to the events without blocking the thread.
   *
   * Guaranteed: while it waits, what `send()` queues is sent without a call of `flush()`, before the loop turns.
   *
   * @param timeout - seconds, as for `receive`.
   * @throws (rejects with) what {@link EpollSelector.selectAsync} and `receive()` throw.
   * @example
   * ```ts
   * import { EpollSelector } from 'fd-selectors';
   * import { Batch } from 'fd-selectors/batch';
   * import { socketpair } from 'fd-selectors/socket';
   * using sel = new EpollSelector();
   * using batch = new Batch(sel);
   * const [server, client] = socketpair();
   * using conn = batch.add(server);
   * setTimeout(() => client.sendall(Buffer.from('ping')), 10);
   * for (const event of await batch.receiveAsync(5)) assert.equal(event.bytes.toString(), 'ping');
   * client.close();
   * ```
   */
  async receiveAsync(timeout?: Timeout, options: WaitOptions = {}): Promise<IterableIterator<BatchEvent<D>>> {
    const signal = signalOf(options);
    this.#checkOpen();
    const state = this.#state;
    state.outgoing.flush();
    if (state.events.left) return state.events;
    const since = waitBegins();
    state.waits++;
    try {
      await state.receiver.set.waitAsync(this.#ask, timeout, signal);
    } catch (error) {
      // Ended by its owner, which is not an error.
      throw this.#isOver(error, signal) ? error : tellError(state.selector, 'selectAsync', error);
    } finally {
      state.waits--;
    }
    if (since !== 0) tellSelect(state.selector, timeout, state.receiver.found(), since, true);
    return state.events;
  }

  readonly #ask = (): readonly true[] => {
    const { events, receiver } = this.#state;
    // A loop over another wait's events has left them, in place: they must not be overwritten.
    if (events.left) return FOUND;
    let found = this.#state.collect(0);
    // What the rows had no room for is not reported again.
    while (!found && receiver.full && !receiver.haunted) found = this.#state.collect(0);
    if (!found) this.#state.retrySoon();
    return found ? FOUND : NOTHING;
  };

  /**
   * Iterates over the events, batch after batch, as {@link Batch.receiveAsync} finds them.
   *
   * Guaranteed: the iteration ends without an error on `break`, when the signal is aborted, and when the batch or its selector
   * is closed. What a `break` leaves of a batch is reported by the next wait.
   *
   * @throws {@link ValueError} `ERR_BATCH_CLOSED`; during the iteration, what `receiveAsync` rejects with.
   */
  events(options: WaitOptions = {}): AsyncGenerator<BatchEvent<D>, void, void> {
    const signal = signalOf(options);
    this.#checkOpen();
    return this.#eventsUntil(signal);
  }

  async *#eventsUntil(signal: AbortSignal | undefined): AsyncGenerator<BatchEvent<D>, void, void> {
    while (!this.#closed && signal?.aborted !== true) {
      let batch: IterableIterator<BatchEvent<D>>;
      try {
        batch = await this.receiveAsync(undefined, { signal });
      } catch (error) {
        if (this.#isOver(error, signal)) return;
        throw error;
      }
      for (const event of batch) {
        yield event;
        if (this.#closed || signal?.aborted) return;
      }
    }
  }

  /** Whether a wait failed because its owner ended it. */
  #isOver(error: unknown, signal: AbortSignal | undefined): boolean {
    const { code } = error as { code?: unknown };
    return this.#closed || signal?.aborted === true || code === 'ERR_SELECTOR_CLOSED';
  }

  /**
   * Sends what is queued now, in one call. What the kernel does not take is kept.
   *
   * @throws what the selector throws if it cannot watch for when a socket is writable, such as `OSError` `ENOSPC`.
   *   Nothing is lost by that, and the batch tries again every 10 ms as long as it waits.
   */
  flush(): void {
    this.#state.outgoing.flush();
  }

  /** Sends what is queued, and takes all sockets out of the batch and the selector. They stay open, and so does the selector. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#state.outgoing.push();
    for (const socket of Object.values(this.#state.events.sockets)) socket?.remove();
  }

  /** Calls `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #checkOpen(): void {
    if (this.#closed) throw new ValueError('ERR_BATCH_CLOSED', 'The batch is closed');
  }
}
