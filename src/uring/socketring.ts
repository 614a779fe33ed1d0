/** The operations of a ring on sockets. */
import { type Bytes, checkInteger, checkOptions, toBuffers, toBytes, typeError } from '../arguments.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { encode } from '../socket/address.js';
import { intOption } from '../socket/base.js';
import { SO_DOMAIN, SO_PROTOCOL, SOCK_CLOEXEC, SOL_SOCKET } from '../socket/constants/index.js';
import { type ControlMessageLike, packControl } from '../socket/control.js';
import type { AddressLike } from '../socket/family.js';
import { SockAddr } from '../socket/sockaddr.js';
import { track } from '../track.js';
import { type DataArgument, RingBase } from './base.js';
import { Completed, type Completion } from './completion.js';
import type { Engine } from './engine.js';
import {
  IORING_ACCEPT_MULTISHOT,
  IORING_OP_ACCEPT,
  IORING_OP_CLOSE,
  IORING_OP_CONNECT,
  IORING_OP_RECV,
  IORING_OP_SEND,
  IORING_OP_SENDMSG,
} from './layout.js';
import type { Block } from './memory.js';
import { messageSize, writeMessage } from './message.js';
import { type Operation, type OperationName, type Submitted, WHOLE } from './operation.js';

export type { Bytes };

/** A descriptor, or an object that gives its descriptor away, as a `Socket` does. */
export type Detachable =
  | number
  | {
      /** Returns the descriptor. */
      fileno(): number;
      /** Returns it, and gives it away: the object is closed, the descriptor is not. */
      detach(): number;
    };

/** Options of `sendmsg()` of a {@link Ring}. */
export interface SendmsgOptions {
  /** Control messages `[level, type, data]`. */
  readonly ancdata?: Iterable<ControlMessageLike>;
  /** An or of `MSG_*`; MSG_NOSIGNAL is always set. */
  readonly flags?: number;
  /** The destination, unless the socket is connected. */
  readonly address?: AddressLike | undefined;
}

const SENDMSG_OPTIONS = ['ancdata', 'flags', 'address'];
const sockaddr = new SockAddr();

/** How many bytes to send. */
function lengthOf(bytes: Bytes | Completion<unknown>): number {
  if (bytes instanceof Completed) return bytes.lent === undefined ? bytes.bytes.length : bytes.result;
  if (ArrayBuffer.isView(bytes)) return bytes.byteLength;
  throw typeError('bytes', 'an instance of Buffer, TypedArray, or DataView, or a completion', bytes);
}

/** The memory to send: that of a completion, or a copy. */
function blockOf<D>(engine: Engine<D>, bytes: Bytes | Completion<D>): Block {
  if (bytes instanceof Completed) return engine.receives.takeOver(bytes) ?? engine.memory.copy(bytes.bytes);
  return engine.memory.copy(toBytes('bytes', bytes as Bytes));
}

/** Writes an address as the socket's family has it; returns its bytes. */
function encoded(fd: number, address: AddressLike): Uint8Array {
  const family = intOption(fd, SOL_SOCKET, SO_DOMAIN);
  encode(sockaddr, family, address, intOption(fd, SOL_SOCKET, SO_PROTOCOL));
  return sockaddr.bytes.subarray(0, sockaddr.length);
}

/** The operations on sockets. */
export class SocketRing<D = undefined> extends RingBase<D> {
  /**
   * Accepts one connection: accept4(2). Completes with its descriptor, which is yours to close, blocks, and is
   * close-on-exec; `Socket.fromFd()` makes it a socket.
   *
   * @throws {@link ValueError} `ERR_INVALID_FD`, `ERR_CLOSED`, also for a descriptor that `closeFd()` is closing;
   *   `TypeError` `ERR_INVALID_ARG_TYPE`. What the kernel says comes as a result.
   */
  accept(fd: FileObject, ...data: DataArgument<D>): Operation<D>;
  accept(fd: FileObject, data?: D): Operation<D> {
    return this.engine().begin(this.#accepting(fd, data));
  }

  /** As `accept()`, again and again, until it fails or is cancelled; completions before that have `more`. */
  acceptMultishot(fd: FileObject, ...data: DataArgument<D>): Operation<D>;
  acceptMultishot(fd: FileObject, data?: D): Operation<D> {
    const operation = this.#accepting(fd, data);
    operation.multishot = true;
    if (this.engine().queues.deferred) operation.code |= IORING_ACCEPT_MULTISHOT;
    return this.engine().begin(operation);
  }

  #accepting(fd: FileObject, data: D | undefined): Submitted<D> {
    const operation = this.make('accept', fd, data, IORING_OP_ACCEPT);
    operation.flags = SOCK_CLOEXEC;
    return operation;
  }

