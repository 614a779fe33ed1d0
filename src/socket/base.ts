/** The part of a socket that moves no data: its descriptor, timeout, addresses and options. */
import { inspect } from 'node:util';
import { type Bytes, checkInteger, toBytes } from '../arguments.js';
import { F_GETFD, F_SETFD, FD_CLOEXEC } from '../constants.js';
import { check, checkClose, EAGAIN, EINTR, osError } from '../errors.js';
import { filenoOf } from '../fileno.js';
import { native, type Result } from '../native.js';
import { deadlineOf, FOREVER, type Seconds, type Timeout } from '../time.js';
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
import type { Address, AddressLike, Family } from './family.js';
import { Patience } from './polluntil.js';
import { describeSocket } from './print.js';
import { SockAddr } from './sockaddr.js';
import { getdefaulttimeout, toTimeout } from './timeout.js';

const BACKLOG = Math.min(128, SOMAXCONN);
const MOST_OPTION_BYTES = 1024;

/** One address that all sockets share: each call writes it before, or reads it right after, the system call. */
export const sockaddr = new SockAddr();

/** The value of an option that is an int, and its bytes. */
const int = new Int32Array(1);
const intBytes = new Uint8Array(int.buffer);

/** Reads an option whose value is an int. */
export function intOption(fd: number, level: number, optname: number): number {
  int[0] = 0;
  check(native.getsockopt(fd, level, optname, intBytes), 'getsockopt');
  return int[0];
}

/** The last argument of a constructor whose descriptor is a socket for certain. */
export const KNOWN: unique symbol = Symbol('known');

/** Closes descriptors that were opened for objects which could not be made, and passes on the reason. */
export function abandon(reason: unknown, ...fds: number[]): never {
  for (const fd of fds) native.close(fd);
  throw reason;
}

/** Rejects what is not an open socket, and returns it. */
function checkSocket(fd: number): number {
  filenoOf(fd, 'fd');
  intOption(fd, SOL_SOCKET, SO_TYPE);
  return fd;
}

/** Adds a flag of ours to the caller's flags, which are zero in most calls. */
export function withFlag(flags: number, flag: number): number {
  if (flags === 0) return flag;
  checkInteger('flags', flags);
  return flags | flag;
}

/** The base of {@link Socket}: every method that moves no data. */
// biome-ignore lint/suspicious/noExplicitAny: an unnamed family is any family, as in BaseSelector.
export class SocketBase<A extends Address = any> {
  #fd: number;
  #timeout: Seconds | null;
  #closed = false;
  /** How many files of `makefile()` are open. */
  #files = 0;
  /** The family: `AF_INET`, ... */
  readonly family: Family<A>;
  /** The type: `SOCK_STREAM`, ..., without `SOCK_NONBLOCK` and `SOCK_CLOEXEC`. */
  readonly type: number;
  /** The protocol; 0 is the default protocol of the type. */
  readonly proto: number;

