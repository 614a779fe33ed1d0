/** A StreamServer without descriptors: it pauses, and goes on once there are some. */
import { expect, it } from 'vitest';
import { runScript } from '../support/child.js';
import { LIMIT } from '../support/limit.js';

/** The descriptors of the process: Node needs about 20, and the test a few. */
const NOFILE = 100;
const CLIENTS = 3;

const script = (way: string): string => `
import { openSync } from 'node:fs';
import { run, runAsync, sleep, socket, spawn, StreamServer } from 'fd-selectors/coroutines';
import { close, Socket } from 'fd-selectors/socket';

// How often the kernel refused the server a descriptor.
let refused = 0;
const { tryAccept } = Socket.prototype;
Socket.prototype.tryAccept = function () {
  try {
    return tryAccept.call(this);
  } catch (error) {
    if (error.code === 'EMFILE') refused++;
    throw error;
  }
};

function exhaust() {
  const fds = [];
  for (;;) {
    try {
      fds.push(openSync('/dev/null'));
    } catch (error) {
      if (error.code !== 'EMFILE') throw error;
      return fds;
    }
  }
}

function* ask(client, address) {
  yield* client.connect(address);
  yield* client.sendall(Buffer.from('ping'));
  const answer = String(yield* client.recv(10));
  client.close();
  return answer;
}

function* main() {
  const server = new StreamServer(['127.0.0.1', 0], function* (conn) {
    yield* conn.sendall(yield* conn.recv(10));
  });
  server.start();
  yield* sleep(0.001);
  const clients = Array.from({ length: ${CLIENTS} }, () => socket());
  const fds = exhaust();
  const asking = clients.map((client) => spawn(ask, client, server.address));
  while (refused === 0) yield* sleep(0.001);
  for (let i = 0; i < 1000; i++) yield* sleep(0);
  // It would be tens of thousands without a pause.
  console.log(refused < 1000 ? 'pauses' : 'spins: ' + refused, asking.filter((task) => task.ready()).length);
  for (const fd of fds) close(fd);
  for (const task of asking) console.log(yield* task.get());
  yield* server.stop();
}
await ${way}(main);
`;

it.each(['run', 'runAsync'])('under %s', async (way) => {
  const { output, code } = await runScript(script(way), undefined, LIMIT, NOFILE);
  expect(output.split('\n')).toEqual(['pauses 0', ...Array(CLIENTS).fill('ping'), '']);
  expect(code).toBe(0);
});
