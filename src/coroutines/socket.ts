/** Sockets whose calls wait without blocking the others. */
import { errnoOf, osError } from '../errors.js';
import { EVENT_READ, EVENT_WRITE } from '../selectors/index.js';
import {
  type Address,
  type AddressLike,
  type Bytes,
  Socket as PlainSocket,
  SO_ERROR,
  SOL_SOCKET,
} from '../socket/index.js';
import { Recv, RecvInto, Send, SendAll } from './calls.js';
import { theHub } from './hub.js';
import { resolved } from './lookup.js';
import { Pause } from './pause.js';
import { SocketBase } from './socketbase.js';
import { Stream } from './stream.js';
import type { Coroutine } from './suspend.js';

const EINPROGRESS = errnoOf('EINPROGRESS');

/**
 * The socket of `fd-selectors/socket`, with coroutines for calls: where that one would block the thread, this one
 * lets other tasks run.
 *
 * One task may read from a socket while another writes; two tasks using the same direction are an error. Each call
 * tries first, and waits only if it must. A task whose data is always ready still gives way to the others now and then.
 *
 * Every call throws {@link OSError} `EBADF` once the socket is closed, even while it waits; calls that wait throw
 * {@link TimeoutError} `ETIMEDOUT` after the timeout, and {@link ConcurrentObjectUseError} `ERR_CONCURRENT_USE`.
 *
 * Python: `gevent.socket.socket`.
 *
 * @example
 * ```ts
 * import { createConnection, createServer, run, spawn } from 'fd-selectors/coroutines';
 * run(function* () {
 *   using server = createServer(['127.0.0.1', 0]);
 *   spawn(function* () {
 *     const [conn] = yield* server.accept();
 *     yield* conn.sendall(yield* conn.recv(100));
 *     conn.close();
 *   });
 *   using client = yield* createConnection(server.getsockname());
 *   yield* client.sendall(Buffer.from('ping'));
 *   const data = yield* client.recv(100);
 *   assert.equal(data.toString(), 'ping');
 * });
 * ```
 */
export class Socket extends SocketBase {
  #recv: Recv | undefined;
  #recvInto: RecvInto | undefined;
  #send: Send | undefined;
  #sendAll: SendAll | undefined;

  /** Takes over an open socket, and asks the kernel what it is. */
  static fromFd(fd: number): Socket {
    return new Socket(PlainSocket.fromFd(fd));
  }

  /** A second socket object for the same connection, with its own descriptor and the same timeout. */
  dup(): Socket {
    const copy = takeOver(this.sock.dup());
    copy.line.timeout = this.line.timeout;
    return copy;
  }

  /**
   * Waits for a connection, and returns a new socket without a timeout, and the peer's address.
   *
   * @throws {@link OSError} `EINVAL` for a socket that does not listen, `EMFILE`.
   */
  *accept(): Coroutine<[conn: Socket, address: Address]> {
    const deadline = this.line.deadline();
    for (;;) {
      if (--theHub().credit < 0) yield* new Pause();
      const accepted = this.line.triesFirst(1) ? this.sock.tryAccept() : null;
      if (accepted !== null) return [takeOver(accepted[0]), accepted[1]];
      yield* this.line.wait(EVENT_READ, deadline, 'accept');
    }
  }

  /**
   * Connects to an address. While a host name is looked up, the other tasks go on; the timeout counts from then.
   *
   * @throws {@link ConnectionRefusedError}, {@link FileNotFoundError}, {@link TimeoutError}; {@link BlockingIOError}
   *   `EAGAIN` where the backlog of an AF_UNIX server is full.
   */
  *connect(address: AddressLike): Coroutine {
    const errno = yield* this.connectEx(address);
    if (errno !== 0) throw osError(errno, 'connect');
  }

  /** As `connect()`, but returns 0 or the positive errno. A bad address throws, and a timeout that has passed. */
  *connectEx(address: AddressLike): Coroutine<number> {
    this.line.checkFree(EVENT_WRITE);
    const to = yield* resolved(address, this.family);
    const deadline = this.line.deadline();
    const errno = this.sock.connectEx(to);
    if (errno !== EINPROGRESS) return errno;
    yield* this.line.wait(EVENT_WRITE, deadline, 'connect');
    return this.sock.getsockopt(SOL_SOCKET, SO_ERROR);
  }

