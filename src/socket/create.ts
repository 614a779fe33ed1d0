/** Functions that open sockets: socket(), pairs, servers and connections. */
import { checkInteger, checkOptions, typeError, valueError } from '../arguments.js';
import { check, checkClose, OSError } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { native } from '../native.js';
import type { Seconds } from '../time.js';
import { abandon, KNOWN } from './base.js';
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_CLOEXEC,
  SOCK_STREAM,
  SOL_SOCKET,
} from './constants/index.js';
import type { Address, AddressLike, Family, Inet6Address, InetAddress, UnixAddress } from './family.js';
import { type AddrInfo, getaddrinfo } from './getaddrinfo.js';
import { Socket } from './socket.js';

/** Whether this package supports IPv6: always `true`. `bind` fails if the machine lacks it. */
export const hasIpv6 = true;

/**
 * Opens a socket.
 *
 * Linux: socket(2). Python: `socket.socket`.
 *
 * @param family - `AF_INET` by default.
 * @param type - `SOCK_STREAM` by default; may be combined with `SOCK_NONBLOCK`.
 * @param proto - 0, the default protocol of the type, by default.
 * @throws as the constructor of {@link Socket} does.
 * @example
 * ```ts
 * import { AF_INET, SOCK_DGRAM, socket } from 'fd-selectors/socket';
 * using receiver = socket(AF_INET, SOCK_DGRAM);
 * using sender = socket(AF_INET, SOCK_DGRAM);
 * receiver.bind(['127.0.0.1', 0]);
 * sender.sendto(Buffer.from('ping'), receiver.getsockname());
 * assert.equal(receiver.recv(100).toString(), 'ping');
 * ```
 */
export function socket<A extends Address>(family: Family<A>, type?: number, proto?: number): Socket<A>;
/** Opens a TCP socket of IPv4. */
export function socket(): Socket<InetAddress>;
/** Opens a socket of a family that is only known at run time. */
// biome-ignore lint/suspicious/noExplicitAny: a number that is only known at run time.
export function socket(family: number | undefined, type?: number, proto?: number): Socket<any>;
export function socket(family?: number, type?: number, proto?: number): Socket {
  return new Socket(family, type, proto);
}

/**
 * A second socket for the open socket behind a descriptor, which stays open and yours.
 *
 * Python: `socket.fromfd`. `Socket.fromFd` takes the descriptor over and asks the kernel what it is.
 *
 * @throws {@link OSError} `EBADF`, `ENOTSOCK`, `EMFILE`; {@link ValueError}, `TypeError` as the constructor of {@link Socket}.
 * @example
 * ```ts
 * import { AF_UNIX, fromfd, SOCK_STREAM, socketpair } from 'fd-selectors/socket';
 * const [a, b] = socketpair();
 * const same = fromfd(a.fileno(), AF_UNIX, SOCK_STREAM);
 * a.close();
 * same.sendall(Buffer.from('ping'));
 * assert.equal(b.recv(100).toString(), 'ping');
 * same.close();
 * b.close();
 * ```
 */
export function fromfd<A extends Address>(
  fd: FileObject,
  family: Family<A>,
  type: number,
  proto = 0,
): Socket<A> {
  const copy = check(native.dup(filenoOf(fd, 'fd')), 'dup');
  try {
    return new Socket(family, type, proto, copy);
  } catch (error) {
    return abandon(error, copy);
  }
}

/**
 * Closes the descriptor of a socket that no object owns. For a {@link Socket}, call its own `close()`.
 *
 * Python: `socket.close`.
 *
 * @throws {@link OSError} `EBADF`; {@link ValueError} `ERR_INVALID_FD`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function close(fd: FileObject): void {
  checkClose(native.close(filenoOf(fd, 'fd')));
}

/**
 * Opens two sockets that are connected to each other.
 *
 * Linux: socketpair(2). Python: `socket.socketpair`.
 *
 * @param family - `AF_UNIX` by default.
 * @param type - `SOCK_STREAM` by default; may be combined with `SOCK_NONBLOCK`.
 * @param proto - 0, the default protocol of the type, by default.
 * @throws {@link OSError} `ENOTSUP` for a family without pairs, `EMFILE`.
 * @example
 * ```ts
 * import { socketpair } from 'fd-selectors/socket';
 * const [a, b] = socketpair();
 * a.send(Buffer.from('ping'));
 * assert.equal(b.recv(100).toString(), 'ping');
 * a.close();
 * assert.equal(b.recv(100).length, 0);
 * b.close();
 * ```
 */
export function socketpair<A extends Address = UnixAddress>(
  family: Family<A> = AF_UNIX as Family,
  type = SOCK_STREAM,
  proto = 0,
): [Socket<A>, Socket<A>] {
  checkInteger('family', family);
  checkInteger('type', type);
  checkInteger('proto', proto);
  const fds = new Int32Array(2);
  check(native.socketpair(family, type | SOCK_CLOEXEC, proto, fds), 'socketpair');
  const [a, b] = fds as unknown as [number, number];
  try {
    return [new Socket(family, type, proto, a, KNOWN), new Socket(family, type, proto, b, KNOWN)];
  } catch (error) {
    return abandon(error, a, b);
  }
}

/** Sets a new socket up, and closes it if that throws. */
function setUp<A extends Address>(sock: Socket<A>, steps: (sock: Socket<A>) => void): Socket<A> {
  try {
    steps(sock);
    return sock;
  } catch (error) {
    sock.close();
    throw error;
  }
}

