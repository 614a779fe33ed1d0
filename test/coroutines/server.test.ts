import {
  createConnection,
  joinall,
  Pool,
  type Socket,
  StreamServer,
  sleep,
  spawn,
} from 'fd-selectors/coroutines';
import { describe, expect } from 'vitest';
import { openFds, waitOnce } from '../support/openfds.js';
import { both } from './bothways.js';

await waitOnce();

const text = (data: Uint8Array): string => Buffer.from(data).toString();

describe('StreamServer', () => {
  both('serves each connection in a task, and drains', function* (failures) {
    const before = openFds();
    const server = new StreamServer(['127.0.0.1', 0], function* echo(conn) {
      for (let data = yield* conn.recv(1024); data.length > 0; data = yield* conn.recv(1024)) {
        if (text(data) === 'fail') throw new Error('handler');
        yield* conn.sendall(data);
      }
    });
    const serving = spawn(() => server.serveForever());
    yield* sleep();
    const clients = yield* joinall(Array.from({ length: 50 }, () => spawn(createConnection, server.address)));
    for (const task of clients) yield* task.value!.sendall(Buffer.from('hello'));
    for (const task of clients) expect(text(yield* task.value!.recv(10))).toBe('hello');
    expect(server.pool.size).toBe(50);
    yield* clients[0]!.value!.sendall(Buffer.from('fail'));
    expect((yield* clients[0]!.value!.recv(10)).length).toBe(0);
    expect(failures).toEqual(['handler']);
    const stopping = spawn(() => server.stop());
    yield* sleep();
    expect([stopping.ready(), server.started]).toEqual([false, false]);
    for (const task of clients) task.value!.close();
    yield* stopping.get();
    yield* serving.get();
    expect(openFds()).toBe(before);
  });

  both('stop kills what does not end in time', function* () {
    const log: string[] = [];
    const server = new StreamServer(['127.0.0.1', 0], function* (conn) {
      try {
        yield* conn.recv(10);
      } finally {
        log.push('killed');
      }
    });
    server.start();
    server.start();
    using client = yield* createConnection(server.address);
    while (server.pool.size === 0) yield* sleep(0.001);
    yield* sleep();
    yield* server.stop(0.001);
    expect(log).toEqual(['killed']);
    expect((yield* client.recv(10)).length).toBe(0);
  });

  both('a pool caps the connections; the others wait', function* () {
    let most = 0;
    const pool = new Pool(3);
    const server = new StreamServer(
      ['127.0.0.1', 0],
      function* (conn) {
        most = Math.max(most, pool.size);
        yield* conn.sendall(yield* conn.recv(10));
        yield* sleep(0.001);
      },
      { pool },
    );
    server.start();
    const answers = yield* joinall(
      Array.from({ length: 20 }, (_, i) =>
        spawn(function* () {
          using client = yield* createConnection(server.address);
          yield* client.sendall(Buffer.from(`${i}`));
          return text(yield* client.recv(10));
        }),
      ),
    );
    expect(answers.map((task) => task.value)).toEqual(answers.map((_, i) => `${i}`));
    expect(most).toBe(3);
    yield* server.stop();
  });

  both('a number of connections caps them as a pool does', function* () {
    let [now, most] = [0, 0];
    const handle = function* (conn: Socket) {
      most = Math.max(most, ++now);
      yield* conn.recv(1);
      now--;
    };
    const server = new StreamServer(['127.0.0.1', 0], handle, { pool: 2 });
    server.start();
    const clients = yield* joinall(Array.from({ length: 5 }, () => spawn(createConnection, server.address)));
    while (now < 2) yield* sleep(0.001);
    for (const { value } of clients) value?.close();
    yield* server.stop();
    expect([now, most]).toEqual([0, 2]);
  });

  both('is stopped by the death of its task', function* () {
    const before = openFds();
    const server = new StreamServer(['127.0.0.1', 0], (conn) => conn.recv(10));
    const serving = spawn(() => server.serveForever());
    yield* sleep();
    using client = yield* createConnection(server.address);
    yield* sleep(0.001);
    yield* serving.kill();
    client.close();
    expect(openFds()).toBe(before);
  });
});
