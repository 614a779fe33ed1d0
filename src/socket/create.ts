/** Sockets that are ready for use: the callable, pairs, servers, connections. */
import { checkInteger, typeError, valueError } from '../arguments.js';
import { check, OSError } from '../errors.js';
import { native } from '../native.js';
import type { Seconds } from '../time.js';
import { KNOWN } from './base.js';
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
import { type AddrInfo, getaddrinfo } from './getaddrinfo.js';
import type { AddressLike } from './sockaddr.js';
import { Socket } from './socket.js';

/** Whether this package knows IPv6. That the machine has it, `bind` says. */
export const hasIpv6 = true;

/**
 * Opens a socket.
 *
 * Linux: socket(2). Python: `socket.socket`.
 *
 * @param family - `AF_INET` if left out.
 * @param type - `SOCK_STREAM` if left out; `SOCK_NONBLOCK` may be or'ed to it.
 * @param proto - 0, the default of the type, if left out.
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
export function socket(family?: number, type?: number, proto?: number): Socket {
  return new Socket(family, type, proto);
}

/**
 * Opens two sockets that are each other's peer.
 *
 * Linux: socketpair(2). Python: `socket.socketpair`.
 *
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
export function socketpair(family = AF_UNIX, type = SOCK_STREAM, proto = 0): [Socket, Socket] {
  checkInteger('family', family);
  checkInteger('type', type);
  checkInteger('proto', proto);
  const fds = new Int32Array(2);
  check(native.socketpair(family, type | SOCK_CLOEXEC, proto, fds), 'socketpair');
  const [a, b] = fds as unknown as [number, number];
  return [new Socket(family, type, proto, a, KNOWN), new Socket(family, type, proto, b, KNOWN)];
}

/** Runs the rest of a socket's making; it does not stay open if that throws. */
function made(sock: Socket, rest: (sock: Socket) => void): Socket {
  try {
    rest(sock);
    return sock;
  } catch (error) {
    sock.close();
    throw error;
  }
}

/** What {@link createServer} can be told. */
export interface ServerOptions {
  /** `AF_INET` if left out. */
  readonly family?: number | undefined;
  /** How many connections may wait to be accepted; 128 if left out. */
  readonly backlog?: number | undefined;
  /** Let several servers bind to this address. */
  readonly reusePort?: boolean | undefined;
  /** With AF_INET6: accept IPv4 as well. */
  readonly dualstackIpv6?: boolean | undefined;
}

/**
 * Opens a TCP server (or one of AF_UNIX) that accepts connections.
 *
 * It can be restarted while old connections linger (SO_REUSEADDR). An AF_INET6 server leaves IPv4 to
 * others unless `dualstackIpv6` is set.
 *
 * Python: `socket.create_server`.
 *
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
export function createServer(address: AddressLike, options: ServerOptions = {}): Socket {
  const { family = AF_INET, backlog, reusePort = false, dualstackIpv6 = false } = options;
  if (dualstackIpv6 && family !== AF_INET6) {
    throw valueError('ERR_INVALID_FAMILY', 'options.family', 'AF_INET6 with dualstackIpv6', family);
  }
  return made(new Socket(family, SOCK_STREAM), (server) => {
    server.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
    if (reusePort) server.setsockopt(SOL_SOCKET, SO_REUSEPORT, 1);
    if (family === AF_INET6) server.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, dualstackIpv6 ? 0 : 1);
    server.bind(address);
    server.listen(backlog);
  });
}

/** What {@link createConnection} can be told. */
export interface ConnectionOptions {
  /** Seconds for each address that is tried, and of the socket afterwards; `null` waits for ever. */
  readonly timeout?: Seconds | null | undefined;
  /** What to bind to before connecting. */
  readonly sourceAddress?: AddressLike | undefined;
}

/**
 * Connects to a TCP server: to the first of the host's addresses that answers.
 *
 * Python: `socket.create_connection`.
 *
 * @param address - host and port; an address of IPv6 as `getsockname()` returns it will do.
 * @throws the error of the last address that was tried: {@link ConnectionRefusedError}, {@link TimeoutError}.
 * @throws {@link GaiError} `ENOTFOUND`; {@link ValueError}, `TypeError` as `bind()` does.
 * @example
 * ```ts
 * import { createConnection, createServer } from 'fd-selectors/socket';
 * using server = createServer(['127.0.0.1', 0]);
 * using client = createConnection(server.getsockname(), { timeout: 5 });
 * assert.deepEqual(client.getpeername(), server.getsockname());
 * ```
 */
export function createConnection(address: AddressLike, options: ConnectionOptions = {}): Socket {
  if (!Array.isArray(address)) throw typeError('address', 'an array [host, port]', address);
  const [host, port] = address as [string, number];
  let failure: unknown;
  for (const info of getaddrinfo(host, port, 0, SOCK_STREAM)) {
    try {
      return connectTo(info, options);
    } catch (error) {
      if (!(error instanceof OSError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

function connectTo([family, type, proto, , address]: AddrInfo, options: ConnectionOptions): Socket {
  const { timeout, sourceAddress } = options;
  return made(new Socket(family, type, proto), (sock) => {
    if (timeout !== undefined) sock.settimeout(timeout);
    if (sourceAddress !== undefined) sock.bind(sourceAddress);
    sock.connect(address);
  });
}

/** Whether one socket of AF_INET6 can serve IPv4 as well. Python: `socket.has_dualstack_ipv6`. */
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
