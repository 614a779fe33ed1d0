import { constants } from 'node:os';
import { OSError } from 'fd-selectors';
import {
  createConnection,
  createServer,
  Event,
  Pool,
  run,
  type Socket,
  StreamServer,
  sleep,
  spawn,
} from 'fd-selectors/coroutines';
import { describe, expect, it } from 'vitest';
import { thrown } from '../support/thrown.js';
import { both, thrownBy } from './bothways.js';

function* echo(conn: Socket) {
  yield* conn.sendall(yield* conn.recv(10));
}

describe('the end of a StreamServer', () => {
  both('serveForever ends when it was closed and its connections have ended', function* () {
    const server = new StreamServer(['127.0.0.1', 0], echo);
    const serving = spawn(() => server.serveForever());
    yield* sleep();
    using client = yield* createConnection(server.address);
    while (server.pool.size === 0) yield* sleep(0.001);
    server.close();
    expect(yield* serving.join({ timeout: 0.01 })).toBe(false);
    yield* client.sendall(Buffer.from('ping'));
    expect(String(yield* client.recv(10))).toBe('ping');
    yield* serving.get();
    expect(server.pool.size).toBe(0);
  });

  both('goes on after the error of one connection, and ends with that of its socket', function* () {
    const listener = createServer(['127.0.0.1', 0]);
    listener.settimeout(0);
    const accept = listener.accept.bind(listener);
    const { EBADF, ECONNABORTED, EPERM, EPROTO } = constants.errno;
    const errors = [EPROTO, EPERM, ECONNABORTED];
    listener.accept = function* () {
      const errno = errors.shift();
      if (errno !== undefined) throw OSError.fromErrno(errno, 'accept');
      return yield* accept();
    };
    const server = new StreamServer(listener, echo);
    const serving = spawn(() => server.serveForever());
    using client = yield* createConnection(listener.getsockname());
    yield* client.sendall(Buffer.from('ping'));
    expect(String(yield* client.recv(10))).toBe('ping');
    // It accepts already: the error comes after the next connection.
    errors.push(EBADF);
    using _next = yield* createConnection(listener.getsockname());
    expect(yield* thrownBy(serving.get())).toBe('OSError EBADF');
    expect(server.started).toBe(false);
  });

  both('a handler stops its own server: it waits for the others, and goes on', function* () {
    const log: string[] = [];
    const server: StreamServer = new StreamServer(['127.0.0.1', 0], function* (conn) {
      if (String(yield* conn.recv(10)) === 'stop') {
        yield* server.stop();
        log.push(`stopped, ${server.pool.size} left`);
        yield* sleep(0.001);
        yield* conn.sendall(Buffer.from('bye'));
      } else log.push('other ends');
    });
    const serving = spawn(() => server.serveForever());
    yield* sleep();
    using other = yield* createConnection(server.address);
    while (server.pool.size < 1) yield* sleep(0.001);
    using client = yield* createConnection(server.address);
    yield* client.sendall(Buffer.from('stop'));
    while (server.started) yield* sleep(0.001);
    expect(yield* serving.join({ timeout: 0.01 })).toBe(false);
    expect(log).toEqual([]);
    yield* other.sendall(Buffer.from('end'));
    expect(String(yield* client.recv(10))).toBe('bye');
    yield* serving.get();
    expect(server.pool.size).toBe(0);
    expect(log).toEqual(['other ends', 'stopped, 1 left']);
  });

  both('a handler that stops its server kills the others after the timeout, and not itself', function* () {
    const log: string[] = [];
    const server: StreamServer = new StreamServer(['127.0.0.1', 0], function* (conn) {
      try {
        if (String(yield* conn.recv(10)) === 'stop') yield* server.stop(0.001);
        log.push('returns');
      } finally {
        yield* sleep(0.001);
        log.push('finally');
      }
    });
    server.start();
    using other = yield* createConnection(server.address);
    while (server.pool.size < 1) yield* sleep(0.001);
    yield* sleep();
    using client = yield* createConnection(server.address);
    yield* client.sendall(Buffer.from('stop'));
    expect([...(yield* other.recv(10)), ...(yield* client.recv(10))]).toEqual([]);
    expect(log).toEqual(['finally', 'returns', 'finally']);
  });

  both('handlers that stop one server do not wait for each other', function* () {
    let stopped = 0;
    const server: StreamServer = new StreamServer(['127.0.0.1', 0], function* (conn) {
      yield* conn.recv(10);
      yield* server.stop();
      stopped++;
    });
    const serving = spawn(() => server.serveForever());
    yield* sleep();
    using first = yield* createConnection(server.address);
    using second = yield* createConnection(server.address);
    while (server.pool.size < 2) yield* sleep(0.001);
    yield* first.sendall(Buffer.from('x'));
    while (server.started) yield* sleep(0.001);
    const stopping = spawn(() => server.stop());
    yield* sleep();
    expect(stopped).toBe(0);
    yield* second.sendall(Buffer.from('x'));
    yield* stopping.get();
    yield* serving.get();
    expect(stopped).toBe(2);
  });

  both('reports a handler that fails while the server is being stopped', function* (failures) {
    const server = new StreamServer(['127.0.0.1', 0], function* (conn) {
      throw new Error(String(yield* conn.recv(10)));
    });
    server.start();
    using client = yield* createConnection(server.address);
    while (server.pool.size < 1) yield* sleep(0.001);
    const stopping = spawn(() => server.stop());
    yield* sleep();
    yield* client.sendall(Buffer.from('failed'));
    yield* stopping.get();
    expect(failures).toEqual(['failed']);
  });

  it('opens no socket where no coroutines run', () => {
    const server = new StreamServer(['127.0.0.1', 0], echo);
    expect(thrown(() => server.start())).toBe('ValueError ERR_NO_HUB');
    expect(server.started).toBe(false);
    run(function* () {
      server.start();
      expect(server.started).toBe(true);
      yield* server.stop();
    });
  });

  both('stop() waits for a handler that stops the server, too, and for whom it waits', function* () {
    const served = new Event();
    let replied = false;
    const server: StreamServer = new StreamServer(['127.0.0.1', 0], function* (conn) {
      if (String(yield* conn.recv(10)) !== 'stop') return void served.set();
      yield* server.stop();
      yield* sleep(0.001);
      replied = true;
    });
    server.start();
    using stopper = yield* createConnection(server.address);
    using other = yield* createConnection(server.address);
    while (server.pool.size < 2) yield* sleep(0.001);
    yield* stopper.sendall(Buffer.from('stop'));
    while (server.pool.leaving.size === 0) yield* sleep(0.001);
    yield* other.sendall(Buffer.from('last'));
    yield* served.wait();
    yield* server.stop();
    expect([server.pool.size, replied]).toEqual([0, true]);
  });

  both('handlers that have stopped the server may still wait for each other', function* () {
    const pool = new Pool(10);
    const first = new Event();
    let ended = 0;
    const servers: StreamServer[] = [1, 2].map(
      (n) =>
        new StreamServer(
          ['127.0.0.1', 0],
          function* (conn) {
            yield* conn.recv(10);
            yield* (servers[n - 1] as StreamServer).stop();
            if (n === 1) first.set();
            else yield* first.wait();
            ended++;
          },
          { pool },
        ),
    );
    const clients: Socket[] = [];
    for (const server of servers) {
      server.start();
      clients.push(yield* createConnection(server.address));
    }
    while (pool.size < 2) yield* sleep(0.001);
    // The second one first: it waits for the first, which must not wait for it.
    for (const client of clients.reverse()) yield* client.sendall(Buffer.from('stop'));
    yield* pool.join();
    expect(ended).toBe(2);
    for (const client of clients) client.close();
  });
});
