/** Coroutines in a worker thread: each thread has a hub of its own. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { run, sleep } from 'fd-selectors/coroutines';
import { expect, it } from 'vitest';

const echo = `
  const { parentPort } = require('node:worker_threads');
  import('fd-selectors/coroutines').then(({ createConnection, run, StreamServer }) => {
    const answer = run(function* () {
      const server = new StreamServer(['127.0.0.1', 0], function* (conn) {
        yield* conn.sendall(yield* conn.recv(100));
      });
      server.start();
      const client = yield* createConnection(server.address);
      yield* client.sendall(Buffer.from('from a worker'));
      const data = yield* client.recv(100);
      client.close();
      yield* server.stop();
      return String(data);
    });
    parentPort.postMessage(answer);
  });`;

it('runs in several workers, and in the main thread, at the same time', async () => {
  const workers = [1, 2].map(() => new Worker(echo, { eval: true }));
  const ends = workers.map((worker) => once(worker, 'exit'));
  const answers = workers.map((worker) => once(worker, 'message'));
  expect(
    run(function* () {
      yield* sleep(0.01);
      return 'main';
    }),
  ).toBe('main');
  expect(await Promise.all(answers)).toEqual([['from a worker'], ['from a worker']]);
  expect(await Promise.all(ends)).toEqual([[0], [0]]);
});