  /**
   * Receives once: recv(2), at most `bufferSize` bytes. Completes with their number; 0 is the end of the stream, or a
   * datagram without bytes. They are the completion's `bytes`. It takes no buffer until they arrive.
   *
   * @throws {@link ValueError} `ERR_INVALID_FD`, `ERR_CLOSED`, also for a descriptor that `closeFd()` is closing;
   *   `TypeError` `ERR_INVALID_ARG_TYPE`. What the kernel says comes as a result.
   */
  recv(fd: FileObject, ...data: DataArgument<D>): Operation<D>;
  recv(fd: FileObject, data?: D): Operation<D> {
    return this.engine().begin(this.make('recv', fd, data, IORING_OP_RECV));
  }

  /**
   * As `recv()`, again and again, until the end of the stream, an error, or `cancel()`; completions before that have
   * `more`. A datagram without bytes does not end it.
   *
   * Linux: on a SOCK_SEQPACKET socket, the end and a message without bytes look the same; both end it. `shutdown(SHUT_RD)`
   * of a datagram socket need not end it; `cancel()` does.
   *
   * Guaranteed: a peer that sends more than the ring has buffers for cannot starve the others.
   *
   * @throws as `recv()` does.
   */
  recvMultishot(fd: FileObject, ...data: DataArgument<D>): Operation<D>;
  recvMultishot(fd: FileObject, data?: D): Operation<D> {
    const operation = this.make('recv', fd, data, IORING_OP_RECV);
    operation.multishot = true;
    return this.engine().begin(operation);
  }

  /**
   * Sends all of the bytes: send(2). Completes with their number. It never raises SIGPIPE.
   *
   * Guaranteed: the bytes are copied at once, or, if you pass a completion of `recv` or `read` of the same ring, taken over without a
   * copy. Sends to one descriptor go out in order; `unsent()` returns how many bytes still wait, so that you can
   * stop receiving from a peer that does not read.
   *
   * @throws {@link OSError} `ENOBUFS` if that exceeds the ring's memory; {@link ValueError} `ERR_BUFFER_RELEASED` for a
   *   completion whose bytes are no longer valid; otherwise as `recv()` does.
   */
  send(fd: FileObject, bytes: Bytes | Completion<D>, ...data: DataArgument<D>): Operation<D>;
  send(fd: FileObject, bytes: Bytes | Completion<D>, data?: D): Operation<D> {
    const operation = this.sending('send', fd, bytes, data, IORING_OP_SEND);
    operation.flags = WHOLE;
    return this.engine().sends.begin(operation);
  }

  /**
   * As `send()`, but completes only if it fails: most servers have nothing to do for a send that succeeds. Then no
   * objects are made for it, so this is the fastest way to answer.
   *
   * Guaranteed: in order with other sends; `unsent()` counts its bytes; `closeFd()` waits for it. If it fails, it
   * completes as a `send` with this `data`.
   *
   * Not guaranteed: that you can cancel it, because it returns no operation. `shutdown()` of the socket ends it.
   *
   * Linux: since 6.1, IOSQE_CQE_SKIP_SUCCESS with MSG_DONTWAIT: the kernel takes all bytes when it is entered, or says that
   * it could not; then it is asked again, and waits. Before, the kernel reports success, too.
   *
   * @throws as `send()` does.
   * @example
   * ```ts
   * import { socketpair } from 'fd-selectors/socket';
   * import { Ring } from 'fd-selectors/uring';
   * using ring = new Ring<string>();
   * const [ours, peer] = socketpair();
   * ring.sendSkipSuccess(ours, Buffer.from('heard'), 'the first');
   * assert.deepEqual(ring.completions(0), []);
   * assert.equal(peer.recv(100).toString(), 'heard');
   * peer.close();
   * ring.sendSkipSuccess(ours, Buffer.from('lost'), 'the second');
   * const [completion] = ring.completions(5);
   * assert.equal(completion?.data, 'the second');
   * assert.equal(completion.error?.code, 'EPIPE');
   * ours.close();
   * ```
   */
  sendSkipSuccess(fd: FileObject, bytes: Bytes | Completion<D>, ...data: DataArgument<D>): void;
  sendSkipSuccess(fd: FileObject, bytes: Bytes | Completion<D>, data?: D): void {
    const engine = this.engine();
    const descriptor = this.descriptor(fd);
    const lent = bytes instanceof Completed ? engine.receives.takeOver(bytes) : undefined;
    const length = lent === undefined ? lengthOf(bytes) : (bytes as Completed<D>).result;
    engine.sends.beginUnseen(descriptor, data as D, lent ?? blockOf(engine, bytes), length);
  }