/** Options of {@link createServer}. */
export interface ServerOptions<A extends Address = Address> {
  /** The address family; `AF_INET` by default. */
  readonly family?: Family<A> | undefined;
  /** The number of connections that may wait to be accepted; 128 by default. */
  readonly backlog?: number | undefined;
  /** Lets several servers bind to the address. The default is `false`. */
  readonly reusePort?: boolean | undefined;
  /** Makes an AF_INET6 server accept IPv4 as well. The default is `false`. */
  readonly dualstackIpv6?: boolean | undefined;
}

/**
 * Opens a listening TCP socket, or an AF_UNIX one.
 *
 * Guaranteed: it can bind again while old connections linger (SO_REUSEADDR). An AF_INET6 server does not
 * accept IPv4 unless `dualstackIpv6` is set.
 *
 * Python: `socket.create_server`.
 *
 * @param address - as for `bind()`.
 * @throws {@link OSError} `EADDRINUSE`, and as `bind()` does.
 * @throws {@link ValueError} `ERR_INVALID_FAMILY` for `dualstackIpv6` without AF_INET6.
 * @example
 * ```ts
 * import { createServer } from 'fd-selectors/socket';
 * using server = createServer(['127.0.0.1', 0]);
 * server.setblocking(false);
 * assert.equal(server.tryAccept(), null);
 * ```
 */
export function createServer<A extends Address = InetAddress>(
  address: AddressLike,
  options: ServerOptions<A> = {},
): Socket<A> {
  checkOptions(options, ['family', 'backlog', 'reusePort', 'dualstackIpv6']);
  const { family = AF_INET as Family, backlog, reusePort = false, dualstackIpv6 = false } = options;
  if (dualstackIpv6 && family !== AF_INET6) {
    throw valueError('ERR_INVALID_FAMILY', 'options.family', 'AF_INET6 with dualstackIpv6', family);
  }
  return setUp(new Socket<A>(family, SOCK_STREAM), (server) => {
    server.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
    if (reusePort) server.setsockopt(SOL_SOCKET, SO_REUSEPORT, 1);
    if (family === AF_INET6) server.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, dualstackIpv6 ? 0 : 1);
    server.bind(address);
    server.listen(backlog);
  });
}

/** Options of {@link createConnection}. */
export interface ConnectionOptions {
  /** Seconds for each attempt, then the timeout of the socket; `null` waits forever. */
  readonly timeout?: Seconds | null | undefined;
  /** The address to bind to before connecting. */
  readonly sourceAddress?: AddressLike | undefined;
  /** Throw the errors of all addresses that were tried, as an `AggregateError` with the `code` of the last. */
  readonly allErrors?: boolean | undefined;
}

/** The names of {@link ConnectionOptions}. */
export const CONNECTION_OPTIONS = ['timeout', 'sourceAddress', 'allErrors'] as const;

/**
 * Connects to a TCP server, at the first of the host's addresses that accepts the connection.
 *
 * Python: `socket.create_connection`.
 *
 * @param address - the host and the port, or an IPv6 address as `getsockname()` returns it.
 * @throws the error of the last attempt: {@link ConnectionRefusedError}, {@link TimeoutError}; with `allErrors`, an
 *   `AggregateError` of all.
 * @throws {@link GaiError} `ENOTFOUND`; {@link ValueError}, `TypeError` as `bind()` does.
 * @example
 * ```ts
 * import { createConnection, createServer } from 'fd-selectors/socket';
 * using server = createServer(['127.0.0.1', 0]);
 * using client = createConnection(server.getsockname(), { timeout: 5 });
 * assert.deepEqual(client.getpeername(), server.getsockname());
 * ```
 */
export function createConnection(
  address: AddressLike,
  options: ConnectionOptions = {},
): Socket<InetAddress | Inet6Address> {
  checkOptions(options, CONNECTION_OPTIONS);
  if (!Array.isArray(address)) throw typeError('address', 'an array [host, port]', address);
  const [host, port] = address as unknown as [string, number];
  const failures: OSError[] = [];
  for (const info of getaddrinfo(host, port, 0, SOCK_STREAM)) {
    try {
      return connectTo(info, options);
    } catch (error) {
      if (!(error instanceof OSError)) throw error;
      failures.push(error);
    }
  }
  throw connectionFailure(failures, options);
}

/** What is thrown when no address accepts the connection. */
export function connectionFailure(failures: readonly OSError[], { allErrors }: ConnectionOptions): Error {
  const last = failures.at(-1) as OSError;
  if (!allErrors) return last;
  const { code } = last;
  return Object.assign(new AggregateError(failures, `${code}: createConnection failed`), { code });
}

function connectTo(
  [family, type, proto, , address]: AddrInfo,
  options: ConnectionOptions,
): Socket<InetAddress | Inet6Address> {
  const { timeout, sourceAddress } = options;
  return setUp(new Socket<InetAddress | Inet6Address>(family, type, proto), (sock) => {
    if (timeout !== undefined) sock.settimeout(timeout);
    if (sourceAddress !== undefined) sock.bind(sourceAddress);
    sock.connect(address);
  });
}

/**
 * Returns whether an AF_INET6 socket can accept IPv4 as well.
 *
 * Python: `socket.has_dualstack_ipv6`.
 */
export function hasDualstackIpv6(): boolean {
  try {
    using probe = new Socket(AF_INET6, SOCK_STREAM);
    probe.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0);
    return true;
  } catch (error) {
    if (error instanceof OSError) return false;
    throw error;
  }
}
