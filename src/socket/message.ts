/** `sendmsg`, `recvmsg` and `recvmsgInto`: several buffers, control messages, addresses. */

import { type Bytes, checkInteger, toBuffers } from '../arguments.js';
import { POLLIN, POLLOUT } from '../constants.js';
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

/** What `recvmsg()` returns: the bytes, the control messages, the flags of the message, the sender's address. */
export type ReceivedMessage<A extends Address = Address> = [
  data: OwnBuffer,
  ancdata: ControlMessage[],
  msgFlags: number,
  address: A,
];

/** What `recvmsgInto()` returns: as {@link ReceivedMessage}, with the number of bytes in the place of the bytes. */
export type ReceivedMessageInto<A extends Address = Address> = [
  nbytes: number,
  ancdata: ControlMessage[],
  msgFlags: number,
  address: A,
];

/** The length of the control messages and the flags of the message that came last: read at once. */
const result = new Int32Array(2);

/** One recvmsg(2), and what it brought. */
interface Receive<A extends Address> {
  readonly call: () => Result;
  readonly rest: () => [ancdata: ControlMessage[], msgFlags: number, address: A];
}

/** The part of a socket that sends and receives whole messages. */
// biome-ignore lint/suspicious/noExplicitAny: as in SocketBase.
export class MessageSocket<A extends Address = any> extends SocketBase<A> {
  /**
   * Sends the bytes of several buffers as one message, with control messages beside them, and returns how many bytes
   * the kernel took: on a stream perhaps not all.
   *
   * Control messages go with the first of the bytes. Send one byte with them at least: a stream carries none alone.
   *
   * Linux: sendmsg(2). Python: `sendmsg`.
   *
   * @param ancdata - control messages `[level, type, data]`: see cmsg(3), unix(7), ip(7).
   * @param flags - an or of `MSG_*`; MSG_NOSIGNAL is always set.
   * @param address - where to, unless the socket is connected.
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
   * const [data, [[, , received]]] = b.recvmsg(100, CMSG_SPACE(4));
   * assert.equal(data.toString(), 'here it is');
   * const same = Socket.fromFd(received.readInt32LE());
   * same.sendall(Buffer.from('ping'));
   * assert.equal(mine.recv(100).toString(), 'ping');
   * for (const open of [a, b, mine, yours, same]) open.close();
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

  /** As `sendmsg()`, but `null` where that would wait: the kernel took nothing. */
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
   * Receives at most `bufsize` bytes of one message, with the control messages beside them.
   *
   * Descriptors that arrive (SCM_RIGHTS) are close-on-exec and yours to close. Those that find no room are closed by
   * the kernel, and MSG_CTRUNC in the flags tells of it.
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
    const length = this.again(receive.call(), POLLIN, 'recvmsg', receive.call);
    return [buffer.subarray(0, length), ...receive.rest()];
  }

  /** As `recvmsg()`, but `null` where that would wait. */
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
   * @returns the number of bytes in the place of the bytes; with MSG_TRUNC in the flags it may be larger than the room.
   * @throws as `recvmsg()` does.
   */
  recvmsgInto(buffers: Iterable<Bytes>, ancbufsize = 0, flags = 0): ReceivedMessageInto<A> {
    const receive = this.#receive(toBuffers(buffers), ancbufsize, flags, 0);
    const length = this.again(receive.call(), POLLIN, 'recvmsg', receive.call);
    return [length, ...receive.rest()];
  }

  /** As `recvmsgInto()`, but `null` where that would wait. */
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
        // The kernel gives back the flag that was asked for: it says nothing of the message.
        const told = msgFlags & ~MSG_CMSG_CLOEXEC;
        return [unpackControl(control.subarray(0, length)), told, sockaddr.decode(this.proto) as A];
      },
    };
  }
}
