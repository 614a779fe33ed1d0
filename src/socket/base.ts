/** What a socket is and has, and every call on it that never waits. */
import { type Bytes, checkInteger, toBytes } from '../arguments.js';
import { check, checkClose } from '../errors.js';
import { filenoOf } from '../fileno.js';
import { native } from '../native.js';
import { deadlineOf, FOREVER, type Seconds } from '../time.js';
import { track, untrack } from '../track.js';
import { encode } from './address.js';
import {
  AF_INET,
  SO_TYPE,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  SOMAXCONN,
} from './constants/index.js';
import { type Address, type AddressLike, SockAddr } from './sockaddr.js';
import { getdefaulttimeout, toTimeout } from './timeout.js';

const BACKLOG = Math.min(128, SOMAXCONN);
const MOST_OPTION_BYTES = 1024;

/** The one address in flight: each call writes or reads it at once, so all sockets share it. */
export const sockaddr = new SockAddr();

/** An option that is an int, and its bytes. */
const int = new Int32Array(1);
const intBytes = new Uint8Array(int.buffer);

/** Reads an option that is an int. */
export function intOption(fd: number, level: number, optname: number): number {
  int[0] = 0;
  check(native.getsockopt(fd, level, optname, intBytes), 'getsockopt');
  return int[0];
}

/** What a constructor is given with a descriptor that is a socket for sure. */
export const KNOWN = Symbol('known');

/** Refuses what is not an open socket, and returns it. */
function checkSocket(fd: number): number {
  filenoOf(fd, 'fd');
  intOption(fd, SOL_SOCKET, SO_TYPE);
  return fd;
}

/** Adds a flag of ours to the flags of the caller, which most calls leave at zero. */
export function withFlag(flags: number, flag: number): number {
  if (flags === 0) return flag;
  checkInteger('flags', flags);
  return flags | flag;
}

/** A descriptor with its family, timeout, names and options; `Socket` adds what moves data. */
export class SocketBase {
  #fd: number;
  #timeout: Seconds | null;
  /** The family: `AF_INET`, ... */
  readonly family: number;
  /** The type: `SOCK_STREAM`, ..., without the flags that may be or'ed to it. */
  readonly type: number;
  /** The protocol; 0 is the default of the type. */
  readonly proto: number;

