/**
 * Server: a coroutine for each connection, which reads from top to bottom
 *
 * The handler looks like a blocking program for one client: receive, send, receive, until it closes. While it
 * waits, the other handlers run; all of them share one thread and one epoll set.
 *
 * The idea to look for: what the callback server keeps in tables, the progress of each connection and what is left to
 * send, are plain local variables here. The pool caps the connections; any more wait to be accepted.
 *
 * Order: 72
 */
import { OSError } from 'fd-selectors';
import { createServer, run, type Socket, StreamServer } from 'fd-selectors/coroutines';
import type { Address } from 'fd-selectors/socket';
import './support/keyboard.js'; // On Ctrl-C, run() stops all tasks and throws a KeyboardInterrupt.
import { host, log, logListening, nameOf, port, show } from './support/server.js';

const MOST = 1000;

function* echo(connection: Socket, address: Address) {
  const name = nameOf(address);
  log(`connection from ${name}`);
  try {
    for (;;) {
      const data = yield* connection.recv(65536);
      if (data.length === 0) break;
      log(`received ${show(data)} from ${name}`);
      yield* connection.sendall(data);
      log(`sent ${show(data)} to ${name}`);
    }
    log(`closing ${name}`);
  } catch (error) {
    if (!(error instanceof OSError)) throw error;
    log(`closing ${name}: ${error.code}`);
  }
}

run(function* () {
  const listener = createServer([host, port], { backlog: 1024 });
  logListening(listener.getsockname(), 'echoing');
  yield* new StreamServer(listener, echo, { pool: MOST }).serveForever();
});
