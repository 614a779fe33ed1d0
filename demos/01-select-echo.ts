/**
 * Server: select.select() on two sets, the connections to read and the connections to answer
 *
 * One thread serves many connections: it waits until the kernel reports that some are readable or
 * writable, and touches only those. It echoes whatever a client sends.
 *
 * The idea to look for: a connection is in one set at a time. While we owe it an answer we do not read
 * from it, so a client that sends without reading fills the kernel's buffers and never our memory.
 *
 * Order: 21
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
logListening(server.getsockname(), 'echoing');

/** What we read: at first the server socket, readable when a connection has arrived, and Ctrl-C. */
const inputs = new Set<Socket | Signals>([server, interrupts]);
/** What we write: empty most of the time, because a socket is nearly always writable. */
const outputs = new Set<Socket>();
/** What we have yet to send to each socket in `outputs`. */
const answers = new Map<Socket, Uint8Array>();
/** The address of each connection, for the log. */
const names = new Map<Socket, string>();

while (true) {
  const [readable, writable] = select(inputs, outputs, []);
  for (const ready of readable) {
    if (!(ready instanceof Socket)) endInterrupted([server, ...names.keys()]);
    attempt(ready === server ? accept : receive, ready);
  }
  for (const ready of writable) attempt(answer, ready);
}

/** Accepts a connection, and waits for its first message. */
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
  inputs.add(connection);
}

/** Reads what has arrived. Zero bytes mean that the client has closed its side. */
function receive(connection: Socket): void {
  const data = connection.tryRecv(65536);
  if (data === null) return; // A false alarm, which select(2) permits.
  if (data.length === 0) {
    close(connection);
    return;
  }
  log(`received ${show(data)} from ${names.get(connection)}`);
  answers.set(connection, data);
  inputs.delete(connection);
  outputs.add(connection);
}

/** Sends as much of the answer as the kernel takes. Once all of it is sent, we read again. */
function answer(connection: Socket): void {
  const data = answers.get(connection) as Uint8Array;
  const sent = connection.trySend(data) ?? 0;
  if (sent < data.length) {
    answers.set(connection, data.subarray(sent));
    return;
  }
  log(`sent ${show(data)} to ${names.get(connection)}`);
  answers.delete(connection);
  outputs.delete(connection);
  inputs.add(connection);
}

/**
 * A client that resets its connection, or vanishes, costs us only that connection. When no descriptor is
 * left for a new one, it waits in the backlog until close() puts the server socket back into `inputs`.
 */
function attempt(step: (connection: Socket) => void, connection: Socket): void {
  try {
    step(connection);
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
  answers.delete(connection);
  names.delete(connection);
  connection.close();
  inputs.add(server);
}
