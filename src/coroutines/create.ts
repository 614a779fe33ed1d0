/** Functions that open sockets: plain sockets, pairs, servers, connections. */
import { checkOptions, typeError } from '../arguments.js';
import { OSError } from '../errors.js';
import { CONNECTION_OPTIONS, connectionFailure } from '../socket/create.js';
import type { AddressLike, ConnectionOptions, ServerOptions } from '../socket/index.js';
import * as plain from '../socket/index.js';
import { lookup } from './lookup.js';
import { Socket, takeOver } from './socket.js';
import type { Coroutine } from './suspend.js';

/**
 * Opens a socket.
 *
 * Linux: socket(2). Python: `gevent.socket.socket`.
 *
 * @throws as `socket()` of `fd-selectors/socket` does.
 * @example
 * ```ts
 * import { run, socket } from 'fd-selectors/coroutines';
 * import { AF_INET, SOCK_DGRAM } from 'fd-selectors/socket';
 * run(function* () {
 *   using receiver = socket(AF_INET, SOCK_DGRAM);
 *   using sender = socket(AF_INET, SOCK_DGRAM);
 *   receiver.bind(['127.0.0.1', 0]);
 *   yield* sender.sendto(Buffer.from('ping'), receiver.getsockname());
 *   const [data, from] = yield* receiver.recvfrom(100);
 *   assert.equal(data.toString(), 'ping');
 *   assert.deepEqual(from, ['127.0.0.1', (sender.getsockname() as [string, number])[1]]);
 * });
 * ```
 */
export function socket(family?: number, type?: number, proto?: number): Socket {
  return takeOver(plain.socket(family, type, proto));
}

/**
 * Opens a pair of connected sockets.
 *
 * Linux: socketpair(2). Python: `gevent.socket.socketpair`.
 *
 * @throws as `socketpair()` of `fd-selectors/socket` does.
 * @example
 * ```ts
 * import { run, socketpair, spawn } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const [a, b] = socketpair();
 *   const task = spawn(() => b.recv(100));
 *   yield* a.send(Buffer.from('ping'));
 *   assert.equal((yield* task.get()).toString(), 'ping');
 *   a.close();
 *   b.close();
 * });
 * ```
 */
export function socketpair(family?: number, type?: number, proto?: number): [Socket, Socket] {
  const [a, b] = plain.socketpair(family, type, proto);
  try {
    return [new Socket(a), new Socket(b)];
  } catch (error) {
    a.close();
    b.close();
    throw error;
  }
}

/**
 * Opens a TCP server (or one of AF_UNIX) that accepts connections.
 *
 * Python: `socket.create_server`. {@link StreamServer} accepts, and starts a task for each connection.
 *
 * @throws as `createServer()` of `fd-selectors/socket` does.
 * @example
 * ```ts
 * import { createServer, run } from 'fd-selectors/coroutines';
 * run(function* () {
 *   using server = createServer(['127.0.0.1', 0]);
 *   server.settimeout(0.001);
 *   try {
 *     yield* server.accept();
 *   } catch (error) {
 *     assert.equal((error as { code: string }).code, 'ETIMEDOUT');
 *   }
 * });
 * ```
 */
export function createServer(address: AddressLike, options?: ServerOptions): Socket {
  return takeOver(plain.createServer(address, options));
}

/**
 * Connects to a TCP server, at the first of the host's addresses that answers.
 *
 * While a name is looked up, the other tasks go on. If the task is killed meanwhile, the lookup ends by itself, in a thread of
 * Node's pool.
 *
 * Python: `gevent.socket.create_connection`.
 *
 * @param address - host and port.
 * @throws the error of the last address that was tried: {@link ConnectionRefusedError}, {@link TimeoutError}; with
 *   `allErrors`, an `AggregateError` of all.
 * @throws as `createConnection()` of `fd-selectors/socket` does for a bad address.
 * @example
 * ```ts
 * import { createConnection, createServer, run } from 'fd-selectors/coroutines';
 * run(function* () {
 *   using server = createServer(['127.0.0.1', 0]);
 *   using client = yield* createConnection(server.getsockname(), { timeout: 5 });
 *   assert.deepEqual(client.getpeername(), server.getsockname());
 * });
 * ```
 */
export function* createConnection(address: AddressLike, options: ConnectionOptions = {}): Coroutine<Socket> {
  checkOptions(options, CONNECTION_OPTIONS);
  if (!Array.isArray(address)) {
    throw typeError('address', 'an array [host, port]', address);
  }
  const [host, port] = address as [string, number];
  const failures: OSError[] = [];
  for (const info of yield* lookup(host, port, 0, plain.SOCK_STREAM)) {
    try {
      return yield* connectTo(info, options);
    } catch (error) {
      if (!(error instanceof OSError)) throw error;
      failures.push(error);
    }
  }
  throw connectionFailure(failures, options);
}

function* connectTo(
  [family, type, proto, , address]: plain.AddrInfo,
  { timeout, sourceAddress }: ConnectionOptions,
): Coroutine<Socket> {
  const sock = socket(family, type, proto);
  try {
    if (timeout !== undefined) sock.settimeout(timeout);
    if (sourceAddress !== undefined) sock.bind(sourceAddress);
    yield* sock.connect(address);
    return sock;
  } catch (error) {
    sock.close();
    throw error;
  }
}
