/**
 * Client: ten thousand connections at once, from one thread and one selector
 *
 * It opens the connections to an echo server, such as 03-selectors-callback, sends several messages on
 * each, and verifies every byte that comes back. The server is a process of its own: the number of
 * descriptors that a process may open is limited, and the server needs as many as we do.
 *
 * The idea to look for: to connect is to write. A non-blocking connect says "in progress" at once, and
 * the socket becomes writable when the connection is made; then we send, and wait to read the answer.
 *
 * Order: 25
 */
import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { DefaultSelector, EVENT_READ, EVENT_WRITE, OSError } from 'fd-selectors';
import { AF_INET, SO_ERROR, SOCK_STREAM, SOL_SOCKET, type Socket, socket } from 'fd-selectors/socket';
import { descriptorLimit } from './support/limits.js';
import { integer, parseOptions } from './support/options.js';
import { line, progress } from './support/progress.js';

/** Connections that the server has not answered yet, at most: it may accept more slowly than we connect. */
const AT_ONCE = 100;
/** Descriptors that we leave free, for Node here and for what the server has open besides connections. */
const SPARE = 64;
/** Connections from one address: each takes a port of its own, of which a system gives out some 28,000. */
const PER_ADDRESS = 25_000;
/** Seconds without any answer after which we give up. */
const PATIENCE = 15;

/** One of our connections, and how far its current message has come. */
interface Client {
  readonly number: number;
  readonly socket: Socket;
  /** What was sent, and has to come back. */
  message: Buffer;
  sent: number;
  received: number;
}

const values = parseOptions({
  connections: { type: 'string', default: '10000' },
  messages: { type: 'string', default: '5' },
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '' },
});
const host = values.host;
if (values.port === '') quit('--port is missing: start a server first, and say which port it listens on', 2);
const port = integer('port', values.port, 1, 65535);
const rounds = integer('messages', values.messages, 1, 1_000_000);
const wanted = integer('connections', values.connections, 1, 1_000_000);
const limit = descriptorLimit();
const count = Math.min(wanted, limit - readdirSync('/proc/self/fd').length - SPARE);
if (count < 1) quit(`the limit of ${show(limit)} open descriptors leaves no room for a connection`);

const sel = new DefaultSelector<Client, Socket>();
const clients: Client[] = [];
const buffer = Buffer.alloc(65536);

if (count < wanted) {
  line(`the limit of ${show(limit)} open descriptors (ulimit -n) leaves room for ${show(count)} connections`);
}
line(`connecting ${show(count)} clients to ${host}:${port}`);

const connecting = seconds();
connectAll();
const talking = seconds();
for (let round = 1; round <= rounds; round++) sendOnAll(round);
const ending = seconds();

for (const client of clients) {
  sel.unregister(client.socket);
  client.socket.close();
}
report('connections', count, talking - connecting);
report('round trips', count * rounds, ending - talking);
line(`checked: ${show(count)} clients, ${show(count * (rounds + 1))} messages, every byte came back`);
process.exit(0);

/** Opens the connections. Each counts as made when the server has answered its first message. */
function connectAll(): void {
  for (let made = 0; made < count; ) {
    while (clients.length < count && clients.length - made < AT_ONCE) connect(clients.length);
    made += advance();
    progress(made, count * (rounds + 1), `connected ${show(made)} of ${show(count)}`);
  }
}

/** Sends a message on every connection, and waits until each has its answer. */
function sendOnAll(round: number): void {
  for (const client of clients) {
    client.message = messageOf(client.number, round);
    client.sent = 0;
    client.received = 0;
    attempt(send, client);
  }
  for (let answered = 0; answered < count; ) {
    answered += advance();
    const done = count * round + answered;
    progress(
      done,
      count * (rounds + 1),
      `message ${round} of ${rounds}: ${show(answered)} of ${show(count)} answered`,
    );
  }
}

/** Begins a connection; its first message waits until it is made. */
function connect(number: number): void {
  const connection = socket(AF_INET, SOCK_STREAM);
  connection.setblocking(false);
  if (number >= PER_ADDRESS) connection.bind([`127.0.0.${1 + Math.floor(number / PER_ADDRESS)}`, 0]);
  const errno = connection.connectEx([host, port]);
  if (errno !== 0 && errno !== constants.errno.EINPROGRESS) fail(number, new OSError(errno, 'connect'));
  const client = { number, socket: connection, message: messageOf(number, 0), sent: 0, received: 0 };
  clients.push(client);
  sel.register(connection, EVENT_WRITE, client);
}

/** Waits once, and does what can be done; says how many messages have come back whole. */
function advance(): number {
  const before = seconds();
  const ready = sel.select(PATIENCE);
  if (ready.length === 0 && seconds() - before >= PATIENCE) {
    quit(`no answer from ${host}:${port} for ${PATIENCE} seconds`);
  }
  let finished = 0;
  for (const [{ data: client }, events] of ready) {
    if ((events & EVENT_WRITE) !== 0) attempt(send, client);
    else if (attempt(receive, client)) finished++;
  }
  return finished;
}

/** One connection that fails is the end: every byte has to come back. */
function attempt<T>(step: (client: Client) => T, client: Client): T {
  try {
    return step(client);
  } catch (error) {
    return fail(client.number, error as Error);
  }
}

/** Sends what the system takes of the message; what is left waits until the socket is writable again. */
function send(client: Client): void {
  // The first message is also the end of the connect: the socket knows how that went.
  const errno = client.socket.getsockopt(SOL_SOCKET, SO_ERROR);
  if (errno !== 0) throw new OSError(errno, 'connect');
  client.sent += client.socket.trySend(client.message.subarray(client.sent)) ?? 0;
  sel.modify(client.socket, client.sent < client.message.length ? EVENT_WRITE : EVENT_READ, client);
}

/** Compares what has arrived with what was sent, byte by byte; true when the message is complete. */
function receive(client: Client): boolean {
  const length = client.socket.tryRecvInto(buffer);
  if (length === null) return false;
  if (length === 0) throw new Error('the server closed it');
  const expected = client.message.subarray(client.received, client.received + length);
  if (!expected.equals(buffer.subarray(0, length))) {
    throw new Error(`expected '${expected}', got '${buffer.subarray(0, length)}'`);
  }
  client.received += length;
  return client.received === client.message.length;
}

/** A text that no other connection and no other round sends. */
function messageOf(number: number, round: number): Buffer {
  return Buffer.from(`message ${round} of client ${number}: ${'abcdefghij'.repeat((number + round) % 7)}`);
}

function report(what: string, done: number, duration: number): void {
  line(
    `${show(done)} ${what} in ${duration.toFixed(2)} s: ${show(Math.round(done / duration))} ${what} per second`,
  );
}

function fail(number: number, error: Error): never {
  return quit(`client ${number} of ${count}: ${error.message}`);
}

function quit(message: string, code = 1): never {
  console.error(message);
  process.exit(code);
}

function seconds(): number {
  return performance.now() / 1e3;
}

function show(number: number): string {
  return number.toLocaleString('en-US');
}
