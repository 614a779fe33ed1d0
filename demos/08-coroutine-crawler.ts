/**
 * Crawler: ten coroutines fetch a hundred pages, and five hundred clients come at once
 *
 * Server and clients are tasks of one thread. Each page takes the server 10 ms. One by one, a hundred pages
 * take a second; ten at a time, they take a tenth of that.
 *
 * The idea to look for: `pool.map` is the whole crawler. A task that waits for its page costs only a
 * little memory, so five hundred of them work as well as ten.
 *
 * Order: 73
 */
import {
  createConnection,
  Group,
  Pool,
  run,
  type Socket,
  StreamServer,
  sleep,
} from 'fd-selectors/coroutines';
import type { Address } from 'fd-selectors/socket';
import './support/keyboard.js'; // On Ctrl-C, run() stops all tasks and throws a KeyboardInterrupt.
import { requireDescriptors } from './support/limits.js';
import { log } from './support/log.js';
import { parseOptions } from './support/options.js';

parseOptions({});
const PAGES = 100;
const CLIENTS = 500;

/** Answers one request, slowly. */
function* serve(connection: Socket) {
  const stream = connection.makefile();
  const request = String(yield* stream.readline());
  yield* stream.readuntil('\r\n\r\n');
  yield* sleep(0.01);
  yield* stream.write(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nthis is ${request.split(' ')[1]}`);
  yield* stream.flush();
}

/** Fetches one page. */
function* fetchPage(address: Address, path: string) {
  const connection = yield* createConnection(address, { timeout: 30 });
  try {
    const stream = connection.makefile();
    yield* stream.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    yield* stream.flush();
    yield* stream.readuntil('\r\n\r\n');
    return String(yield* stream.read());
  } finally {
    connection.close();
  }
}

/** Fetches pages, so many at a time, and says how long it took. */
function* crawl(tasks: Group | Pool, address: Address, count: number, how: string) {
  const start = performance.now();
  const paths = Array.from({ length: count }, (_, n) => `/page/${n}`);
  const pages = yield* tasks.map((path: string) => fetchPage(address, path), paths);
  const wrong = pages.findIndex((page, n) => page !== `this is /page/${n}`);
  if (wrong >= 0) throw new Error(`page ${wrong} is ${pages[wrong]}`);
  log(`${count} pages, ${how}: ${((performance.now() - start) / 1e3).toFixed(2)} s`);
}

requireDescriptors(2 * CLIENTS); // Both ends of each connection.
run(function* () {
  const server = new StreamServer(['127.0.0.1', 0], serve, { backlog: 1024 });
  server.start();
  yield* crawl(new Pool(1), server.address, PAGES, 'one after the other');
  yield* crawl(new Pool(10), server.address, PAGES, 'ten coroutines');
  yield* crawl(new Group(), server.address, CLIENTS, 'as many coroutines');
  yield* server.stop();
});
log(`\nchecked: ${2 * PAGES + CLIENTS} pages, each the one that was asked for`);
