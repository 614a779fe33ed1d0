/** A server with a task for each connection. */
import { checkOptions, typeError } from '../arguments.js';
import { OSError, ValueError } from '../errors.js';
import type { Address, AddressLike, ServerOptions } from '../socket/index.js';
import type { Timeout } from '../time.js';
import { createServer } from './create.js';
import { deadlineIn } from './deadline.js';
import { checkFunction } from './errors.js';
import { Event } from './event.js';
import { Group, Pool } from './group.js';
import { theHub } from './hub.js';
import type { Socket } from './socket.js';
import { sleep, spawn } from './spawn.js';
import type { Coroutine, CoroutineFunction } from './suspend.js';
import type { Task } from './task.js';

/** Called for each connection, which is closed when the handler ends. */
export type Handler = CoroutineFunction<[conn: Socket, address: Address], unknown>;

/** Options of a {@link StreamServer}. */
export interface StreamServerOptions extends ServerOptions {
  /** How many connections are served at a time, or the pool for their tasks; unlimited if omitted. */
  readonly pool?: number | Pool | undefined;
}

/**
 * The errors of a socket that accepts nothing. All others pass: the error of a network or a firewall belongs to one
 * connection, and where descriptors or memory are short, a connection that ends frees some.
 */
const FATAL = new Set(['EBADF', 'EINVAL', 'ENOTSOCK', 'EOPNOTSUPP']);
/** The initial and the maximum delay before the next attempt, in seconds. */
const [SHORTEST, LONGEST] = [0.01, 1];

/**
 * A server that accepts connections, and runs a handler for each in its own task.
 *
 * While the pool is full, it accepts no connections; new ones wait in the backlog. A handler
 * that fails is reported, and affects only its own connection. When no descriptor is available, the server waits for
 * one.
 *
 * Python: `gevent.server.StreamServer`.
 *
 * @example
 * ```ts
 * import { createConnection, run, StreamServer } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const server = new StreamServer(['127.0.0.1', 0], function* (conn) {
 *     yield* conn.sendall(yield* conn.recv(1024));
 *   }, { pool: 1000 });
 *   server.start();
 *   using client = yield* createConnection(server.address);
 *   yield* client.sendall(Buffer.from('ping'));
 *   assert.equal(String(yield* client.recv(100)), 'ping');
 *   yield* server.stop();
 * });
 * ```
 */
export class StreamServer {
  /** The connections' tasks. */
  readonly pool: Group | Pool;
  readonly #handle: Handler;
  readonly #listen: () => Socket;
  #socket: Socket | undefined;
  #acceptor: Task | undefined;
  #stopping = false;
  readonly #stopped = new Event();

  /**
   * @param address - the address to listen on, as for `createServer()`, or a listening socket.
   * @param handle - a generator function; called with the connection and its peer's address.
   * @throws `TypeError` `ERR_INVALID_ARG_TYPE`; {@link ValueError} `ERR_OUT_OF_RANGE` for the pool.
   */
  constructor(address: AddressLike | Socket, handle: Handler, options: StreamServerOptions = {}) {
    checkFunction('handle', handle);
    const { pool, ...serverOptions } = checkOptions(options);
    this.#handle = handle;
    this.pool =
      pool === undefined ? new Group() : typeof pool === 'number' ? new Pool(pool) : checkPool(pool);
    this.#listen = () => (isSocket(address) ? address : createServer(address, serverOptions));
  }

