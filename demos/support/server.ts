/** What the server demos share and what is not their point: two options, and a log. */
import { writeSync } from 'node:fs';
import type { Address } from 'fd-selectors/socket';
import { integer, parseOptions } from './options.js';
import { nameOf } from './text.js';

export { nameOf, show } from './text.js';

const values = parseOptions({
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '0' },
  quiet: { type: 'boolean', default: false },
});

/** Where to listen. Port 0, the default, lets the system choose a free one. */
export const host = values.host;
export const port = integer('port', values.port, 0, 65535);

let silent = false;

/**
 * Prints a line. Not by `console.log`: on a pipe that has filled up, it leaves the rest to Node's event
 * loop, to which a server that waits in `select()` never returns.
 */
export function log(line: string): void {
  if (!silent) writeSync(1, `${line}\n`);
}

/** Says where the server listens; with `--quiet`, that is the last line of the log. */
export function logListening(address: Address, does: string): void {
  log(`listening on ${nameOf(address)}, ${does}`);
  silent = values.quiet;
}
