/**
 * Client: several connections at once, each of which sends its message in three parts
 *
 * It opens three connections to the server 01-select-echo. Then it sends the first part of the message on
 * each of them before it reads any answer, then the second part, then the third. It prints what it sends
 * and what comes back, and after the last part it has the whole message again.
 *
 * The idea to look for: the server does not know that the parts belong together. TCP carries bytes, not
 * messages: the client counts the bytes it has received to know when an answer is complete.
 *
 * Order: 24
 */
import { createConnection, type Socket } from 'fd-selectors/socket';
import { endIfInterrupted } from './support/interrupt.js';
import { requireDescriptors } from './support/limits.js';
import { integer, parseOptions, refuse } from './support/options.js';
import { line } from './support/progress.js';
import { nameOf, show } from './support/text.js';

const PARTS = ['This is the message. ', 'It will be sent ', 'in three parts.'].map((part) =>
  Buffer.from(part),
);
/** Seconds that an answer may take. */
const PATIENCE = 60;

const values = parseOptions({
  connections: { type: 'string', default: '3' },
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '' },
});
if (values.port === '') refuse('--port is missing: start a server first, and say which port it listens on');
const port = integer('port', values.port, 1, 65535);
const count = integer('connections', values.connections, 1, 10_000);
requireDescriptors(count);

line(`connecting to ${values.host}:${port}`);
const connections = Array.from({ length: count }, () =>
  createConnection([values.host, port], { timeout: PATIENCE }),
);
const answers = new Map(connections.map((connection) => [connection, Buffer.alloc(0)]));

for (const part of PARTS) {
  for (const connection of connections) {
    endIfInterrupted(connections);
    line(`${nameOf(connection.getsockname())} sends ${show(part)}`);
    connection.sendall(part);
  }
  for (const connection of connections) {
    const answer = receive(connection, part.length);
    line(`${nameOf(connection.getsockname())} gets  ${show(answer)}`);
    answers.set(connection, Buffer.concat([answers.get(connection) as Buffer, answer]));
  }
}

for (const [connection, answer] of answers) {
  line(`${nameOf(connection.getsockname())} closes, with ${show(answer)}`);
  if (!answer.equals(Buffer.concat(PARTS))) throw new Error('this is not what was sent');
  connection.close();
}
line(`\nchecked: ${count} connections, ${count * PARTS.length} parts, every byte came back`);

/** An answer may come in pieces: reads until it has so many bytes. */
function receive(connection: Socket, length: number): Buffer {
  let data = Buffer.alloc(0);
  while (data.length < length) {
    const piece = connection.recv(length - data.length);
    if (piece.length === 0) throw new Error('the server closed the connection');
    data = Buffer.concat([data, piece]);
  }
  return data;
}
