/** What may fail in a server without its fault, and what becomes of it. */
import { OSError } from 'fd-selectors';
import type { Socket } from 'fd-selectors/socket';
import { adviseShortage } from './limits.js';
import { log } from './log.js';
import { nameOf } from './text.js';

/**
 * Takes a new connection, non-blocking, and the name of its client; null where there is none. With no
 * descriptor left for it, it is not taken, and the log says what to raise.
 */
export function tryAccept(server: Socket): [connection: Socket, name: string] | null | 'shortage' {
  try {
    const accepted = server.tryAccept();
    if (accepted === null) return null;
    const [connection, address] = accepted;
    connection.setblocking(false);
    const name = nameOf(address);
    log(`connection from ${name}`);
    return [connection, name];
  } catch (error) {
    if (!(error instanceof OSError)) throw error;
    // Else the client has reset the connection before it was accepted.
    return adviseShortage(error) ? 'shortage' : null;
  }
}

/**
 * A step that closes its connection when the system refuses it: a client that resets its connection, or
 * vanishes, costs that connection and nothing else.
 */
export function attempt(step: () => void, close: (why: string) => void): () => void {
  return () => {
    try {
      step();
    } catch (error) {
      if (!(error instanceof OSError)) throw error;
      close(`: ${error.code}`);
    }
  };
}
