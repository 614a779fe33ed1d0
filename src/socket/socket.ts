/** Python's `socket.socket`. */
import { type Bytes, checkCount, checkInteger, toBytes } from '../arguments.js';
import { POLLIN, POLLOUT } from '../constants.js';
import { check, EAGAIN, EINPROGRESS, EINTR, osError, tryCheck } from '../errors.js';
import { filenoOf } from '../fileno.js';
import { native, type Result } from '../native.js';
import { encode } from './address.js';
import { abandon, intOption, KNOWN, sockaddr, withFlag } from './base.js';
import type { OwnBuffer } from './buffer.js';
import {
  AF_UNIX,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  SO_DOMAIN,
  SO_ERROR,
  SO_PROTOCOL,
  SO_TYPE,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOL_SOCKET,
} from './constants/index.js';
import type { Address, AddressLike } from './family.js';

import { FileSocket } from './filesocket.js';
import { awaited, pollUntil } from './polluntil.js';
import { receiveBuffer, received } from './receive.js';

/** The flags of sending calls that do not wait. */
const SEND_NOW = MSG_NOSIGNAL | MSG_DONTWAIT;

/** Calls recv(2). The addon rejects bad arguments with -EINVAL; only then do we find out why. */
function recvOnce(fd: number, buffer: Bytes, flags: number, nbytes: number): Result {
  return nbytes === 0 ? native.recv(fd, buffer, flags) : native.recv(fd, buffer, flags, nbytes);
}

/** Calls send(2); as {@link recvOnce}, it leaves bad arguments to the addon. */
function sendOnce(fd: number, data: Bytes, flags: number, nbytes: number | undefined): Result {
  return nbytes === undefined ? native.send(fd, data, flags) : native.send(fd, data, flags, nbytes);
}

/** A subclass makes its own sockets; the family of a {@link Socket} from a bare number is unknown. */
export type Opened<T extends Socket> = Socket<Address> extends T ? Socket : T;

/** A class of sockets whose constructor takes what that of {@link Socket} takes. */
export type SocketClass<T> = new (
  family?: number,
  type?: number,
  proto?: number,
  fd?: number,
  known?: symbol,
) => T;

