/** Ctrl-C as one more descriptor to watch, for programs that wait in `select()`. */
import { signals } from 'fd-selectors/fds';
import { log } from './log.js';

/** Readable when the program shall end. It stays open: a second Ctrl-C must not cut the ending short. */
export const interrupts = signals(['SIGINT', 'SIGTERM']);

/** Closes the sockets, says why, and ends the program. */
export function endInterrupted(sockets: Iterable<{ close(): void }>): never {
  for (const socket of sockets) socket.close();
  const [[name] = ['']] = interrupts.read();
  log(`interrupted by ${name}: the sockets are closed`);
  process.exit(0);
}
