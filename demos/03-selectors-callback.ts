/**
 * Server: a DefaultSelector that stores with each socket the callback to call when it is ready
 *
 * A selector remembers what it watches, so no list is passed to each wait. On Linux the default is epoll,
 * whose cost depends on how many sockets are ready, not on how many are registered.
 *
 * The idea to look for: the loop knows nothing of servers or clients. Each key carries its next step in
 * `key.data`. That of the server socket is `accept`, which registers each connection with `read`. If an
 * answer does not fit into the kernel's buffer, the next step of its connection is to send the rest.
 *
 * Order: 23
 */
import { DefaultSelector, EVENT_READ, EVENT_WRITE, OSError } from 'fd-selectors';
import { AF_INET, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, type Socket, socket } from 'fd-selectors/socket';
import { endInterrupted, interrupts } from './support/interrupt.js';
import { adviseShortage } from './support/limits.js';
import { host, log, logListening, nameOf, port, show } from './support/server.js';

type Step = (ready: Socket) => void;

const sel = new DefaultSelector<Step>();
/** The address of each connection, for the log. */
const names = new Map<Socket, string>();

const server = socket(AF_INET, SOCK_STREAM);
server.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
server.setblocking(false);
server.bind([host, port]);
server.listen(1024);
sel.register(server, EVENT_READ, accept);
sel.register(interrupts, EVENT_READ, () => endInterrupted([server, ...names.keys()])); // Ctrl-C
logListening(server.getsockname(), 'echoing');

while (true) {
  for (const [key] of sel.select()) attempt(key.data, key.fileobj);
}

/** Accepts a connection, and waits for its first message. */
function accept(): void {
  const accepted = server.tryAccept();
  if (accepted === null) return; // The client has gone already.
  const [connection, address] = accepted;
  log(`connection from ${nameOf(address)}`);
  connection.setblocking(false);
  names.set(connection, nameOf(address));
  sel.register(connection, EVENT_READ, read);
}

/** Reads what has arrived, and sends it back. Zero bytes mean that the client has closed its side. */
function read(connection: Socket): void {
  const data = connection.tryRecv(65536);
  if (data === null) return; // A false alarm, which the kernel may give.
  if (data.length === 0) {
    close(connection);
    return;
  }
  log(`received ${show(data)} from ${names.get(connection)}`);
  send(connection, data);
}

/**
 * Sends as much as the kernel takes. Usually that is all, and the key stays as it is. If not, we wait
 * until the connection is writable, and do not read it meanwhile.
 */
function send(connection: Socket, data: Uint8Array): void {
  const sent = connection.trySend(data) ?? 0;
  if (sent < data.length) {
    sel.modify(connection, EVENT_WRITE, () => send(connection, data.subarray(sent)));
    return;
  }
  log(`sent ${show(data)} to ${names.get(connection)}`);
  sel.modify(connection, EVENT_READ, read);
}

/**
 * A client that resets its connection, or vanishes, costs us only that connection. When no descriptor is
 * left for a new one, it waits in the backlog until close() registers the server socket again.
 */
function attempt(step: Step, ready: Socket): void {
  try {
    step(ready);
  } catch (error) {
    if (!(error instanceof OSError)) throw error;
    if (ready !== server) {
      close(ready, `: ${error.code}`);
      return;
    }
    if (!adviseShortage(error)) return; // The client has gone already.
    if (names.size === 0) throw error;
    sel.unregister(server);
  }
}

/** Unregisters the connection before closing it: the kernel is about to reuse its descriptor. */
function close(connection: Socket, why = ''): void {
  log(`closing ${names.get(connection)}${why}`);
  sel.unregister(connection);
  names.delete(connection);
  connection.close();
  if (!sel.getMap().has(server)) sel.register(server, EVENT_READ, accept);
}