  /** The address it listens on. @throws {@link ValueError} `ERR_NOT_STARTED`. */
  get address(): Address {
    if (this.#socket !== undefined) return this.#socket.getsockname();
    throw new ValueError('ERR_NOT_STARTED', 'The server was not started');
  }

  /** Whether it accepts connections. */
  get started(): boolean {
    return this.#socket !== undefined && !this.#socket.closed;
  }

  /**
   * Starts to listen and accept connections. Calling it again does nothing.
   *
   * @throws as `createServer()` does; {@link ValueError} `ERR_NO_HUB`, `ERR_STOPPED`.
   */
  start(): void {
    if (this.#acceptor !== undefined) {
      if (!this.#stopped.isSet()) return;
      throw new ValueError('ERR_STOPPED', 'The server was stopped: make another one');
    }
    // Before a socket is opened.
    theHub();
    const socket = this.#listen();
    // One that was passed may have a timeout; the server waits for as long as it runs.
    socket.settimeout(null);
    this.#socket = socket;
    this.#acceptor = spawn(() => this.#accept(socket));
    this.#acceptor.name = 'accept';
  }

  /**
   * Starts it, and waits until another task has stopped or closed it, and the open connections have ended. If this task
   * is killed, the server stops at once.
   *
   * @throws as `start()` does; the error that made `accept()` fail.
   */
  *serveForever(): Coroutine {
    this.start();
    const acceptor = this.#acceptor as Task;
    let ended = false;
    try {
      yield* acceptor.join();
      if (!acceptor.killed && !acceptor.successful()) throw acceptor.exception;
      if (this.#stopping) yield* this.#stopped.wait();
      // A handler that stopped it may not have ended yet.
      yield* this.pool.joinBut(new Set(), Infinity);
      ended = true;
    } finally {
      this.close();
      if (ended) this.#stopped.set();
      else yield* this.stop(0);
    }
  }

  /** Stops accepting, and closes the listening socket; open connections continue. */
  close(): void {
    this.#acceptor?.kill();
    this.#socket?.close();
  }

  /**
   * Stops accepting, waits for open connections to end, and kills those left after the timeout.
   *
   * A handler may stop its own server: it waits for the other connections, and kills only those; its own ends when it
   * returns. Several that do so do not wait for each other.
   *
   * @param timeout - seconds; waits forever if omitted; zero kills at once.
   * @throws {@link ValueError} `ERR_INVALID_TIMEOUT`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  *stop(timeout?: Timeout): Coroutine {
    const deadline = deadlineIn(timeout);
    this.#stopping = true;
    this.close();
    const own = this.#ownTask();
    const { pool } = this;
    try {
      for (const task of own) pool.leave(task);
      if (yield* pool.joinBut(own.size > 0 ? pool.leaving : own, deadline)) return;
      for (const task of pool.tasks) if (!own.has(task)) task.kill();
      yield* pool.joinBut(own, Infinity);
    } finally {
      this.#stopped.set();
    }
  }

  /** The running task, if it serves a connection. */
  #ownTask(): Set<Task> {
    const { tasks } = this.pool;
    const current = tasks.size > 0 ? (theHub().current as Task | undefined) : undefined;
    return new Set(current !== undefined && tasks.has(current) ? [current] : []);
  }

  *#accept(socket: Socket): Coroutine {
    let delay = SHORTEST;
    for (;;) {
      if (this.pool instanceof Pool) yield* this.pool.waitAvailable();
      try {
        const [conn, address] = yield* socket.accept();
        delay = SHORTEST;
        yield* this.#place(conn, address);
      } catch (error) {
        if (!(error instanceof OSError)) throw error;
        if (error.code === 'ECONNABORTED') continue;
        if (FATAL.has(error.code)) throw error;
        yield* sleep(delay);
        delay = Math.min(2 * delay, LONGEST);
      }
    }
  }

  *#place(conn: Socket, address: Address): Coroutine {
    const serve = () => this.#handle(conn, address);
    let task: Task<unknown> | undefined;
    try {
      task = this.pool instanceof Pool ? yield* this.pool.spawn(serve) : this.pool.spawn(serve);
      task.name = `${this.#handle.name || 'handle'}-${task.id}`;
      // A task killed before it began runs no finally block.
      task.own(() => conn.close());
    } finally {
      if (task === undefined) conn.close();
    }
  }
}

function checkPool(pool: Pool): Pool {
  if (pool instanceof Pool) return pool;
  throw typeError('options.pool', 'a number or an instance of Pool', pool);
}

function isSocket(address: AddressLike | Socket): address is Socket {
  return typeof address === 'object' && address !== null && 'accept' in address;
}
