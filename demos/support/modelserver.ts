/** What the server models share beside the point: their options, their listening socket, Ctrl-C. */
import { EVENT_READ, ready } from 'fd-selectors';
import { createServer, SHUT_RDWR, type Socket } from 'fd-selectors/socket';
import { tryAccept } from './attempt.js';
import { endInterrupted, interrupts } from './interrupt.js';
import { logListening } from './log.js';
import { integer } from './options.js';

/** The options that every server model has. */
export const OPTIONS = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '0' },
  quiet: { type: 'boolean', default: false },
} as const;

interface Values {
  readonly host: string;
  readonly port: string;
  readonly quiet: boolean;
}

/** Opens the listening socket, non-blocking, and logs its address. */
export function listen(values: Values, by: string): Socket {
  const server = createServer([values.host, integer('port', values.port, 0, 65535)], { backlog: 1024 });
  server.setblocking(false);
  logListening(server.getsockname(), `answering in upper case, ${by}`, values.quiet);
  return server;
}

/** Waits on Node's event loop for the next connection, which it returns as a blocking one. */
export async function accept(server: Socket): Promise<Socket> {
  for (;;) {
    await ready(server, EVENT_READ);
    const accepted = tryAccept(server);
    if (accepted === 'shortage') await new Promise((resolve) => setTimeout(resolve, 100));
    else if (accepted !== null) {
      accepted[0].setblocking(true);
      return accepted[0];
    }
  }
}

/** Hangs up: a recv() blocked on this connection, in any thread, returns the end of the stream. */
export function hangUp(connection: Socket): void {
  try {
    connection.shutdown(SHUT_RDWR);
  } catch {
    // The client has done so.
  }
}

/** On Ctrl-C, ends those who serve, closes the listening socket, and ends the program. */
export async function endOnInterrupt(server: Socket, stop: () => unknown): Promise<never> {
  await ready(interrupts, EVENT_READ);
  await stop();
  endInterrupted([server]);
}
