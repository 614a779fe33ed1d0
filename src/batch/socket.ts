/** A socket in a batch. */
import { type Bytes, checkInteger, toBytes, valueError } from '../arguments.js';
import { EAGAIN, EBADF, errnoOf, OSError, osError } from '../errors.js';
import { native } from '../native.js';
import { EVENT_READ, EVENT_WRITE } from '../selectors/events.js';
import type { SelectorKey } from '../selectors/key.js';
import { encode } from '../socket/address.js';
import { type AddressLike, SHUT_WR, SOCK_STREAM, type Socket } from '../socket/index.js';
import { SockAddr } from '../socket/sockaddr.js';
import { lengthOf, offsetOf, viewOf } from './copy.js';
import type { Home } from './home.js';
import { type Kept, keepBytes, keepDatagram, sendKept } from './kept.js';
import { ADDRESS_BYTES, DATAGRAM_TO, SEND_FLAGS } from './layout.js';

/** So many bytes are not copied: that would cost more than a call of their own. */
const LARGE = 16 * 1024;
const EMSGSIZE = errnoOf('EMSGSIZE');
const EPIPE = errnoOf('EPIPE');
const recipient = new SockAddr();
/** What most sockets keep. One for all of them: an array of each would be one more thing to fetch. */
const NOTHING: Kept[] = [];

/**
 * A socket in a {@link Batch}: it receives with the others, and what it sends goes out with theirs.
 *
 * What the kernel does not take at once is kept, in order, and sent when the socket is writable. While more than half of the
 * batch's `limit` is kept, nothing is received from the socket, so a peer that sends but does not read holds up
 * only itself.
 *
 * Not guaranteed: that `fileobj` may be used directly. Its own `send()` would overtake what is queued, and if its `close()`
 * were called, what is queued might reach the next owner of the descriptor.
 */
export class BatchSocket<D = unknown> {
  // First what every event and every send looks at, so that it is in two lines of the processor's cache.
  /** Its descriptor. */
  readonly fd: number;
  /** Tags of events that are not older than this are for this socket. @internal */
  since = 0;
  /** The present registration, or the last one. @internal */
  key: SelectorKey<D, Socket> | undefined;
  /** Whether it is a stream; otherwise, it carries datagrams. */
  readonly isStream: boolean;
  /** Whether nothing forbids `send()`: it has not left the batch or failed, and does not end. */
  #open = true;
  readonly #home: Home<BatchSocket<D>>;
  /** Bytes that were passed to `send()`, and that the kernel has not taken. */
  pending = 0;
  /** @internal */
  lastRow = -1;
  /** @internal */
  lastBatch = 0;
  #kept = NOTHING;
  #errno = 0;
  /** The socket that was added. */
  readonly fileobj: Socket;
  /** The most bytes that one event has. */
  readonly bufsize: number;
  /** The most datagrams of one batch; 0 for a stream. @internal */
  readonly datagrams: number;
  /** The events of the present registration. @internal */
  events = 0;
  #paused = false;
  #ended = false;
  #closed = false;
  /** What is to be done once all is sent. */
  #last: 'nothing' | 'shutdown' | 'close' = 'nothing';
  /** Whether the kernel called it writable, and took nothing: that says nothing of when it will. */
  #stuck = false;
  /** Whether `send()` has fallen short. */
  #wants = false;

  /** @internal */
  constructor(home: Home<BatchSocket<D>>, fileobj: Socket, bufsize: number, datagrams: number) {
    this.#home = home;
    this.fileobj = fileobj;
    this.fd = fileobj.fileno();
    this.isStream = fileobj.type === SOCK_STREAM;
    this.bufsize = bufsize;
    this.datagrams = datagrams;
  }

  /** Whether it has left the batch. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether something is kept until the socket is writable. @internal */
  get blocked(): boolean {
    return this.#kept.length > 0;
  }