/**
 * A socket of any family. It is blocking unless you set a timeout.
 *
 * A call that waits blocks the thread, and with it Node's event loop: set a timeout, or use a selector
 * and the calls that never wait, such as `tryRecv`.
 *
 * Guaranteed: no call raises SIGPIPE. No call times out early. Once the socket is closed, every call but
 * `close()` throws {@link OSError} `EBADF`. Calls that may wait throw {@link TimeoutError} `ETIMEDOUT`
 * after the timeout; on a non-blocking socket they throw {@link BlockingIOError} `EAGAIN` instead of
 * waiting.
 *
 * Not guaranteed: that a signal ends a wait. It does not.
 *
 * Linux: socket(2); each method makes the system call of its name.
 *
 * Python: `socket.socket`. Addresses are arrays or paths, and bytes are Buffers.
 *
 * @example
 * ```ts
 * import { createServer, createConnection } from 'fd-selectors/socket';
 * using server = createServer(['127.0.0.1', 0]);
 * using client = createConnection(server.getsockname());
 * const [conn, address] = server.accept();
 * assert.deepEqual(address, client.getsockname());
 * client.sendall(Buffer.from('ping'));
 * assert.equal(conn.recv(1024).toString(), 'ping');
 * conn.close();
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: as in SocketBase.
export class Socket<A extends Address = any> extends FileSocket<A> {
  /**
   * Takes ownership of an open socket; the kernel tells its family, type and protocol. Closing the object
   * closes it.
   *
   * Python: `socket.socket(fileno=fd)`, which takes a non-blocking descriptor for a blocking one.
   *
   * @throws {@link OSError} `ENOTSOCK`, `EBADF`.
   * @throws {@link ValueError} `ERR_INVALID_FD`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  static fromFd<T extends Socket>(this: SocketClass<T>, fd: number): Opened<T> {
    filenoOf(fd, 'fd');
    const family = intOption(fd, SOL_SOCKET, SO_DOMAIN);
    const type = intOption(fd, SOL_SOCKET, SO_TYPE);
    const proto = intOption(fd, SOL_SOCKET, SO_PROTOCOL);
    const nonblock = check(native.getNonblock(fd), 'fcntl') === 0 ? 0 : SOCK_NONBLOCK;
    return new this(family, type | nonblock, proto, fd, KNOWN) as Opened<T>;
  }

  /** Returns a second socket object for the same connection, with a descriptor of its own and the same timeout. */
  dup(): this {
    const fd = check(native.dup(this.fileno()), 'dup');
    try {
      const Class = this.constructor as SocketClass<this>;
      const copy = new Class(this.family, this.type, this.proto, fd, KNOWN);
      copy.settimeout(this.gettimeout());
      return copy;
    } catch (error) {
      return abandon(error, fd);
    }
  }

  /**
   * Accepts a connection, and returns a new socket and the address of the peer.
   *
   * Guaranteed: the new socket has the default timeout, or none, regardless of the timeout of this one.
   *
   * @throws {@link OSError} `EINVAL` if the socket is not listening, `EMFILE`.
   */
  accept(): [conn: Socket<A>, address: A] {
    const first = native.accept4(this.fileno(), sockaddr.words, SOCK_CLOEXEC);
    return this.#accepted(first >= 0 ? first : this.#acceptAgain(first));
  }

  #acceptAgain(first: Result): number {
    return this.again(first, POLLIN, 'accept', () =>
      native.accept4(this.fileno(), sockaddr.words, SOCK_CLOEXEC),
    );
  }

  #accepted(fd: number): [conn: Socket<A>, address: A] {
    try {
      const address = sockaddr.decode(this.proto) as A;
      return [new Socket(this.family, this.type, this.proto, fd, KNOWN), address];
    } catch (error) {
      return abandon(error, fd);
    }
  }

  /**
   * As `accept()`, but returns `null` instead of waiting.
   *
   * Linux: accept4(2) has no flag for this, so a blocking socket is made non-blocking for this call.
   * `setblocking(false)` saves those two system calls. If the kernel refuses to undo it, the socket stays
   * non-blocking, and `gettimeout()` returns 0: this throws, unless it returns a connection, which is not lost.
   */
  tryAccept(): [conn: Socket<A>, address: A] | null {
    const fd = this.fileno();
    const blocking = this.gettimeout() === null;
    if (blocking) check(native.setNonblock(fd, 1), 'fcntl');
    const result = native.accept4(fd, sockaddr.words, SOCK_CLOEXEC);
    const restored = blocking ? this.restoreBlocking() : 0;
    const accepted = tryCheck(result, 'accept');
    if (accepted !== null) return this.#accepted(accepted);
    check(restored, 'fcntl');
    return null;
  }

  /**
   * Connects to an address; a datagram socket only sets its peer.
   *
   * Linux: connect(2). With a timeout, the connection is established in the background while this call
   * waits. AF_UNIX cannot do that: with a full backlog, it throws `EAGAIN` at once.
   *
   * @throws {@link ConnectionRefusedError}; {@link FileNotFoundError} for an AF_UNIX path that does not exist;
   *   {@link BlockingIOError} `EINPROGRESS` if the socket is non-blocking; it is writable once connected.
   * @throws for the address, as `bind()` does.
   */
  connect(address: AddressLike): void {
    check(this.#connect(address), 'connect');
  }

  /**
   * As `connect()`, but returns 0 or a positive errno, such as EINPROGRESS. It still throws for a bad address.
   *
   * Python: `connect_ex`, which returns EAGAIN after the timeout; here it is ETIMEDOUT.
   */
  connectEx(address: AddressLike): number {
    return Math.abs(this.#connect(address));
  }

  #connect(address: AddressLike): Result {
    const words = encode(sockaddr, this.family, address, this.proto);
    let result: Result;
    // A signal cancels a connect() on AF_UNIX; on other families it goes on in the background.
    do result = native.connect(this.fileno(), words);
    while (result === -EINTR && this.family === AF_UNIX);
    const started = result === -EINTR || (result === -EINPROGRESS && this.hasTimeout());
    return started ? this.#connected() : result;
  }

  /** Waits for a connection in progress, and returns 0 or `-errno`. */
  #connected(): Result {
    const ready = pollUntil(this.fileno(), POLLOUT, this.deadline());
    return ready < 0 ? ready : -intOption(this.fileno(), SOL_SOCKET, SO_ERROR);
  }

  /**
   * Receives, and returns the bytes in a new Buffer, which is empty at the end of the stream (or for an
   * empty datagram).
   *
   * Not guaranteed: that it returns `bufsize` bytes. It returns what is there, and discards the rest of a
   * datagram that is longer.
   *
   * @param bufsize - the most bytes to receive.
   * @param flags - a combination of `MSG_*`. Even with MSG_TRUNC, the Buffer has at most `bufsize` bytes.
   * @throws {@link ConnectionResetError}; {@link OSError} `ENOTCONN`.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  recv(bufsize: number, flags = 0): OwnBuffer {
    const buffer = receiveBuffer(bufsize, flags);
    const result = native.recv(this.fileno(), buffer, flags, bufsize);
    return received(buffer, result >= 0 ? result : this.#recvAgain(result, buffer, bufsize, flags));
  }

  /** As `recv()`, but returns `null` instead of waiting. */
  tryRecv(bufsize: number, flags = 0): OwnBuffer | null {
    const buffer = receiveBuffer(bufsize, flags);
    const result = native.recv(this.fileno(), buffer, withFlag(flags, MSG_DONTWAIT), bufsize);
    if (result >= 0) return received(buffer, result);
    if (result === -EAGAIN) return null;
    checkInteger('bufsize', bufsize, 0);
    throw osError(result, 'recv');
  }

  /**
   * Receives into a buffer, and returns the number of bytes, which is 0 at the end of the stream.
   *
   * @param nbytes - the most bytes to receive; 0, the default, means as many as the buffer has room for.
   * @param flags - a combination of `MSG_*`. With MSG_TRUNC, the result may exceed the size of the buffer.
   * @throws as `recv()` does.
   */
  override recvInto(buffer: Bytes, nbytes = 0, flags = 0): number {
    const result = recvOnce(this.fileno(), buffer, flags, nbytes);
    return result >= 0 ? result : this.#recvIntoAgain(result, buffer, nbytes, flags);
  }

  #recvIntoAgain(result: Result, buffer: Bytes, nbytes: number, flags: number): number {
    const bytes = toBytes('buffer', buffer);
    checkInteger('nbytes', nbytes, 0, bytes.length);
    return this.#recvAgain(result, bytes, nbytes === 0 ? bytes.length : nbytes, flags);
  }

  #recvAgain(result: Result, bytes: Uint8Array, length: number, flags: number): number {
    checkInteger('bufsize', length, 0);
    checkInteger('flags', flags);
    return this.again(result, awaited(flags), 'recv', () => native.recv(this.fileno(), bytes, flags, length));
  }

  /** As `recvInto()`, but returns `null` instead of waiting. */
  tryRecvInto(buffer: Bytes, nbytes = 0, flags = 0): number | null {
    const result = recvOnce(this.fileno(), buffer, withFlag(flags, MSG_DONTWAIT), nbytes);
    if (result >= 0) return result;
    if (result === -EAGAIN) return null;
    checkInteger('nbytes', nbytes, 0, toBytes('buffer', buffer).length);
    throw osError(result, 'recv');
  }

  /**
   * As `recv()`, but also returns the address of the sender, which is `''` on a connection.
   *
   * @throws as `recv()` does.
   */
  recvfrom(bufsize: number, flags = 0): [data: OwnBuffer, address: A] {
    const buffer = receiveBuffer(bufsize, flags);
    const length = this.#recvfrom(buffer, bufsize, flags);
    return [received(buffer, length), sockaddr.decode(this.proto) as A];
  }

  /** As `recvfrom()`, but returns `null` instead of waiting. */
  tryRecvfrom(bufsize: number, flags = 0): [data: OwnBuffer, address: A] | null {
    checkInteger('bufsize', bufsize, 0);
    const buffer = receiveBuffer(bufsize, flags);
    const allFlags = withFlag(flags, MSG_DONTWAIT);
    const result = native.recvfrom(this.fileno(), buffer, allFlags, sockaddr.words, bufsize);
    const length = tryCheck(result, 'recvfrom');
    return length === null ? null : [received(buffer, length), sockaddr.decode(this.proto) as A];
  }

  /**
   * As `recvInto()`, but also returns the address of the sender, which is `''` on a connection.
   *
   * @throws as `recv()` does.
   */
  recvfromInto(buffer: Bytes, nbytes = 0, flags = 0): [nbytes: number, address: A] {
    const bytes = toBytes('buffer', buffer);
    checkInteger('nbytes', nbytes, 0, bytes.length);
    const length = this.#recvfrom(bytes, nbytes === 0 ? bytes.length : nbytes, flags);
    return [length, sockaddr.decode(this.proto) as A];
  }

  #recvfrom(bytes: Uint8Array, length: number, flags: number): number {
    checkInteger('bufsize', length, 0);
    checkInteger('flags', flags);
    const call = () => native.recvfrom(this.fileno(), bytes, flags, sockaddr.words, length);
    return this.again(call(), awaited(flags), 'recvfrom', call);
  }

  /**
   * Sends, and returns the number of bytes that the kernel took.
   *
   * Not guaranteed: that a stream takes all of the data; a datagram is sent whole or not at all.
   *
   * Python: has no `nbytes`; there you pass a slice of a `memoryview`. `data.subarray()` also works here,
   * but costs 150 ns.
   *
   * @param flags - a combination of `MSG_*`; MSG_NOSIGNAL is always set.
   * @param nbytes - the number of bytes to send from the start, such as the result of `recvInto()`; by
   *   default all.
   * @throws {@link BrokenPipeError}, {@link ConnectionResetError}; {@link OSError} `ENOTCONN`, `EMSGSIZE`.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`, even for a string.
   */
  override send(data: Bytes, flags = 0, nbytes?: number): number {
    const result = sendOnce(this.fileno(), data, withFlag(flags, MSG_NOSIGNAL), nbytes);
    return result >= 0 ? result : this.#sendAgain(result, data, flags, nbytes);
  }

  #sendAgain(
    result: Result,
    data: Bytes,
    flags: number,
    nbytes: number | undefined,
    deadline?: number,
  ): number {
    const bytes = toBytes('data', data);
    checkCount(nbytes, bytes);
    const call = () => sendOnce(this.fileno(), bytes, withFlag(flags, MSG_NOSIGNAL), nbytes);
    return this.again(result, POLLOUT, 'send', call, deadline);
  }

  /** As `send()`, but returns `null` instead of waiting; nothing was sent. */
  trySend(data: Bytes, flags = 0, nbytes?: number): number | null {
    const result = sendOnce(this.fileno(), data, withFlag(flags, SEND_NOW), nbytes);
    if (result >= 0) return result;
    if (result === -EAGAIN) return null;
    checkCount(nbytes, toBytes('data', data));
    throw osError(result, 'send');
  }

  /**
   * Sends all of the data. The timeout applies to the whole call.
   *
   * Not guaranteed: how much was sent if it throws. If you need to know, use `send()`.
   *
   * @param nbytes - as for `send()`.
   * @throws as `send()` does.
   */
  override sendall(data: Bytes, flags = 0, nbytes?: number): void {
    const bytes = toBytes('data', data);
    const deadline = this.deadline();
    const length = nbytes ?? bytes.length;
    let sent = this.#sendSome(bytes, flags, nbytes, deadline);
    while (sent < length) sent += this.#sendSome(bytes.subarray(sent, length), flags, undefined, deadline);
  }

  #sendSome(bytes: Uint8Array, flags: number, nbytes: number | undefined, deadline: number): number {
    const result = sendOnce(this.fileno(), bytes, withFlag(flags, MSG_NOSIGNAL), nbytes);
    return result >= 0 ? result : this.#sendAgain(result, bytes, flags, nbytes, deadline);
  }

  /**
   * Sends a datagram to an address, and returns the number of bytes sent.
   *
   * @throws as `send()` does; for the address, as `bind()` does.
   */
  sendto(data: Bytes, address: AddressLike): number;
  sendto(data: Bytes, flags: number, address: AddressLike): number;
  sendto(data: Bytes, ...rest: [AddressLike] | [number, AddressLike]): number {
    const call = this.#sendtoCall(MSG_NOSIGNAL, data, rest);
    return this.again(call(), POLLOUT, 'sendto', call);
  }

  /** As `sendto()`, but returns `null` instead of waiting. */
  trySendto(data: Bytes, address: AddressLike): number | null;
  trySendto(data: Bytes, flags: number, address: AddressLike): number | null;
  trySendto(data: Bytes, ...rest: [AddressLike] | [number, AddressLike]): number | null {
    return tryCheck(this.#sendtoCall(SEND_NOW, data, rest)(), 'sendto');
  }

  #sendtoCall(flag: number, data: Bytes, rest: [AddressLike] | [number, AddressLike]): () => Result {
    const [flags, address] = rest.length === 1 ? [0, rest[0]] : rest;
    const bytes = toBytes('data', data);
    const allFlags = withFlag(flags, flag);
    const words = encode(sockaddr, this.family, address, this.proto);
    return () => native.sendto(this.fileno(), bytes, allFlags, words);
  }
}
