/**
 * Load on an HTTP server where `wrk` is not installed: so many connections, on each of which the next request
 * follows the answer to the one before. It prints requests per second as `wrk` does.
 */
import { DefaultSelector, EVENT_READ } from 'fd-selectors';
import { createConnection, type Socket } from 'fd-selectors/socket';

/** Answers for which the load goes on when its time is over: fewer tell nothing. */
const LEAST = 2000;
const [url = '', connections = '64', seconds = '1'] = process.argv.slice(2);
const { hostname, port, host, pathname } = new URL(url);
const request = Buffer.from(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
const buffer = Buffer.alloc(65536);

/** Every answer is as long as the first: the same file, and the same header fields. */
const length = measure();
const sel = new DefaultSelector<{ missing: number }, Socket>();
for (let i = 0; i < Number(connections); i++) {
  const connection = connect();
  sel.register(connection, EVENT_READ, { missing: length });
  connection.sendall(request);
}
const start = performance.now();
const end = start + 1e3 * Number(seconds);
let answered = 0;
while (performance.now() < end || answered < LEAST) {
  for (const [{ fileobj, data }] of sel.select(1)) receive(fileobj, data);
}
const took = (performance.now() - start) / 1e3;
console.log(`${answered} requests in ${took.toFixed(2)}s\nRequests/sec: ${answered / took}`);
process.exit(0);

function connect(): Socket {
  return createConnection([hostname, Number(port)], { timeout: 60 });
}

function receive(connection: Socket, answer: { missing: number }): void {
  const received = connection.tryRecvInto(buffer) ?? 0;
  answer.missing -= received;
  if (received === 0 || answer.missing > 0) return;
  if (answer.missing < 0) throw new Error('an answer is longer than the first one');
  answer.missing = length;
  answered++;
  connection.sendall(request);
}

/** How long an answer is, header fields included. */
function measure(): number {
  using connection = connect();
  connection.sendall(request);
  let answer = '';
  for (;;) {
    answer += connection.recv(65536).toString('latin1');
    const head = answer.indexOf('\r\n\r\n');
    const [, size] = /^content-length: (\d+)/im.exec(answer) ?? [];
    if (head >= 0) return head + 4 + Number(size);
  }
}