  /**
   * Queues bytes, and returns how many: all, or as many as the limit leaves room for, possibly none. Once it has returned less
   * than all, an event with `EVENT_WRITE` says that everything queued has been sent.
   *
   * They are sent by the next `receive()` or `flush()` of the batch. Bytes of `batch.arena`, such as those that have just
   * arrived, are not copied: do not change them before that. Any others are copied at once; of 16 KiB or more, only what the
   * kernel does not take at once.
   *
   * Guaranteed: the order. A datagram is queued whole or not at all. For an empty one, the result is 0 in either case.
   *
   * Not guaranteed: that the peer gets them. If sending fails, the next `receive()` reports an event with that `error`.
   *
   * @param start - the first byte, by default 0.
   * @param end - one past the last byte, by default the length in bytes.
   * @throws {@link OSError} `EBADF` if the socket has left the batch; the error that ended sending, such as
   *   {@link BrokenPipeError} `EPIPE` and {@link ConnectionResetError} `ECONNRESET`.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  send(data: Bytes, start = 0, end?: number): number {
    const length = this.#check(data, start, end);
    const offset = offsetOf(data, start, this.#home);
    if (offset < 0 && length >= LARGE && this.isStream) return this.#sendLarge(data, start, length);
    const taken = this.#fit(length);
    if (taken < 0 || (taken === 0 && this.isStream)) return 0;
    this.pending += taken;
    if (!this.isStream) this.#sendDatagram(data, start, taken, null);
    else if (offset >= 0) this.#sendInPlace(offset, taken);
    else this.#sendCopies(data, start, taken);
    if (this.#home.outgoing.count > 0) this.#home.queued();
    return taken;
  }

  /**
   * Queues a datagram for an address, and returns whether there was room for it; otherwise as `send()`.
   *
   * @throws as `send()` does; for the address, as `Socket.sendto()` does.
   */
  sendto(data: Bytes, address: AddressLike): boolean {
    const length = this.#check(data, 0, undefined);
    const words = encode(recipient, this.fileobj.family, address, this.fileobj.proto);
    if (this.#fit(length) < 0) return false;
    this.pending += length;
    this.#sendDatagram(data, 0, length, words);
    this.#home.queued();
    return true;
  }

  #check(data: Bytes, start: number, end: number | undefined): number {
    if (!this.#open) throw this.#refusal();
    const byteLength = lengthOf(data, this.#home);
    const stop = end ?? byteLength;
    if (!(start >= 0 && start <= stop && stop <= byteLength && Number.isInteger(stop - start))) {
      checkInteger('start', start, 0, byteLength);
      checkInteger('end', stop, start, byteLength);
    }
    return stop - start;
  }

  #refusal(): OSError {
    if (this.#closed || this.#last === 'close') return new OSError(EBADF, 'send');
    return this.#errno === 0 ? new OSError(EPIPE, 'send') : osError(this.#errno, 'send');
  }

  /** How many of so many bytes there is room for; less than none for a datagram that does not fit. */
  #fit(length: number): number {
    if (!this.isStream && ADDRESS_BYTES + length > this.#home.outgoing.room) throw osError(EMSGSIZE, 'send');
    const room = this.#home.limit - this.#owed();
    if (length <= room) return length;
    if (!this.#wants) this.#home.fellShort(this);
    this.#wants = true;
    return this.isStream ? Math.max(room, 0) : -1;
  }

  /** Bytes that are queued; a datagram that is kept counts as more, so that empty ones do not come for nothing. */
  #owed(): number {
    return this.isStream ? this.pending : this.pending + this.#kept.length * ADDRESS_BYTES;
  }

  #sendInPlace(offset: number, length: number): void {
    const { arena, outgoing } = this.#home;
    outgoing.reserveRow();
    if (this.#errno !== 0) return;
    if (this.#kept.length > 0) this.#keep(keepBytes(arena, offset, length));
    else outgoing.addInPlace(this, offset, length);
  }

  #sendCopies(data: Bytes, start: number, length: number): void {
    const { outgoing } = this.#home;
    for (let sent = 0; sent < length && this.#errno === 0; ) {
      const part = Math.min(length - sent, outgoing.room);
      outgoing.reserve(part);
      // What waited was sent just now, and perhaps not all of it fit.
      if (this.#kept.length > 0) {
        this.#keep(keepBytes(data, start + sent, length - sent));
        return;
      }
      if (this.#errno === 0) outgoing.addCopy(this, data, start + sent, part);
      sent += part;
    }
  }

  /** Sends bytes from where they are, behind what is queued, and keeps what there is room for of the rest. */
  #sendLarge(data: Bytes, start: number, length: number): number {
    if (this.#home.outgoing.has(this)) this.#home.outgoing.push();
    const waits = this.#kept.length > 0 || this.#errno !== 0;
    const bytes = toBytes('data', viewOf(data, start, length));
    const result = waits ? -EAGAIN : native.send(this.fd, bytes, SEND_FLAGS);
    if (result < 0 && result !== -EAGAIN) this.refused(result, 0);
    if (this.#errno !== 0) return length;
    const sent = Math.max(result, 0);
    const kept = this.#fit(length - sent);
    this.pending += kept;
    if (kept > 0) this.#keep(keepBytes(data, start + sent, kept));
    return sent + kept;
  }

  #sendDatagram(data: Bytes, start: number, length: number, address: Int32Array | null): void {
    const { outgoing } = this.#home;
    outgoing.reserve(ADDRESS_BYTES + length);
    // Behind others that wait until the socket is writable, it waits, too.
    if (this.#kept.length > 0) this.#keep(keepDatagram(data, start, length, address));
    else outgoing.addDatagram(this, data, start, length, address);
  }

  #keep(kept: Kept): void {
    if (this.#kept === NOTHING) this.#kept = [kept];
    else this.#kept.push(kept);
    this.update();
  }

  /** @internal */
  keep(offset: number, length: number, kind: number): void {
    if (this.#errno !== 0 || this.#closed) return;
    const start = kind === DATAGRAM_TO ? offset - ADDRESS_BYTES : offset;
    const { memory } = this.#home;
    this.#keep({ bytes: Buffer.from(memory.subarray(start, offset + length)), kind });
  }

  /** @internal */
  refused(errno: number, length: number): void {
    if (this.#closed) return;
    if (this.#last === 'close' && this.isStream) {
      this.close();
      return;
    }
    this.pending -= length;
    if (this.isStream) this.#fail(errno);
    this.#home.report(this, errno);
  }

  #fail(errno: number): void {
    this.#errno = errno;
    this.#open = false;
    this.#ended = true;
    this.#kept = NOTHING;
    this.pending = 0;
    this.update();
  }

  /** Sends what was kept, as far as the kernel takes it. @internal */
  drain(): void {
    this.#stuck = this.#kept.length > 0;
    while (this.#kept.length > 0) {
      const kept = this.#kept[0] as Kept;
      const result = sendKept(this.fd, kept);
      if (result === -EAGAIN) break;
      this.#stuck = false;
      const length = kept.bytes.length - (kept.kind === DATAGRAM_TO ? ADDRESS_BYTES : 0);
      if (result < 0) {
        this.#kept.shift();
        this.refused(result, length);
      } else if (this.isStream && result < length) {
        this.pending -= result;
        kept.bytes = kept.bytes.subarray(result);
      } else {
        this.pending -= length;
        this.#kept.shift();
      }
    }
    if (this.#kept.length === 0) this.#doLast();
    this.update();
    this.reportSent();
  }

  /** Reports that all is sent, if `send()` has fallen short before; `false` as long as something is queued. @internal */
  reportSent(): boolean {
    if (this.#closed || this.blocked || !this.#wants || this.#errno !== 0) return true;
    if (this.pending > 0) return false;
    this.#wants = false;
    this.#home.report(this, 0);
    return true;
  }

  /** The stream has ended, or with an errno, failed. @internal */
  end(errno: number): void {
    this.#ended = true;
    if (errno === 0) this.update();
    else this.#fail(errno);
  }

  /** Stops receiving, until `resume()`. What has arrived with this batch is still reported. */
  pause(): void {
    this.#paused = true;
    this.update();
  }

  /** Receives again. */
  resume(): void {
    this.#paused = false;
    this.update();
  }

  /** Watches what it waits for. @internal */
  update(): void {
    if (this.#closed) return;
    const full = 2 * this.#owed() > this.#home.limit && this.#kept.length > 0;
    const read = this.#paused || this.#ended || full ? 0 : EVENT_READ;
    const events = read | (this.#kept.length > 0 && !this.#stuck ? EVENT_WRITE : 0);
    if (events !== this.events) this.#home.watch(this, events);
  }

  /**
   * Takes the socket out of the batch and its selector, and returns it, still open. What is queued is sent before, as far as the
   * kernel takes it; what it does not take is discarded.
   */
  remove(): Socket {
    if (this.#closed) return this.fileobj;
    if (this.#home.outgoing.has(this)) this.#home.outgoing.push();
    this.#closed = true;
    this.#open = false;
    this.#kept = NOTHING;
    if (this.events !== 0) this.#home.watch(this, 0);
    this.#home.forget(this);
    return this.fileobj;
  }

  /**
   * Takes the socket out of the batch, as `remove()` does, and closes it. Closing it again does nothing.
   */
  close(): void {
    if (!this.#closed) this.remove().close();
  }

  /**
   * Closes the socket once all that is queued has been sent, or sending has failed. Until then, nothing is received, and it takes no more
   * to send.
   *
   * Not guaranteed: that it ever closes. A peer that never reads keeps the socket open; `close()` ends that.
   */
  closeWhenSent(): void {
    this.#whenSent('close');
    if (!this.#closed) this.pause();
  }

  /**
   * Ends the stream once all that is queued has been sent: the peer then reads the end. Receiving goes on. Calling it again does
   * nothing, nor does calling it after `closeWhenSent()`, or once the socket has left the batch.
   *
   * Guaranteed: a later `send()` throws `EPIPE`.
   *
   * Not guaranteed: that it ever happens. A peer that never reads prevents it, as `remove()` does, and a failed send.
   *
   * Linux: shutdown(2) with `SHUT_WR`. `fileobj.shutdown()` would overtake what is queued.
   *
   * @throws {@link ValueError} `ERR_INVALID_SOCKET_TYPE` for a datagram socket.
   * @example
   * ```ts
   * import { EpollSelector } from 'fd-selectors';
   * import { Batch } from 'fd-selectors/batch';
   * import { socketpair } from 'fd-selectors/socket';
   * using sel = new EpollSelector();
   * using batch = new Batch(sel);
   * const [server, client] = socketpair();
   * using conn = batch.add(server);
   * conn.send(Buffer.from('the last answer'));
   * conn.shutdownWhenSent();
   * assert.equal(client.recv(100).toString(), 'the last answer');
   * assert.equal(client.recv(100).length, 0);
   * client.sendall(Buffer.from('thanks'));
   * for (const event of batch.receive()) assert.equal(event.bytes.toString(), 'thanks');
   * client.close();
   * ```
   */
  shutdownWhenSent(): void {
    if (!this.isStream) {
      throw valueError('ERR_INVALID_SOCKET_TYPE', 'fileobj.type', 'SOCK_STREAM', this.fileobj.type);
    }
    if (this.#last === 'nothing') this.#whenSent('shutdown');
  }

  #whenSent(last: 'shutdown' | 'close'): void {
    if (this.#closed) return;
    if (this.#home.outgoing.has(this)) this.#home.outgoing.push();
    this.#last = last;
    this.#open = false;
    if (this.#kept.length === 0) this.#doLast();
  }

  #doLast(): void {
    if (this.#last === 'close') this.close();
    // It fails if the connection was reset, which receiving reports.
    else if (this.#last === 'shutdown' && this.#errno === 0) native.shutdown(this.fd, SHUT_WR);
  }

  /** Calls `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
