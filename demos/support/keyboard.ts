/** Ctrl-C for programs of coroutines, in which run() stops all tasks and throws a KeyboardInterrupt. */
import { signals } from 'fd-selectors/fds';
import { log } from './log.js';

/** Also between two calls of run(). */
const interrupts = signals(['SIGINT']);

function endIfInterrupted(): void {
  if (interrupts.read().length === 0) return;
  log('interrupted by SIGINT: the sockets are closed');
  process.exit(0);
}

process.on('uncaughtExceptionMonitor', endIfInterrupted);
process.on('beforeExit', endIfInterrupted);
