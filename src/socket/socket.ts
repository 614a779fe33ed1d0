/** Python's `socket.socket`. */
import { type Bytes, checkCount, checkInteger, toBytes } from '../arguments.js';
import { POLLIN, POLLOUT } from '../constants.js';
import { check, EAGAIN, EINPROGRESS, EINTR, osError, tryCheck } from '../errors.js';
import { filenoOf } from '../fileno.js';
import { native, type Result } from '../native.js';
import { encode } from './address.js';
import { intOption, KNOWN, SocketBase, sockaddr, withFlag } from './base.js';
import {
  AF_UNIX,
  MSG_DONTWAIT,
  MSG_ERRQUEUE,
  MSG_NOSIGNAL,
  SO_DOMAIN,
  SO_ERROR,
  SO_PROTOCOL,
  SO_TYPE,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOL_SOCKET,
} from './constants/index.js';
import { Patience, pollUntil } from './polluntil.js';
import { receiveBuffer, received } from './receive.js';
import type { Address, AddressLike } from './sockaddr.js';

/** What the sending calls that do not wait pass. */
const SEND_NOW = MSG_NOSIGNAL | MSG_DONTWAIT;

// The boundary refuses what is no Uint8Array, and more bytes than it has: reasons are looked for only then.

/** What poll(2) is asked for the sake of a receiving call: the queue of errors makes nothing readable. */
function awaited(flags: number): number {
  return (flags & MSG_ERRQUEUE) === 0 ? POLLIN : 0;
}

/** One recv(2). */
function recvOnce(fd: number, buffer: Bytes, flags: number, nbytes: number): Result {
  const view = buffer as Uint8Array;
  return nbytes === 0 ? native.recv(fd, view, flags) : native.recv(fd, view, flags, nbytes);
}

/** One send(2). */
function sendOnce(fd: number, data: Bytes, flags: number, nbytes: number | undefined): Result {
  const view = data as Uint8Array;
  return nbytes === undefined ? native.send(fd, view, flags) : native.send(fd, view, flags, nbytes);
}

