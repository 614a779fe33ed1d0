/** `sendmsg`, `recvmsg` and `recvmsgInto`: several buffers, control messages, addresses. */

import { type Bytes, checkInteger, toBuffers } from '../arguments.js';
import { POLLOUT } from '../constants.js';
import { tryCheck } from '../errors.js';
import { native, type Result } from '../native.js';
import { encode } from './address.js';
import { SocketBase, sockaddr, withFlag } from './base.js';
import type { OwnBuffer } from './buffer.js';
import { MSG_CMSG_CLOEXEC, MSG_DONTWAIT, MSG_NOSIGNAL } from './constants/index.js';
import {
  type ControlMessage,
  type ControlMessageLike,
  controlRoom,
  packControl,
  unpackControl,
} from './control.js';
import type { Address, AddressLike } from './family.js';
import { awaited } from './polluntil.js';

/** What `recvmsg()` returns: the bytes, the control messages, the flags of the message, the sender's address. */
export type ReceivedMessage<A extends Address = Address> = [
  data: OwnBuffer,
  ancdata: ControlMessage[],
  msgFlags: number,
  address: A,
];

/** What `recvmsgInto()` returns: as {@link ReceivedMessage}, with the number of bytes instead of the bytes. */
export type ReceivedMessageInto<A extends Address = Address> = [
  nbytes: number,
  ancdata: ControlMessage[],
  msgFlags: number,
  address: A,
];

/** The length of the control messages and the flags of the last message; read it before the next call. */
const result = new Int32Array(2);

/** One recvmsg(2), and its results. */
interface Receive<A extends Address> {
  readonly call: () => Result;
  readonly rest: () => [ancdata: ControlMessage[], msgFlags: number, address: A];
}

/** The socket's methods that send and receive messages. */
// biome-ignore lint/suspicious/noExplicitAny: as in SocketBase.
export class MessageSocket<A extends Address = any> extends SocketBase<A> {
  /**
   * Sends the bytes of several buffers as one message, with control messages, and returns how many bytes
   * the kernel took; on a stream, perhaps not all.
   *
   * Control messages travel with the first byte. Send at least one byte: a stream carries no control messages alone.
   *
   * Linux: sendmsg(2). Python: `sendmsg`.
   *
   * @param ancdata - control messages `[level, type, data]`: see cmsg(3), unix(7), ip(7).
   * @param flags - an or of `MSG_*`; MSG_NOSIGNAL is always set.
   * @param address - the destination, unless the socket is connected.
   * @throws as `send()` does, as `bind()` does for the address; {@link OSError} `EINVAL` for control messages that the
   *   socket does not know, `EMSGSIZE` for more than 1024 buffers, `ETOOMANYREFS`, `EBADF`.
   * @example
   * ```ts
   * import { CMSG_SPACE, SCM_RIGHTS, SOL_SOCKET, Socket, socketpair } from 'fd-selectors/socket';
   * const [a, b] = socketpair();
   * const [mine, yours] = socketpair();
   * const fd = Buffer.alloc(4);
   * fd.writeInt32LE(yours.fileno());
   * a.sendmsg([Buffer.from('here '), Buffer.from('it is')], [[SOL_SOCKET, SCM_RIGHTS, fd]]);
   * const [data, ancdata] = b.recvmsg(100, CMSG_SPACE(4));
   * assert.equal(data.toString(), 'here it is');
   * for (const [, , received] of ancdata) {
   *   using same = Socket.fromFd(received.readInt32LE());
   *   same.sendall(Buffer.from('ping'));
   * }
   * assert.equal(mine.recv(100).toString(), 'ping');
   * for (const open of [a, b, mine, yours]) open.close();
   * ```
   */
  sendmsg(
    buffers: Iterable<Bytes>,
    ancdata: Iterable<ControlMessageLike> = [],
    flags = 0,
    address?: AddressLike | null,
  ): number {
    const call = this.#sendCall(MSG_NOSIGNAL, buffers, ancdata, flags, address);
    return this.again(call(), POLLOUT, 'sendmsg', call);
  }

  /** As `sendmsg()`, but returns `null` where that would wait: the kernel took nothing. */
  trySendmsg(
    buffers: Iterable<Bytes>,
    ancdata: Iterable<ControlMessageLike> = [],
    flags = 0,
    address?: AddressLike | null,
  ): number | null {
    const call = this.#sendCall(MSG_NOSIGNAL | MSG_DONTWAIT, buffers, ancdata, flags, address);
    return tryCheck(call(), 'sendmsg');
  }

