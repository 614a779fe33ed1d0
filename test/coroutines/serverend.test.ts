import { constants } from 'node:os';
import { OSError } from 'fd-selectors';
import {
  createConnection,
  createServer,
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
});