  /**
   * Waits for data, and returns at most `bufsize` bytes in a Buffer of its own; an empty one is the end of the stream.
   *
   * @param flags - an or of `MSG_*`.
   * @throws {@link ConnectionResetError}; {@link OSError} `ENOTCONN`; {@link ValueError} `ERR_OUT_OF_RANGE`.
   */
  recv(bufsize: number, flags = 0): Coroutine<Buffer> {
    let call = this.#recv;
    if (!call?.free) call = this.#recv = new Recv(this.line);
    return call.with(bufsize, flags);
  }

  /**
   * As `recv()`, into a buffer; returns the number of bytes, of which 0 is the end of the stream.
   *
   * @param nbytes - at most so many; 0, the default, means as many as there is room for.
   * @throws as `recv()` does; {@link ValueError} `ERR_INVALID_STATE` if the buffer's memory was transferred meanwhile.
   */
  recvInto(buffer: Bytes, nbytes = 0, flags = 0): Coroutine<number> {
    let call = this.#recvInto;
    if (!call?.free) call = this.#recvInto = new RecvInto(this.line);
    return call.with(buffer, nbytes, flags);
  }

  /**
   * As `recv()`, with the address of the sender.
   *
   * @throws as `recv()` does.
   */
  *recvfrom(bufsize: number, flags = 0): Coroutine<[data: Buffer, address: Address]> {
    const deadline = this.line.deadline();
    for (;;) {
      if (--theHub().credit < 0) yield* new Pause();
      const held = this.line.take(bufsize, flags);
      if (held !== undefined) return [held, ''];
      const received = this.line.triesFirst(bufsize) ? this.sock.tryRecvfrom(bufsize, flags) : null;
      if (received !== null) return received;
      yield* this.line.wait(EVENT_READ, deadline, 'recvfrom');
    }
  }

  /**
   * Waits for room, and returns how many bytes the kernel took: perhaps not all.
   *
   * @param flags - an or of `MSG_*`.
   * @param nbytes - only so many from the beginning; left out, all.
   * @throws {@link BrokenPipeError}, {@link ConnectionResetError}; {@link ValueError} `ERR_OUT_OF_RANGE`.
   */
  send(data: Bytes, flags = 0, nbytes?: number): Coroutine<number> {
    let call = this.#send;
    if (!call?.free) call = this.#send = new Send(this.line);
    return call.with(data, flags, nbytes);
  }

  /**
   * Sends all of the data. The timeout covers the whole call. If it throws, it is unknown how much was sent.
   *
   * @throws as `send()` does.
   */
  sendall(data: Bytes, flags = 0, nbytes?: number): Coroutine {
    let call = this.#sendAll;
    if (!call?.free) call = this.#sendAll = new SendAll(this.line);
    return call.with(data, flags, nbytes);
  }

  /**
   * Sends a datagram to an address, and returns its length.
   *
   * @throws as `send()` does.
   */
  sendto(data: Bytes, address: AddressLike): Coroutine<number>;
  sendto(data: Bytes, flags: number, address: AddressLike): Coroutine<number>;
  *sendto(data: Bytes, ...rest: [AddressLike] | [number, AddressLike]): Coroutine<number> {
    this.line.checkFree(EVENT_WRITE);
    const deadline = this.line.deadline();
    const [flags, address] = rest.length === 1 ? [0, rest[0]] : rest;
    for (;;) {
      if (--theHub().credit < 0) yield* new Pause();
      const sent = this.sock.trySendto(data, flags, address);
      if (sent !== null) return sent;
      yield* this.line.wait(EVENT_WRITE, deadline, 'sendto');
    }
  }

  /**
   * A buffered stream on this socket. Closing it closes the socket.
   *
   * Python: `socket.makefile`.
   */
  makefile(): Stream {
    return new Stream(this);
  }
}

/** The coroutine socket of a new socket, which is closed if there can be none. */
export function takeOver(sock: PlainSocket): Socket {
  try {
    return new Socket(sock);
  } catch (error) {
    sock.close();
    throw error;
  }
}