  /**
   * Sends the bytes of several buffers as one message: sendmsg(2). Completes with their number. In order with other sends.
   *
   * @throws as `send()` does, and as `Socket.sendmsg()` does for the options; {@link OSError} `ENOTSOCK`, `EBADF`.
   * @example
   * ```ts
   * import { AF_INET, SOCK_DGRAM, socket } from 'fd-selectors/socket';
   * import { Ring } from 'fd-selectors/uring';
   * using a = socket(AF_INET, SOCK_DGRAM);
   * using b = socket(AF_INET, SOCK_DGRAM);
   * b.bind(['127.0.0.1', 0]);
   * using ring = new Ring();
   * ring.sendmsg(a, [Buffer.from('to '), Buffer.from('whom')], { address: b.getsockname() });
   * assert.equal(ring.completions(5)[0]?.result, 7);
   * assert.equal(b.recv(100).toString(), 'to whom');
   * ```
   */
  sendmsg(
    fd: FileObject,
    buffers: Iterable<Bytes>,
    options: SendmsgOptions,
    ...data: DataArgument<D>
  ): Operation<D>;
  sendmsg(fd: FileObject, buffers: Iterable<Bytes>, options: SendmsgOptions, data?: D): Operation<D> {
    const engine = this.engine();
    const descriptor = this.descriptor(fd);
    const parts = toBuffers(buffers);
    const { ancdata = [], flags = 0, address } = checkOptions(options, SENDMSG_OPTIONS);
    const control = packControl(ancdata);
    checkInteger('options.flags', flags);
    const to = address === undefined ? undefined : encoded(descriptor, address);
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const block = engine.memory.take(messageSize(control, length));
    writeMessage(block, parts, control, to);
    const operation = engine.make('sendmsg', descriptor, data as D, IORING_OP_SENDMSG).use(block, length);
    operation.flags = flags | WHOLE;
    return engine.sends.begin(operation);
  }

  /**
   * Connects a socket: connect(2). Completes with 0.
   *
   * @param address - as for `Socket.connect()`; a host name is looked up, which blocks.
   * @throws {@link OSError} `ENOTSOCK`, `EBADF`; otherwise as `recv()` does, and as `Socket.bind()` does for the address.
   */
  connect(fd: FileObject, address: AddressLike, ...data: DataArgument<D>): Operation<D>;
  connect(fd: FileObject, address: AddressLike, data?: D): Operation<D> {
    const engine = this.engine();
    const descriptor = this.descriptor(fd);
    const to = encoded(descriptor, address);
    const block = engine.memory.copy(to);
    const operation = engine.make('connect', descriptor, data as D, IORING_OP_CONNECT).use(block, 0);
    operation.offset = to.length;
    return engine.begin(operation);
  }

  /**
   * Closes a descriptor: close(2), after what was sent has gone out. Completes with 0. Its other operations are cancelled, so
   * that the peer sees the end; each of them completes with `-ECANCELED`.
   *
   * Not guaranteed: that it ever completes if the peer does not read. `cancel()` the sends, or
   * `shutdown()` the socket, to close it at once.
   *
   * @param fd - a descriptor, or an object such as a `Socket`, which is detached.
   * @throws as `recv()` does.
   */
  closeFd(fd: Detachable, ...data: DataArgument<D>): Operation<D>;
  closeFd(fd: Detachable, data?: D): Operation<D> {
    const engine = this.engine();
    const operation = this.make('close', fd, data, IORING_OP_CLOSE);
    if (typeof fd !== 'number') {
      fd.detach();
      track(operation.fd);
    }
    return engine.close(operation);
  }

  /** Returns how many bytes the ring has yet to send to a descriptor, of those that `send()`, `sendmsg()` and `write()` took. */
  unsent(fd: FileObject): number {
    return this.engine().descriptors.unsent(filenoOf(fd, 'fd'));
  }

  /**
   * Makes an operation that sends bytes or a completion, without its flags.
   *
   * @internal
   */
  protected sending(
    op: OperationName,
    fd: FileObject,
    bytes: Bytes | Completion<D>,
    data: D | undefined,
    code: number,
  ): Submitted<D> {
    const engine = this.engine();
    const descriptor = this.descriptor(fd);
    const length = lengthOf(bytes);
    const block = blockOf(engine, bytes);
    return engine.make(op, descriptor, data as D, code).use(block, length);
  }
}
