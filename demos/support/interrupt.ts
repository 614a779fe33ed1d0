/** Ctrl-C as one more descriptor to watch, for programs that wait in `select()`. */
import { DefaultSelector, EVENT_READ } from 'fd-selectors';
import { signals } from 'fd-selectors/fds';
import { select } from 'fd-selectors/select';
import { log } from './log.js';

/** Readable when the program shall end. It stays open: a second Ctrl-C must not cut the ending short. */
export const interrupts = signals(['SIGINT', 'SIGTERM']);

/** Seconds that Ctrl-C may take to reach this process after others. */
const GRACE = 0.5;

let arrived: string | undefined;

/** Whether Ctrl-C has come, for programs that ask between two steps. */
export function isInterrupted(): boolean {
  arrived ??= interrupts.read()[0]?.[0];
  return arrived !== undefined;
}

/** Ends the program if Ctrl-C has come. */
export function endIfInterrupted(sockets: Iterable<{ close(): void }> = []): void {
  if (isInterrupted()) endInterrupted(sockets);
}

/** Closes the sockets, says why, and ends the program. */
export function endInterrupted(sockets: Iterable<{ close(): void }> = []): never {
  for (const socket of sockets) socket.close();
  isInterrupted();
  log(`interrupted by ${arrived}: the sockets are closed`);
  process.exit(0);
}

/** Ends the program, as soon as Node's event loop turns after Ctrl-C. It keeps no program from ending by itself. */
export function endOnceInterrupted(): void {
  const sel = new DefaultSelector().unref();
  sel.register(interrupts, EVENT_READ);
  sel.selectAsync().then(() => endInterrupted());
}

/**
 * Ends the program if Ctrl-C is what made a connection fail: it also reaches the processes at the other ends, which
 * may notice before we do.
 */
export function endIfInterruptedMeanwhile(): void {
  select([interrupts], [], [], GRACE);
  endIfInterrupted();
}

// What others close makes our calls fail, or wait for nothing.
process.on('uncaughtExceptionMonitor', endIfInterruptedMeanwhile);
process.on('beforeExit', () => endIfInterrupted());
