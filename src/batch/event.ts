/** What a batch reports. */
import { EAGAIN, type OSError, osError } from '../errors.js';
import { constant } from '../native.js';
import { EVENT_READ } from '../selectors/events.js';
import type { SelectorKey } from '../selectors/key.js';
import type { Address } from '../socket/index.js';
import { SockAddr } from '../socket/sockaddr.js';
import { ADDRESS_BYTES } from './layout.js';
import type { BatchSocket } from './socket.js';

const MSG_TRUNC = constant('MSG_TRUNC');
const sender = new SockAddr();

/** The memory that events point into. */
type Arena = Buffer<ArrayBuffer>;

/**
 * What happened on one descriptor: bytes arrived, a stream ended, a socket has room again, or an ordinary
 * registration of the selector is ready.
 *
 * Guaranteed: the bytes that arrived stay in place until the next `receive()`, which overwrites them.
 *
 * @typeParam D - the type of `key.data`.
 */
export class BatchEvent<D = unknown> {
  /** The registration. */
  // biome-ignore lint/suspicious/noExplicitAny: as in BaseSelector, an unnamed file object is any.
  readonly key: SelectorKey<D, any>;
  /** The socket of the batch; `undefined` for an ordinary registration. */
  readonly socket: BatchSocket<D> | undefined;
  /** What is ready, as `select()` reports it: a combination of `EVENT_READ`, `EVENT_WRITE` and `EVENT_PRIORITY`. */
  readonly events: number;
  /** Where they begin in `batch.arena`. */
  readonly start: number;
  readonly #arena: Arena;
  /** How many bytes arrived, or why none did: `-errno`. */
  readonly #result: number;
  readonly #flags: number;

  /** @internal */
  constructor(
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    key: SelectorKey<D, any>,
    socket: BatchSocket<D> | undefined,
    events: number,
    arena: Arena,
    start: number,
    result: number,
    flags: number,
  ) {
    this.key = key;
    this.socket = socket;
    this.events = events;
    this.#arena = arena;
    this.start = start;
    this.#result = result;
    this.#flags = flags;
  }

  /** How many bytes arrived. */
  get length(): number {
    return this.#result > 0 ? this.#result : 0;
  }

  /** Where the bytes that arrived end in `batch.arena`. */
  get end(): number {
    return this.start + this.length;
  }

  /** The bytes that arrived, as a view of the arena: copy what you keep. */
  get bytes(): Buffer<ArrayBuffer> {
    return this.#arena.subarray(this.start, this.start + this.length);
  }

  /**
   * Why receiving or sending failed; `undefined` if it did not.
   *
   * Linux: `EAGAIN` says that the socket has errors in its error queue, as `IP_RECVERR` asks for. It is reported until you
   * have read them, by `recvmsg()` with `MSG_ERRQUEUE`.
   */
  get error(): OSError | undefined {
    if (this.#result >= 0) return undefined;
    return osError(this.#result, (this.events & EVENT_READ) === 0 ? 'send' : 'recv');
  }

  /** Whether nothing more will arrive: the peer has ended the stream, or the socket has failed. */
  get ended(): boolean {
    if (this.socket === undefined || !this.socket.isStream) return false;
    if (this.#result < 0) return this.#result !== -EAGAIN;
    return (this.events & EVENT_READ) !== 0 && this.length === 0;
  }

  /** The sender of a datagram; `''` for a sender without a name, and for every other event. */
  get address(): Address {
    if (this.socket === undefined || this.socket.isStream || this.start < ADDRESS_BYTES) return '';
    sender.words.set(new Int32Array(this.#arena.buffer, this.start - ADDRESS_BYTES, ADDRESS_BYTES / 4));
    return sender.decode(this.socket.fileobj.proto);
  }

  /** Whether the datagram was longer than the socket's `bufsize`: the rest is lost. */
  get truncated(): boolean {
    return (this.#flags & MSG_TRUNC) !== 0;
  }
}
