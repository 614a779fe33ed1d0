/** What the server demos share beside the point: their options and their log. */
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

/** Where to listen. With port 0, the default, the kernel chooses a free port. */
export const host = values.host;
export const port = integer('port', values.port, 0, 65535);

let silent = false;

/**
 * Prints a line. Not with `console.log`: if standard output is a full pipe, it leaves the rest to Node's
 * event loop, to which a server that blocks in `select()` never returns.
 */
export function log(line: string): void {
  if (!silent) writeSync(1, `${line}\n`);
}

/** Logs where the server listens; with `--quiet`, that is the last line of the log. */
export function logListening(address: Address, does: string): void {
  log(`listening on ${nameOf(address)}, ${does}`);
  silent = values.quiet;
}