/**
 * A socket of any family, blocking at first.
 *
 * A call that has to wait blocks the thread, and with it Node's event loop: set a timeout, or use a
 * selector and the calls that never wait, `tryRecv` and its kin. A signal does not end a wait.
 *
 * Guaranteed: no call raises SIGPIPE, and no timeout is early.
 *
 * Every call but `close()` throws {@link OSError} `EBADF` once the socket is closed. Those that may wait
 * throw {@link TimeoutError} `ETIMEDOUT` after the timeout, and {@link BlockingIOError} `EAGAIN` in
 * place of waiting if the socket is non-blocking.
 *
 * Linux: socket(2), and one system call of the method's name for each method.
 *
 * Python: `socket.socket`. Addresses are arrays or paths, bytes are Buffers.
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
export class Socket extends SocketBase {
  /**
   * Takes over an open socket and asks the kernel what it is; closing the object closes it.
   *
   * Python: `socket.socket(fileno=fd)`, where a non-blocking descriptor counts as a blocking one.
   *
   * @throws {@link OSError} `ENOTSOCK`, `EBADF`.
   * @throws {@link ValueError} `ERR_INVALID_FD`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  static fromFd(fd: number): Socket {
    filenoOf(fd, 'fd');
    const family = intOption(fd, SOL_SOCKET, SO_DOMAIN);
    const type = intOption(fd, SOL_SOCKET, SO_TYPE);
    const proto = intOption(fd, SOL_SOCKET, SO_PROTOCOL);
    const nonblock = check(native.getNonblock(fd), 'fcntl') === 0 ? 0 : SOCK_NONBLOCK;
    return new Socket(family, type | nonblock, proto, fd, KNOWN);
  }

  /** A second socket object on a descriptor of its own, for the same connection; it has the same timeout. */
  dup(): Socket {
    const fd = check(native.dup(this.fileno()), 'dup');
    const copy = new Socket(this.family, this.type, this.proto, fd, KNOWN);
    copy.settimeout(this.gettimeout());
    return copy;
  }

  /**
   * Takes a connection that a peer has made: a new socket, and the address of the peer.
   *
   * The new socket is blocking, or has the default timeout, whatever this one has.
   *
   * @throws {@link OSError} `EINVAL` for a socket that does not listen, `EMFILE`.
   */
  accept(): [conn: Socket, address: Address] {
    const first = native.accept4(this.fileno(), sockaddr.words, SOCK_CLOEXEC);
    return this.#accepted(first >= 0 ? first : this.#acceptAgain(first));
  }

  #acceptAgain(first: Result): number {
    return this.#again(first, POLLIN, 'accept', () =>
      native.accept4(this.fileno(), sockaddr.words, SOCK_CLOEXEC),
    );
  }

  #accepted(fd: number): [conn: Socket, address: Address] {
    const address = sockaddr.decode();
    return [new Socket(this.family, this.type, this.proto, fd, KNOWN), address];
  }

  /**
   * As `accept()`, but `null` where that would wait.
   *
   * A blocking socket is non-blocking for the time of this call, there being no flag for it;
   * `setblocking(false)` saves the two calls.
   */
  tryAccept(): [conn: Socket, address: Address] | null {
    const fd = this.fileno();
    const blocking = this.gettimeout() === null;
    if (blocking) check(native.setNonblock(fd, 1), 'fcntl');
    const result = native.accept4(fd, sockaddr.words, SOCK_CLOEXEC);
    if (blocking) native.setNonblock(fd, 0);
    const accepted = tryCheck(result, 'accept');
    return accepted === null ? null : this.#accepted(accepted);
  }

  /**
   * Connects to an address; of datagrams, sets the peer.
   *
   * With a timeout, or after a signal, the connection is made in the background and waited for.
   * AF_UNIX has no background: a full backlog is `EAGAIN` at once even with a timeout.
   *
   * @throws {@link ConnectionRefusedError}; {@link FileNotFoundError} for an AF_UNIX path without socket;
   *   {@link BlockingIOError} `EINPROGRESS` if the socket is non-blocking: writable then means done.
   * @throws as `bind()` does, for the address.
   */
  connect(address: AddressLike): void {
    check(this.#connect(address), 'connect');
  }

  /**
   * As `connect()`, but returns 0 or the positive errno, such as EINPROGRESS. A bad address throws.
   *
   * Python: `connect_ex`. A timeout that has passed is ETIMEDOUT here, EAGAIN there.
   */
  connectEx(address: AddressLike): number {
    return Math.abs(this.#connect(address));
  }

  #connect(address: AddressLike): Result {
    const words = encode(sockaddr, this.family, address);
    let result: Result;
    // What a signal interrupts on AF_UNIX is undone; anywhere else it goes on in the background.
    do result = native.connect(this.fileno(), words);
    while (result === -EINTR && this.family === AF_UNIX);
    const started = result === -EINTR || (result === -EINPROGRESS && this.hasTimeout());
    return started ? this.#connected() : result;
  }

  /** Waits for a connection that is in progress, and returns how it went. */
  #connected(): Result {
    const ready = pollUntil(this.fileno(), POLLOUT, this.deadline());
    return ready < 0 ? ready : -intOption(this.fileno(), SOL_SOCKET, SO_ERROR);
  }

  /**
   * Receives at most `bufsize` bytes, into a Buffer of its own; an empty one is the end of the stream
   * (or an empty datagram). What a datagram has beyond `bufsize` is lost.
   *
   * @param flags - an or of `MSG_*`. With MSG_TRUNC, the Buffer still ends at `bufsize`.
   * @throws {@link ConnectionResetError}; {@link OSError} `ENOTCONN`.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  recv(bufsize: number, flags = 0): Buffer {
    const buffer = receiveBuffer(bufsize, flags);
    const result = native.recv(this.fileno(), buffer, flags, bufsize);
    return received(buffer, result >= 0 ? result : this.#recvAgain(result, buffer, bufsize, flags));
  }

  /** As `recv()`, but `null` where that would wait. */
  tryRecv(bufsize: number, flags = 0): Buffer | null {
    const buffer = receiveBuffer(bufsize, flags);
    const result = native.recv(this.fileno(), buffer, withFlag(flags, MSG_DONTWAIT), bufsize);
    if (result >= 0) return received(buffer, result);
    if (result === -EAGAIN) return null;
    checkInteger('bufsize', bufsize, 0);
    throw osError(result, 'recv');
  }

  /**
   * Receives into a buffer and returns the number of bytes; 0 is the end of the stream.
   *
   * @param nbytes - at most so many; 0, the default, means as many as there is room for.
   * @param flags - an or of `MSG_*`. With MSG_TRUNC, the number may be larger than the room.
   * @throws as `recv()` does.
   */
  recvInto(buffer: Bytes, nbytes = 0, flags = 0): number {
    const result = recvOnce(this.fileno(), buffer, flags, nbytes);
    return result >= 0 ? result : this.#recvIntoAgain(result, buffer, nbytes, flags);
  }

  #recvIntoAgain(result: Result, buffer: Bytes, nbytes: number, flags: number): number {
    const bytes = toBytes('buffer', buffer);
    if (bytes !== buffer) return this.recvInto(bytes, nbytes, flags);
    checkInteger('nbytes', nbytes, 0, bytes.length);
    return this.#recvAgain(result, bytes, nbytes === 0 ? bytes.length : nbytes, flags);
  }

  #recvAgain(result: Result, bytes: Uint8Array, length: number, flags: number): number {
    checkInteger('bufsize', length, 0);
    checkInteger('flags', flags);
    return this.#again(result, awaited(flags), 'recv', () =>
      native.recv(this.fileno(), bytes, flags, length),
    );
  }

  /** As `recvInto()`, but `null` where that would wait. */
  tryRecvInto(buffer: Bytes, nbytes = 0, flags = 0): number | null {
    const result = recvOnce(this.fileno(), buffer, withFlag(flags, MSG_DONTWAIT), nbytes);
    if (result >= 0) return result;
    if (result === -EAGAIN) return null;
    const bytes = toBytes('buffer', buffer);
    if (bytes !== buffer) return this.tryRecvInto(bytes, nbytes, flags);
    checkInteger('nbytes', nbytes, 0, bytes.length);
    throw osError(result, 'recv');
  }

  /**
   * As `recv()`, with the address of the sender, which is `''` on a connection.
   *
   * @throws as `recv()` does.
   */
  recvfrom(bufsize: number, flags = 0): [data: Buffer, address: Address] {
    const buffer = receiveBuffer(bufsize, flags);
    const length = this.#recvfrom(buffer, bufsize, flags);
    return [received(buffer, length), sockaddr.decode()];
  }

  /** As `recvfrom()`, but `null` where that would wait. */
  tryRecvfrom(bufsize: number, flags = 0): [data: Buffer, address: Address] | null {
    checkInteger('bufsize', bufsize, 0);
    const buffer = receiveBuffer(bufsize, flags);
    const now = withFlag(flags, MSG_DONTWAIT);
    const result = native.recvfrom(this.fileno(), buffer, now, sockaddr.words, bufsize);
    const length = tryCheck(result, 'recvfrom');
    return length === null ? null : [received(buffer, length), sockaddr.decode()];
  }

  /**
   * As `recvInto()`, with the address of the sender, which is `''` on a connection.
   *
   * @throws as `recv()` does.
   */
  recvfromInto(buffer: Bytes, nbytes = 0, flags = 0): [nbytes: number, address: Address] {
    const bytes = toBytes('buffer', buffer);
    checkInteger('nbytes', nbytes, 0, bytes.length);
    const length = this.#recvfrom(bytes, nbytes === 0 ? bytes.length : nbytes, flags);
    return [length, sockaddr.decode()];
  }

  #recvfrom(bytes: Uint8Array, length: number, flags: number): number {
    checkInteger('bufsize', length, 0);
    checkInteger('flags', flags);
    const call = () => native.recvfrom(this.fileno(), bytes, flags, sockaddr.words, length);
    return this.#again(call(), awaited(flags), 'recvfrom', call);
  }

  /**
   * Sends, and returns how many bytes the kernel took: perhaps not all, unless it is a datagram.
   *
   * Python: has no `nbytes`; a slice of a `memoryview` does that there. A view of the data does it here,
   * too, but costs 150 ns, more than the call itself costs above C.
   *
   * @param flags - an or of `MSG_*`; MSG_NOSIGNAL is always set.
   * @param nbytes - only so many from the beginning, such as what `recvInto()` returned; left out, all.
   * @throws {@link BrokenPipeError}, {@link ConnectionResetError}; {@link OSError} `ENOTCONN`, `EMSGSIZE`.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`, for a string too.
   */
  send(data: Bytes, flags = 0, nbytes?: number): number {
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
    if (bytes !== data) return this.send(bytes, flags, nbytes);
    checkCount(nbytes, bytes);
    const call = () => sendOnce(this.fileno(), bytes, withFlag(flags, MSG_NOSIGNAL), nbytes);
    return this.#again(result, POLLOUT, 'send', call, deadline);
  }

  /** As `send()`, but `null` where that would wait: the kernel took nothing. */
  trySend(data: Bytes, flags = 0, nbytes?: number): number | null {
    const result = sendOnce(this.fileno(), data, withFlag(flags, SEND_NOW), nbytes);
    if (result >= 0) return result;
    if (result === -EAGAIN) return null;
    const bytes = toBytes('data', data);
    if (bytes !== data) return this.trySend(bytes, flags, nbytes);
    checkCount(nbytes, bytes);
    throw osError(result, 'send');
  }

  /**
   * Sends all of the data. A timeout is for the whole.
   *
   * If it throws, nobody can say how much was sent: where that matters, use `send()`.
   *
   * @param nbytes - as for `send()`.
   * @throws as `send()` does.
   */
  sendall(data: Bytes, flags = 0, nbytes?: number): void {
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
   * Sends a datagram to an address, and returns its length.
   *
   * @throws as `send()` does, and as `bind()` does for the address.
   */
  sendto(data: Bytes, address: AddressLike): number;
  sendto(data: Bytes, flags: number, address: AddressLike): number;
  sendto(data: Bytes, ...rest: [AddressLike] | [number, AddressLike]): number {
    const call = this.#sendtoCall(MSG_NOSIGNAL, data, rest);
    return this.#again(call(), POLLOUT, 'sendto', call);
  }

  /** As `sendto()`, but `null` where that would wait. */
  trySendto(data: Bytes, address: AddressLike): number | null;
  trySendto(data: Bytes, flags: number, address: AddressLike): number | null;
  trySendto(data: Bytes, ...rest: [AddressLike] | [number, AddressLike]): number | null {
    return tryCheck(this.#sendtoCall(SEND_NOW, data, rest)(), 'sendto');
  }

  #sendtoCall(flag: number, data: Bytes, rest: [AddressLike] | [number, AddressLike]): () => Result {
    const [flags, address] = rest.length === 1 ? [0, rest[0]] : rest;
    const bytes = toBytes('data', data);
    const now = withFlag(flags, flag);
    const words = encode(sockaddr, this.family, address);
    return () => native.sendto(this.fileno(), bytes, now, words);
  }

  /**
   * The end of a call whose first try failed: waits as the timeout allows, tries again, throws.
   *
   * A signal is no reason to return: JavaScript's handler for it can only run once we do, and libuv's own,
   * set with SA_RESTART, have noted it.
   */
  #again(
    first: Result,
    events: number,
    syscall: string,
    call: () => Result,
    deadline = this.deadline(),
  ): number {
    let patience: Patience | undefined;
    for (let result = first; ; result = call()) {
      if (result >= 0) return result;
      if (result === -EAGAIN && this.hasTimeout()) {
        patience ??= new Patience(this.fileno(), events, deadline);
        check(patience.wait(), syscall);
      } else if (result !== -EINTR) throw osError(result, syscall);
    }
  }
}