  #sendCall(
    flag: number,
    buffers: Iterable<Bytes>,
    ancdata: Iterable<ControlMessageLike>,
    flags: number,
    address: AddressLike | null | undefined,
  ): () => Result {
    const data = toBuffers(buffers);
    const control = packControl(ancdata);
    const all = withFlag(flags, flag);
    const named = address !== undefined && address !== null;
    const words = named ? encode(sockaddr, this.family, address, this.proto) : null;
    return () => native.sendmsg(this.fileno(), data, control, all, words);
  }

  /**
   * Receives at most `bufsize` bytes of one message, and its control messages.
   *
   * Descriptors that arrive (SCM_RIGHTS) are close-on-exec and yours to close. If there is no room for some, the kernel
   * closes them and sets MSG_CTRUNC in the flags.
   *
   * Linux: recvmsg(2). Python: `recvmsg`, where descriptors that arrive are inherited.
   *
   * @param ancbufsize - bytes of room for control messages: a sum of {@link CMSG_SPACE}.
   * @param flags - an or of `MSG_*`; MSG_CMSG_CLOEXEC is always set.
   * @returns the bytes (none at the end of the stream), the control messages `[level, type, data]`, an or of
   *   `MSG_EOR`, `MSG_TRUNC`, `MSG_CTRUNC`, ..., and the address of the sender, which is `''` on a connection.
   * @throws as `recv()` does; {@link OSError} `EMSGSIZE`.
   */
  recvmsg(bufsize: number, ancbufsize = 0, flags = 0): ReceivedMessage<A> {
    checkInteger('bufsize', bufsize, 0);
    const buffer = Buffer.alloc(bufsize);
    const receive = this.#receive([buffer], ancbufsize, flags, 0);
    const length = this.again(receive.call(), awaited(flags), 'recvmsg', receive.call);
    return [buffer.subarray(0, length), ...receive.rest()];
  }

  /** As `recvmsg()`, but returns `null` where that would wait. */
  tryRecvmsg(bufsize: number, ancbufsize = 0, flags = 0): ReceivedMessage<A> | null {
    checkInteger('bufsize', bufsize, 0);
    const buffer = Buffer.alloc(bufsize);
    const receive = this.#receive([buffer], ancbufsize, flags, MSG_DONTWAIT);
    const length = tryCheck(receive.call(), 'recvmsg');
    return length === null ? null : [buffer.subarray(0, length), ...receive.rest()];
  }

  /**
   * As `recvmsg()`, into several buffers, each filled before the next.
   *
   * @returns the number of bytes instead of the bytes; with MSG_TRUNC in the flags it may exceed the size of the
   *   buffers.
   * @throws as `recvmsg()` does.
   */
  recvmsgInto(buffers: Iterable<Bytes>, ancbufsize = 0, flags = 0): ReceivedMessageInto<A> {
    const receive = this.#receive(toBuffers(buffers), ancbufsize, flags, 0);
    const length = this.again(receive.call(), awaited(flags), 'recvmsg', receive.call);
    return [length, ...receive.rest()];
  }

  /** As `recvmsgInto()`, but returns `null` where that would wait. */
  tryRecvmsgInto(buffers: Iterable<Bytes>, ancbufsize = 0, flags = 0): ReceivedMessageInto<A> | null {
    const receive = this.#receive(toBuffers(buffers), ancbufsize, flags, MSG_DONTWAIT);
    const length = tryCheck(receive.call(), 'recvmsg');
    return length === null ? null : [length, ...receive.rest()];
  }

  #receive(buffers: Uint8Array[], ancbufsize: number, flags: number, flag: number): Receive<A> {
    const control = controlRoom(ancbufsize);
    const all = withFlag(flags, flag | MSG_CMSG_CLOEXEC);
    return {
      call: () => native.recvmsg(this.fileno(), buffers, control, all, sockaddr.words, result),
      rest: () => {
        const [length, msgFlags] = result as unknown as [number, number];
        // The kernel echoes this request flag; it is not about the message.
        const told = msgFlags & ~MSG_CMSG_CLOEXEC;
        return [unpackControl(control.subarray(0, length)), told, sockaddr.decode(this.proto) as A];
      },
    };
  }
}
