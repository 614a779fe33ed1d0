/** How many descriptors a process may have open, and what to say when they are too few. */
import { readFileSync } from 'node:fs';
import { OSError } from 'fd-selectors';
import { log } from './log.js';
import { refuse } from './options.js';

/** Descriptors that Node itself has open, and some more. */
export const SPARE = 64;
/** Descriptors that a worker has open while it loads its modules. */
export const PER_WORKER = 16;

/** How many descriptors this process may have open. */
export function descriptorLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return Number(/^Max open files +(\d+)/m.exec(limits)?.[1]);
}

/** Whether an error says that no descriptor, or no memory for one, is left. */
function isShortage(error: unknown): error is OSError {
  return error instanceof OSError && ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'].includes(error.code);
}

// Read before the limit is reached: to read it takes a descriptor.
const limit = descriptorLimit();
let advised = 0;

/** Ends the program, and says what to raise, if it may not have so many descriptors open beside Node's. */
export function requireDescriptors(count: number): void {
  if (limit < count + SPARE)
    refuse(`the limit of ${limit} open descriptors is too low; raise it with ulimit -n`);
}

/** If an error says that no descriptor is left, says in the log what to raise, once in a while. */
export function adviseShortage(error: unknown): boolean {
  if (!isShortage(error)) return false;
  if (performance.now() >= advised) log(`new connections have to wait: ${adviceFor(error)}`);
  advised = performance.now() + 1000;
  return true;
}

function adviceFor({ code }: OSError): string {
  if (code === 'EMFILE') return `the limit of ${limit} open descriptors is reached; raise it with ulimit -n`;
  if (code === 'ENFILE') return 'the system has no descriptor left; raise fs.file-max with sysctl';
  return `the system has no memory left for sockets (${code})`;
}
