/** echo: a server in one thread that sends back what it gets. */
import { EVENT_READ, OSError, ValueError } from 'fd-selectors';
import { createServer, IPPROTO_TCP, type Socket, TCP_NODELAY } from 'fd-selectors/socket';
import { answer, parameter, skip } from '../workload.js';
import { openSelector } from './open.js';

type Handler = (sock: Socket) => void;

const sel = openSelector<Handler>();
const buffer = new Uint8Array(65536);
const waits = parameter('wait', 'select');

function register(sock: Socket, handler: Handler): void {
  try {
    sel.register(sock, EVENT_READ, handler);
  } catch (error) {
    if (error instanceof ValueError && error.code === 'ERR_FD_OUT_OF_RANGE') skip(error.message);
    throw error;
  }
}

function accept(server: Socket): void {
  const accepted = server.tryAccept();
  if (accepted === null) return;
  const [conn] = accepted;
  conn.setblocking(false);
  conn.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
  register(conn, echo);
}

function end(conn: Socket): void {
  sel.unregister(conn);
  conn.close();
}

function echo(conn: Socket): void {
  try {
    const got = conn.recvInto(buffer);
    if (got === 0) end(conn);
    else if (conn.send(buffer, 0, got) !== got) throw new Error('a message did not fit');
  } catch (error) {
    // At its end, the load resets all connections.
    if (!(error instanceof OSError)) throw error;
    end(conn);
  }
}

const server = createServer(['127.0.0.1', 0], { backlog: 4096 });
server.setblocking(false);
register(server, accept);
answer({ port: server.getsockname()[1] as number });

if (waits === 'async') {
  for (;;) for (const [key] of await sel.selectAsync()) key.data(key.fileobj);
}
for (;;) for (const [key] of sel.select()) key.data(key.fileobj);
