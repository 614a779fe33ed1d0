/** The error of the resolver. */
import { OSError } from '../errors.js';
import * as flags from './constants/flags.js';

const names = new Map<number, string>();
for (const [name, value] of Object.entries(flags)) {
  if (name.startsWith('EAI_')) names.set(value, name);
}
// As in Node, which does not distinguish a name that does not exist from one without an address.
names.set(flags.EAI_NONAME, 'ENOTFOUND');
names.set(flags.EAI_NODATA, 'ENOTFOUND');

/**
 * A name could not be resolved. `code` is `'ENOTFOUND'` if the name does not exist, otherwise the
 * resolver's own, such as `'EAI_AGAIN'`; `errno` is the resolver's number. The wording is Node's:
 * `getaddrinfo ENOTFOUND no.such.host`.
 *
 * Python: `socket.gaierror`.
 */
export class GaiError extends OSError {
  override readonly code: string;
  override readonly errno: number;
  /** The name that was looked up. */
  readonly hostname: string;

  /** @param eai - an error code of the resolver, such as `EAI_NONAME`. */
  constructor(eai: number, syscall: string, hostname: string) {
    const code = names.get(eai) ?? `EAI_${eai}`;
    super(eai, syscall, `${syscall} ${code} ${hostname}`.trimEnd());
    this.code = code;
    this.errno = eai;
    this.hostname = hostname;
  }
}

/** The codes of the resolver's older functions, netdb.h. */
const herrors = ['', 'HOST_NOT_FOUND', 'TRY_AGAIN', 'NO_RECOVERY', 'NO_DATA'];

/**
 * A host could not be found by one of the older functions, `gethostbyaddr()` and `gethostbynameEx()`. `code` is
 * `'HOST_NOT_FOUND'`, `'TRY_AGAIN'`, `'NO_RECOVERY'` or `'NO_DATA'`; `errno` is the resolver's number.
 *
 * Python: `socket.herror`.
 */
export class HError extends OSError {
  override readonly code: string;
  override readonly errno: number;
  /** The host that was asked for. */
  readonly hostname: string;

  /** @param herrno - a code of the resolver: 1 to 4. */
  constructor(herrno: number, syscall: string, hostname: string) {
    const code = herrors[herrno] ?? `HERROR_${herrno}`;
    super(herrno, syscall, `${syscall} ${code} ${hostname}`.trimEnd());
    this.code = code;
    this.errno = herrno;
    this.hostname = hostname;
  }
}
