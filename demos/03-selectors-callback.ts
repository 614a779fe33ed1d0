/**
 * Server: a DefaultSelector that keeps with each socket the function to call when it is ready
 *
 * A selector remembers what it watches, so nothing is listed anew for each wait; on Linux the default one
 * is epoll, whose cost depends on how many sockets are ready and not on how many there are.
 *
 * The idea to look for: the loop knows nothing of servers or clients. Each key carries its own next step
 * in `key.data`: the server socket has `accept`, which registers a connection with `read`; a connection
 * whose answer did not fit has the rest of the answer instead, until it is sent.
 *
 * Order: 23
 */
import { DefaultSelector, EVENT_READ, EVENT_WRITE, OSError } from 'fd-selectors';
import { AF_INET, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, type Socket, socket } from 'fd-selectors/socket';
import { host, log, logListening, nameOf, port, show } from './support/server.js';

type Step = (ready: Socket) => void;

const sel = new DefaultSelector<Step, Socket>();
/** The address of each connection, for the log. */
const names = new Map<Socket, string>();

const server = socket(AF_INET, SOCK_STREAM);
server.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
server.setblocking(false);
server.bind([host, port]);
server.listen(1024);
sel.register(server, EVENT_READ, accept);
logListening(server.getsockname(), 'echoing');

while (true) {
  for (const [key] of sel.select()) attempt(key.data, key.fileobj);
}

/** Takes a new connection, and waits for what it has to say. */
function accept(): void {
  const accepted = server.tryAccept();
  if (accepted === null) return; // The client has gone again.
  const [connection, address] = accepted;
  log(`connection from ${nameOf(address)}`);
  connection.setblocking(false);
  names.set(connection, nameOf(address));
  sel.register(connection, EVENT_READ, read);
}

/** Reads what is there, and sends it back. No bytes at all mean that the client has closed its side. */
function read(connection: Socket): void {
  const data = connection.tryRecv(65536);
  if (data === null) return; // A false alarm, which the system allows itself.
  if (data.length === 0) {
    close(connection);
    return;
  }
  log(`received ${show(data)} from ${names.get(connection)}`);
  send(connection, data);
}

/**
 * Sends as much as the system takes. Mostly that is all, and the key stays as it is; where it is not, the
 * connection waits until it can be written, and is not read meanwhile.
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
 * A client that resets its connection, or vanishes, costs us that connection and nothing else. When we
 * have no descriptor left for a new one, it waits: close() registers the server socket again.
 */
function attempt(step: Step, ready: Socket): void {
  try {
    step(ready);
  } catch (error) {
    if (!(error instanceof OSError) || names.size === 0) throw error;
    if (ready !== server) {
      close(ready, `: ${error.code}`);
      return;
    }
    log(`new connections have to wait: ${error.code}`);
    sel.unregister(server);
  }
}

/** Unregisters the connection before it closes it: the number of its descriptor is about to be reused. */
function close(connection: Socket, why = ''): void {
  log(`closing ${names.get(connection)}${why}`);
  sel.unregister(connection);
  names.delete(connection);
  connection.close();
  if (!sel.getMap().has(server)) sel.register(server, EVENT_READ, accept);
}
