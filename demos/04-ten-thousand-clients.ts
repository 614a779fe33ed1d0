/**
 * Client: ten thousand connections at once, from one thread and one selector
 *
 * It connects to an echo server, such as 03-selectors-callback, sends several messages on each
 * connection, and verifies every byte that comes back. The server runs in a separate process, because the
 * number of descriptors per process is limited, and the server needs as many as we do.
 *
 * The idea to look for: connecting is a write. A non-blocking connect returns "in progress" immediately,
 * and the socket becomes writable once it is connected. Then we send, and wait to read the answer.
 *
 * Order: 25
 */
import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { DefaultSelector, EVENT_READ, EVENT_WRITE, OSError } from 'fd-selectors';
import type { Signals } from 'fd-selectors/fds';
import { AF_INET, SO_ERROR, SOCK_STREAM, SOL_SOCKET, type Socket, socket } from 'fd-selectors/socket';
import { endIfInterruptedMeanwhile, endInterrupted, interrupts } from './support/interrupt.js';
import { descriptorLimit } from './support/limits.js';
import { integer, parseOptions } from './support/options.js';
import { line, progress } from './support/progress.js';

/** The most connections that await their first answer: the server may accept more slowly than we connect. */
const AT_ONCE = 100;
/** Descriptors that we leave free: for Node here, and for whatever else the server has open. */
const SPARE = 64;
/** Connections per source address: each needs its own port, and Linux has about 28,000 to give out. */
const PER_ADDRESS = 25_000;
/** Seconds without an answer after which we give up. */
const PATIENCE = 60;

/** One connection, and how much of its current message is sent and received. */
interface Client {
  readonly number: number;
  readonly socket: Socket;
  /** What we send, and expect back. */
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
if (values.port === '') quit('--port is missing: start a server, then pass the port on which it listens', 2);
const port = integer('port', values.port, 1, 65535);
const rounds = integer('messages', values.messages, 1, 1_000_000);
const wanted = integer('connections', values.connections, 1, 1_000_000);
const limit = descriptorLimit();
const count = Math.min(wanted, limit - readdirSync('/proc/self/fd').length - SPARE);
if (count < 1) quit(`the limit of ${show(limit)} open descriptors leaves no room for a connection`);

const sel = new DefaultSelector<Client | 'Ctrl-C', Socket | Signals>();
sel.register(interrupts, EVENT_READ, 'Ctrl-C');
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

/** Opens the connections. Each counts as open once the server has answered its first message. */
function connectAll(): void {
  for (let made = 0; made < count; ) {
    while (clients.length < count && clients.length - made < AT_ONCE) connect(clients.length);
    made += advance();
    progress(made, count * (rounds + 1), `connected ${show(made)} of ${show(count)}`);
  }
}

/** Sends a message on every connection, and waits for all answers. */
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

/** Starts a connection; its first message is sent once it is established. */
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

/** Waits once, sends and receives what it can, and returns how many messages have come back completely. */
function advance(): number {
  const before = seconds();
  const ready = sel.select(PATIENCE);
  if (ready.length === 0 && seconds() - before >= PATIENCE) {
    quit(`no answer from ${host}:${port} for ${PATIENCE} seconds`);
  }
  let finished = 0;
  for (const [{ data: client }, events] of ready) {
    if (client === 'Ctrl-C') endInterrupted(clients.map(({ socket }) => socket));
    if ((events & EVENT_WRITE) !== 0) attempt(send, client);
    else if (attempt(receive, client)) finished++;
  }
  return finished;
}

/** If one connection fails, so does the demo: every byte must come back. */
function attempt<T>(step: (client: Client) => T, client: Client): T {
  try {
    return step(client);
  } catch (error) {
    return fail(client.number, error as Error);
  }
}

/** Sends as much of the message as the kernel takes; the rest waits until the socket is writable again. */
function send(client: Client): void {
  // The first call also completes the connect: SO_ERROR says how that went.
  const errno = client.socket.getsockopt(SOL_SOCKET, SO_ERROR);
  if (errno !== 0) throw new OSError(errno, 'connect');
  client.sent += client.socket.trySend(client.message.subarray(client.sent)) ?? 0;
  sel.modify(client.socket, client.sent < client.message.length ? EVENT_WRITE : EVENT_READ, client);
}

/** Compares what has arrived with what we sent, byte by byte; true once the message is complete. */
function receive(client: Client): boolean {
  const length = client.socket.tryRecvInto(buffer);
  if (length === null) return false;
  if (length === 0) throw new Error('the server closed the connection');
  const expected = client.message.subarray(client.received, client.received + length);
  if (!expected.equals(buffer.subarray(0, length))) {
    throw new Error(`expected '${expected}', got '${buffer.subarray(0, length)}'`);
  }
  client.received += length;
  return client.received === client.message.length;
}

/** A text that differs for every connection and round. */
function messageOf(number: number, round: number): Buffer {
  return Buffer.from(`message ${round} of client ${number}: ${'abcdefghij'.repeat((number + round) % 7)}`);
}

function report(what: string, done: number, duration: number): void {
  line(
    `${show(done)} ${what} in ${duration.toFixed(2)} s: ${show(Math.round(done / duration))} ${what} per second`,
  );
}

function fail(number: number, error: Error): never {
  endIfInterruptedMeanwhile();
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
