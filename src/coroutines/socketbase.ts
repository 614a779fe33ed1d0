/** The state of a coroutine socket, and its calls that never wait. */

import { typeError } from '../arguments.js';
import type { Address, AddressLike, Bytes, Socket as PlainSocket } from '../socket/index.js';
import type { Seconds } from '../time.js';
import { Line } from './line.js';

/** A socket of `fd-selectors/socket` that never blocks, and its place in the selector of the hub. */
export abstract class SocketBase {
  /** The socket of `fd-selectors/socket`. It must not be made blocking. */
  readonly sock: PlainSocket;
  /** @internal */
  protected readonly line: Line;

  /** @param sock - an open socket, which this object takes over. */
  constructor(sock: PlainSocket) {
    if (typeof sock?.setblocking !== 'function')
      throw typeError('sock', 'a Socket of fd-selectors/socket', sock);
    sock.setblocking(false);
    this.sock = sock;
    this.line = new Line(sock);
  }

  /** The family: `AF_INET`, ... */
  get family(): number {
    return this.sock.family;
  }

  /** The type: `SOCK_STREAM`, ... */
  get type(): number {
    return this.sock.type;
  }

  /** The protocol; 0 is the default of the type. */
  get proto(): number {
    return this.sock.proto;
  }

  /** Whether the socket was closed or detached. */
  get closed(): boolean {
    return this.sock.closed;
  }

  /** The descriptor; -1 after `close()` and `detach()`. */
  fileno(): number {
    return this.sock.fileno();
  }

  /**
   * Releases the descriptor, still open and non-blocking. Waiting tasks get `EBADF`, as after `close()`; bytes that were
   * already received for one of them are lost.
   */
  detach(): number {
    this.line.leave();
    return this.sock.detach();
  }

  /**
   * Closes the socket; closing it again does nothing. A task that waits for it gets an {@link OSError} `EBADF`.
   *
   * Python: gevent's `cancel_wait_ex`.
   */
  close(): void {
    if (this.sock.closed) return;
    this.line.leave();
    this.sock.close();
  }

  /** As `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Sets how long a call waits before it throws `TimeoutError`.
   *
   * @param timeout - seconds; `null`, the initial value, waits forever; zero does not wait.
   * @throws {@link ValueError} `ERR_INVALID_TIMEOUT` for a negative timeout, NaN and Infinity.
   */
  settimeout(timeout: Seconds | null): void {
    // The plain socket validates the timeout; it never uses it to wait.
    this.sock.settimeout(timeout);
    this.sock.settimeout(0);
    this.line.timeout = timeout ?? null;
  }

  /** The timeout in seconds; `null` waits forever. */
  gettimeout(): Seconds | null {
    return this.line.timeout;
  }

  /** As of `fd-selectors/socket`. Looking up a host name blocks the thread. */
  bind(address: AddressLike): void {
    this.sock.bind(address);
  }

  /** As of `fd-selectors/socket`. */
  listen(backlog?: number): void {
    this.sock.listen(backlog);
  }

  /** The socket's own address. */
  getsockname(): Address {
    return this.sock.getsockname();
  }

  /** The address of the peer. */
  getpeername(): Address {
    return this.sock.getpeername();
  }

  /** Closes one half of the connection, or both; the descriptor stays open. */
  shutdown(how: number): void {
    this.sock.shutdown(how);
  }

  /** As of `fd-selectors/socket`. */
  setsockopt(level: number, optname: number, value: number | Bytes): void {
    this.sock.setsockopt(level, optname, value);
  }

  /** As of `fd-selectors/socket`. */
  getsockopt(level: number, optname: number): number;
  /** As of `fd-selectors/socket`. */
  getsockopt(level: number, optname: number, buflen: number): Buffer;
  getsockopt(level: number, optname: number, buflen?: number): number | Buffer {
    return buflen === undefined
      ? this.sock.getsockopt(level, optname)
      : this.sock.getsockopt(level, optname, buflen);
  }
}
