/** The log of a server demo. */
import type { Address } from 'fd-selectors/socket';
import { print } from './stdout.js';
import { nameOf } from './text.js';

let silent = false;

/**
 * Prints a line. Not by `console.log`: on a pipe that has filled up, it leaves the rest to Node's event
 * loop, to which a server that waits in `select()` never returns.
 */
export function log(line: string): void {
  if (!silent) print(`${line}\n`);
}

/** From now on nothing is logged. */
export function silence(): void {
  silent = true;
}

/** Says where the server listens; if `quiet`, that is the last line of the log. */
export function logListening(address: Address, does: string, quiet: boolean): void {
  log(`listening on ${nameOf(address)}, ${does}`);
  silent = quiet;
}
