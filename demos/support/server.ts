/** What the server demos share beside the point: their options and their log. */
import type { Address } from 'fd-selectors/socket';
import * as logging from './log.js';
import { integer, parseOptions } from './options.js';

export { log } from './log.js';
export { nameOf, peerOf, show } from './text.js';

const values = parseOptions({
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '0' },
  quiet: { type: 'boolean', default: false },
});

/** Where to listen. With port 0, the default, the kernel chooses a free port. */
export const host = values.host;
export const port = integer('port', values.port, 0, 65535);

/** Logs where the server listens; with `--quiet`, that is the last line of the log. */
export function logListening(address: Address, does: string): void {
  logging.logListening(address, does, values.quiet);
}
