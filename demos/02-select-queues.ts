/**
 * Server: select.select() with a queue of messages per connection, answered in upper case
 *
 * The first demo either reads or writes a connection; this one does both. What arrives goes into the
 * connection's queue, and is sent back, in upper case, whenever the kernel has room for it.
 *
 * The idea to look for: a connection is in `outputs` only while its queue holds something. An idle socket
 * is always writable, so with an empty queue select() would return immediately, forever.
 *
 * The price: the queue of a client that sends and never reads grows without limit. The first demo shows
 * the cure: stop reading.
 *
 * Order: 22
 */
import { OSError } from 'fd-selectors';
import type { Signals } from 'fd-selectors/fds';
import { FD_SETSIZE, select } from 'fd-selectors/select';
import { AF_INET, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, Socket, socket } from 'fd-selectors/socket';
import { endInterrupted, interrupts } from './support/interrupt.js';
import { adviseShortage } from './support/limits.js';
import { host, log, logListening, nameOf, port, show } from './support/server.js';

const server = socket(AF_INET, SOCK_STREAM);
server.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
server.setblocking(false);
server.bind([host, port]);
server.listen(1024);
logListening(server.getsockname(), 'answering in upper case');

/** What we read, and Ctrl-C. */
const inputs = new Set<Socket | Signals>([server, interrupts]);
/** What we write: the connections whose queue is not empty. */
const outputs = new Set<Socket>();
/** What each connection has sent and we have not answered, oldest first. */
const queues = new Map<Socket, Uint8Array[]>();
/** The address of each connection, for the log. */
const names = new Map<Socket, string>();

while (true) {
  const [readable, writable, exceptional] = select(inputs, outputs, names.keys());
  for (const ready of readable) {
    if (!(ready instanceof Socket)) endInterrupted([server, ...names.keys()]);
    attempt(ready === server ? accept : receive, ready);
  }
  for (const ready of writable) attempt(answer, ready);
  // On Linux the exceptional condition is urgent data, which this server has no use for.
  for (const ready of exceptional) attempt(refuse, ready);
}

/** Accepts a connection, and gives it an empty queue. */
function accept(): void {
  const accepted = server.tryAccept();
  if (accepted === null) return; // The client has gone already.
  const [connection, address] = accepted;
  if (connection.fileno() >= FD_SETSIZE) {
    log(`no room for ${nameOf(address)}: select() takes descriptors below ${FD_SETSIZE}`);
    connection.close();
    return;
  }
  log(`connection from ${nameOf(address)}`);
  connection.setblocking(false);
  names.set(connection, nameOf(address));
  queues.set(connection, []);
  inputs.add(connection);
}

/** Puts what has arrived into the queue. */
function receive(connection: Socket, queue: Uint8Array[]): void {
  const data = connection.tryRecv(65536);
  if (data === null) return; // A false alarm, which select(2) permits.
  if (data.length === 0) {
    // The client will send no more, but may still read: we send what is in its queue.
    inputs.delete(connection);
    if (queue.length === 0) close(connection);
    return;
  }
  log(`received ${show(data)} from ${names.get(connection)}`);
  queue.push(data);
  outputs.add(connection);
}

/** Answers the oldest message in the queue, or as much of it as the kernel takes. */
function answer(connection: Socket, queue: Uint8Array[]): void {
  const data = upper(queue[0] as Uint8Array);
  const sent = connection.trySend(data) ?? 0;
  if (sent < data.length) {
    queue[0] = data.subarray(sent);
    return;
  }
  log(`sent ${show(data)} to ${names.get(connection)}`);
  queue.shift();
  if (queue.length > 0) return;
  outputs.delete(connection);
  if (!inputs.has(connection)) close(connection);
}

/** Byte by byte, since a message may begin or end in the middle of a UTF-8 character. */
function upper(data: Uint8Array): Uint8Array {
  return data.map((byte) => (byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte));
}

function refuse(connection: Socket): void {
  close(connection, ': an exceptional condition');
}

/**
 * A client that resets its connection, or vanishes, costs us only that connection. When no descriptor is
 * left for a new one, it waits in the backlog until close() puts the server socket back into `inputs`.
 */
function attempt(step: (connection: Socket, queue: Uint8Array[]) => void, connection: Socket): void {
  if (connection.fileno() < 0) return; // It was in two of the three lists, and an earlier step closed it.
  try {
    step(connection, queues.get(connection) ?? []);
  } catch (error) {
    if (!(error instanceof OSError)) throw error;
    if (connection !== server) {
      close(connection, `: ${error.code}`);
      return;
    }
    if (!adviseShortage(error)) return; // The client has gone already.
    if (names.size === 0) throw error;
    inputs.delete(server);
  }
}

/** Removes the connection from every set before closing it: a closed socket makes select() fail. */
function close(connection: Socket, why = ''): void {
  log(`closing ${names.get(connection)}${why}`);
  inputs.delete(connection);
  outputs.delete(connection);
  queues.delete(connection);
  names.delete(connection);
  connection.close();
  inputs.add(server);
}