  /**
   * Opens a socket, or takes over one that is open: closing the object then closes it. Sockets are
   * close-on-exec.
   *
   * @param fd - an open socket of this family, type and protocol, non-blocking if `type` says so.
   * @throws {@link OSError} `EAFNOSUPPORT`, `EPROTONOSUPPORT`, `EINVAL`, `EMFILE`; `EBADF` and `ENOTSOCK` for `fd`;
   *   {@link PermissionError} for a raw socket without the privilege.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`, `ERR_INVALID_FD`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  constructor(family?: number, type?: number, proto?: number, fd?: number);
  /** @internal @param known - the descriptor is a socket: it is not asked. */
  constructor(family?: number, type?: number, proto?: number, fd?: number, known?: typeof KNOWN);
  constructor(family = AF_INET, type = SOCK_STREAM, proto = 0, fd?: number, known?: typeof KNOWN) {
    checkInteger('family', family);
    checkInteger('type', type);
    checkInteger('proto', proto);
    this.family = family;
    this.type = type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
    this.proto = proto;
    this.#fd =
      fd === undefined
        ? check(native.socket(family, type | SOCK_CLOEXEC, proto), 'socket')
        : track(known === KNOWN ? fd : checkSocket(fd));
    const nonblock = (type & SOCK_NONBLOCK) !== 0;
    this.#timeout = nonblock ? 0 : getdefaulttimeout();
    if (!nonblock && this.#timeout !== null) check(native.setNonblock(this.#fd, 1), 'fcntl');
  }

  /** Whether the socket was closed or detached. */
  get closed(): boolean {
    return this.#fd < 0;
  }

  /** The descriptor; -1 after `close()` and `detach()`. */
  fileno(): number {
    return this.#fd;
  }

  /** Gives the descriptor away, still open; the object counts as closed. */
  detach(): number {
    const fd = this.#fd;
    this.#fd = -1;
    return untrack(fd);
  }

  /**
   * Closes the socket; a second time does nothing. Every other call then throws `OSError` `EBADF`.
   *
   * Nothing else ever closes it: not the garbage collector, which comes late or never. Data that was
   * sent is still delivered.
   */
  close(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    checkClose(native.close(fd));
  }

  /** As `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** `true` makes every call wait as long as it takes, `false` none: `settimeout(null)`, `settimeout(0)`. */
  setblocking(flag: boolean): void {
    this.settimeout(flag ? null : 0);
  }

  /** Whether calls may wait, be it with a timeout. */
  getblocking(): boolean {
    return this.#timeout !== 0;
  }

  /**
   * Sets how long a call waits before it throws `TimeoutError`.
   *
   * Linux: with a timeout the descriptor is non-blocking, and calls wait with poll(2).
   *
   * @param timeout - seconds; `null` waits for ever; zero never: calls throw `BlockingIOError`.
   * @throws {@link ValueError} `ERR_INVALID_TIMEOUT` for a negative timeout, NaN and Infinity.
   */
  settimeout(timeout: Seconds | null): void {
    const wanted = toTimeout(timeout);
    check(native.setNonblock(this.#fd, wanted === null ? 0 : 1), 'fcntl');
    this.#timeout = wanted;
  }

  /** The timeout in seconds; `null` waits for ever. */
  gettimeout(): Seconds | null {
    return this.#timeout;
  }

  /** The end of a call that starts now. */
  protected deadline(): number {
    return deadlineOf(this.#timeout ?? FOREVER);
  }

  /** Whether a call that would block is waited for here, the descriptor being non-blocking. */
  protected hasTimeout(): boolean {
    return this.#timeout !== null && this.#timeout > 0;
  }

  /**
   * Gives the socket an address: port 0 is any free port, `''` any address of this machine; of
   * AF_UNIX a path that does not exist yet, or `''` for an abstract name that the kernel chooses.
   *
   * @throws {@link OSError} `EADDRINUSE`, `EADDRNOTAVAIL`, `EINVAL` where it has one already;
   *   {@link PermissionError}; {@link GaiError} for an unknown host.
   * @throws {@link ValueError} `ERR_INVALID_PORT`, `ERR_INVALID_HOST`, `ERR_PATH_TOO_LONG`,
   *   `ERR_INVALID_PATH`, `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE` for another shape.
   */
  bind(address: AddressLike): void {
    check(native.bind(this.#fd, encode(sockaddr, this.family, address)), 'bind');
  }

  /**
   * Makes the socket accept connections.
   *
   * @param backlog - how many may wait to be accepted; 128 if left out, zero if negative.
   */
  listen(backlog = BACKLOG): void {
    checkInteger('backlog', backlog);
    check(native.listen(this.#fd, Math.max(0, backlog)), 'listen');
  }

  /** The socket's own address. */
  getsockname(): Address {
    check(native.getsockname(this.#fd, sockaddr.words), 'getsockname');
    return sockaddr.decode();
  }

  /**
   * The address of the peer.
   *
   * @throws {@link OSError} `ENOTCONN`.
   */
  getpeername(): Address {
    check(native.getpeername(this.#fd, sockaddr.words), 'getpeername');
    return sockaddr.decode();
  }

  /**
   * Closes one half of the connection, or both; the descriptor stays open.
   *
   * @param how - `SHUT_RD`, `SHUT_WR` or `SHUT_RDWR`.
   * @throws {@link OSError} `ENOTCONN`, `EINVAL`.
   */
  shutdown(how: number): void {
    checkInteger('how', how);
    check(native.shutdown(this.#fd, how), 'shutdown');
  }

  /**
   * Sets an option: a number where the kernel takes an int, bytes where it takes a struct or a text.
   *
   * @param level - `SOL_SOCKET`, `IPPROTO_TCP`, ...
   * @throws {@link OSError} `ENOPROTOOPT`, `EINVAL`, `EDOM`.
   */
  setsockopt(level: number, optname: number, value: number | Bytes): void {
    checkInteger('level', level);
    checkInteger('optname', optname);
    const bytes = typeof value === 'number' ? intBytes : toBytes('value', value);
    if (typeof value === 'number') {
      checkInteger('value', value);
      int[0] = value;
    }
    check(native.setsockopt(this.#fd, level, optname, bytes), 'setsockopt');
  }

  /**
   * Reads an option that is an int.
   *
   * @throws {@link OSError} `ENOPROTOOPT`, `EINVAL`.
   */
  getsockopt(level: number, optname: number): number;
  /**
   * Reads an option as bytes.
   *
   * @param buflen - how many at most, 1 to 1024.
   * @throws {@link OSError} `ENOPROTOOPT`, `EINVAL`.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`.
   */
  getsockopt(level: number, optname: number, buflen: number): Buffer;
  getsockopt(level: number, optname: number, buflen?: number): number | Buffer {
    checkInteger('level', level);
    checkInteger('optname', optname);
    if (buflen === undefined) return intOption(this.#fd, level, optname);
    checkInteger('buflen', buflen, 1, MOST_OPTION_BYTES);
    const value = Buffer.alloc(buflen);
    return value.subarray(0, check(native.getsockopt(this.#fd, level, optname, value), 'getsockopt'));
  }
}