  /**
   * Opens a socket, or takes ownership of an open one. Sockets are close-on-exec.
   *
   * @param family - `AF_INET` by default.
   * @param type - `SOCK_STREAM` by default; may be combined with `SOCK_NONBLOCK`.
   * @param proto - 0, the default protocol of the type, by default.
   * @param fd - an open socket of this family, type and protocol, which is non-blocking if `type` has
   *   `SOCK_NONBLOCK`; closing the object closes it.
   * @throws {@link OSError} `EAFNOSUPPORT`, `EPROTONOSUPPORT`, `EINVAL`, `EMFILE`; `EBADF` and `ENOTSOCK` for `fd`;
   *   {@link PermissionError} for a raw socket without CAP_NET_RAW.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`, `ERR_INVALID_FD`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  constructor(family?: Family<A>, type?: number, proto?: number, fd?: number);
  /** @internal */
  constructor(family?: Family<A>, type?: number, proto?: number, fd?: number, known?: symbol);
  constructor(
    family: Family<A> = AF_INET as Family,
    type = SOCK_STREAM,
    proto = 0,
    fd?: number,
    known?: symbol,
  ) {
    checkInteger('family', family);
    checkInteger('type', type);
    checkInteger('proto', proto);
    this.family = family;
    this.type = type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
    this.proto = proto;
    const nonblock = (type & SOCK_NONBLOCK) !== 0;
    this.#timeout = nonblock ? 0 : getdefaulttimeout();
    // With any timeout the descriptor is non-blocking.
    const flags = SOCK_CLOEXEC | (this.#timeout === null ? 0 : SOCK_NONBLOCK);
    if (fd === undefined) {
      this.#fd = check(native.socket(family, type | flags, proto), 'socket');
      return;
    }
    this.#fd = known === KNOWN ? fd : checkSocket(fd);
    if (!nonblock && this.#timeout !== null) check(native.setNonblock(fd, 1), 'fcntl');
    track(fd);
  }

  /** Whether `close()` or `detach()` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Returns the descriptor; -1 after `close()` or `detach()`. */
  fileno(): number {
    return this.#fd;
  }

  /** Releases ownership of the descriptor and returns it, still open; the object is closed from then on. */
  detach(): number {
    const fd = this.#fd;
    this.#fd = -1;
    this.#closed = true;
    return untrack(fd);
  }

  /**
   * Closes the socket. Closing it again does nothing; every other call then throws `OSError` `EBADF`.
   *
   * Guaranteed: nothing else closes it, not even the garbage collector. Data already sent is still
   * delivered.
   */
  close(): void {
    this.#closed = true;
    if (this.#files === 0) this.#release();
  }

  #release(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    checkClose(native.close(fd));
  }

  /** Counts a file of `makefile()`, and returns what its end calls: the descriptor stays open until then. */
  protected openFile(): () => void {
    this.#files++;
    return () => {
      this.#files--;
      if (this.#closed && this.#files === 0) this.#release();
    };
  }

  /** Calls `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** What Python's `repr()` says: the descriptor, what the socket is, and the addresses that it has. Never throws. */
  toString(): string {
    return #fd in this ? describeSocket(this) : '<Socket>';
  }

  /** @internal */
  [inspect.custom](): string {
    return this.toString();
  }

  /**
   * Whether a program that this process starts inherits the descriptor; at first none does.
   *
   * Linux: FD_CLOEXEC, by fcntl(2). Python: `get_inheritable`.
   */
  getInheritable(): boolean {
    return (check(native.fcntl(this.#fd, F_GETFD, 0), 'fcntl') & FD_CLOEXEC) === 0;
  }

  /** Chooses whether a program that this process starts inherits the descriptor. Python: `set_inheritable`. */
  setInheritable(inheritable: boolean): void {
    const flags = check(native.fcntl(this.#fd, F_GETFD, 0), 'fcntl');
    const wanted = inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC;
    check(native.fcntl(this.#fd, F_SETFD, wanted), 'fcntl');
  }

  /** Makes calls wait forever (`true`, as `settimeout(null)`) or never (`false`, as `settimeout(0)`). */
  setblocking(flag: boolean): void {
    this.settimeout(flag ? null : 0);
  }

  /** Returns whether calls may wait, with or without a timeout. */
  getblocking(): boolean {
    return this.#timeout !== 0;
  }

  /**
   * Sets how long a call waits before it throws `TimeoutError`.
   *
   * Linux: with a timeout, the descriptor is non-blocking and calls wait with poll(2).
   *
   * @param timeout - seconds; `null` waits forever; with zero, calls that would wait throw `BlockingIOError`.
   * @throws {@link ValueError} `ERR_INVALID_TIMEOUT` for a negative timeout, NaN and Infinity.
   */
  settimeout(timeout: Timeout): void {
    const wanted = toTimeout(timeout);
    check(native.setNonblock(this.#fd, wanted === null ? 0 : 1), 'fcntl');
    this.#timeout = wanted;
  }

  /** Makes the descriptor block again; refused, the timeout says that it does not. Returns 0 or `-errno`. */
  protected restoreBlocking(): Result {
    const result = native.setNonblock(this.#fd, 0);
    if (result < 0) this.#timeout = 0;
    return result;
  }

  /** Returns the timeout in seconds; `null` waits forever. */
  gettimeout(): Seconds | null {
    return this.#timeout;
  }

  /** The timeout in seconds, as `gettimeout()` returns it. */
  get timeout(): Seconds | null {
    return this.#timeout;
  }

  /** Returns the deadline of a call that starts now. */
  protected deadline(): number {
    return deadlineOf(this.#timeout ?? FOREVER);
  }

  /** Whether the descriptor is non-blocking and calls wait with poll(2). */
  protected hasTimeout(): boolean {
    return this.#timeout !== null && this.#timeout > 0;
  }

  /**
   * Binds the socket to an address.
   *
   * @param address - port 0 is any free port, and the host `''` any address of this machine; for AF_UNIX,
   *   a path that does not exist yet, or `''` for an abstract name that the kernel chooses.
   * @throws {@link OSError} `EADDRINUSE`, `EADDRNOTAVAIL`, `EINVAL` if it is already bound;
   *   {@link PermissionError}; {@link GaiError} for an unknown host.
   * @throws {@link ValueError} `ERR_INVALID_PORT`, `ERR_INVALID_HOST`, `ERR_PATH_TOO_LONG`,
   *   `ERR_INVALID_PATH`, `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE` for the wrong shape.
   */
  bind(address: AddressLike): void {
    check(native.bind(this.#fd, encode(sockaddr, this.family, address, this.proto)), 'bind');
  }

  /**
   * Makes the socket accept connections.
   *
   * @param backlog - the number of connections that may wait to be accepted, by default 128; a negative one means 0.
   */
  listen(backlog = BACKLOG): void {
    checkInteger('backlog', backlog);
    check(native.listen(this.#fd, Math.max(0, backlog)), 'listen');
  }

  /** Returns the socket's own address. */
  getsockname(): A {
    check(native.getsockname(this.#fd, sockaddr.words), 'getsockname');
    return sockaddr.decode(this.proto) as A;
  }

  /**
   * Returns the address of the peer.
   *
   * @throws {@link OSError} `ENOTCONN` if it has none.
   */
  getpeername(): A {
    check(native.getpeername(this.#fd, sockaddr.words), 'getpeername');
    return sockaddr.decode(this.proto) as A;
  }

  /**
   * Shuts down one or both directions of the connection; the descriptor stays open.
   *
   * @param how - `SHUT_RD`, `SHUT_WR` or `SHUT_RDWR`.
   * @throws {@link OSError} `ENOTCONN`, `EINVAL`.
   */
  shutdown(how: number): void {
    checkInteger('how', how);
    check(native.shutdown(this.#fd, how), 'shutdown');
  }

  /**
   * Sets an option.
   *
   * @param level - `SOL_SOCKET`, `IPPROTO_TCP`, ...
   * @param optname - `SO_REUSEADDR`, `TCP_NODELAY`, ...
   * @param value - a number if the option is an int, bytes if it is a struct or a string.
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
   * Reads an option whose value is an int.
   *
   * @throws {@link OSError} `ENOPROTOOPT`, `EINVAL`.
   */
  getsockopt(level: number, optname: number): number;
  /**
   * Reads an option as bytes.
   *
   * @param buflen - the most bytes to return, 1 to 1024.
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

  /**
   * Completes a call whose first attempt failed: waits as the timeout allows and tries again, or throws.
   * A signal does not end it (see `pollUntil`).
   */
  protected again(
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
