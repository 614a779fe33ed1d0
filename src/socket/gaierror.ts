/** What the resolver fails with. */
import { OSError } from '../errors.js';
import * as flags from './constants/flags.js';

const names = new Map<number, string>();
for (const [name, value] of Object.entries(flags)) {
  if (name.startsWith('EAI_')) names.set(value, name);
}
// As Node says it, which makes no difference between a name that does not exist and one without address.
names.set(flags.EAI_NONAME, 'ENOTFOUND');
names.set(flags.EAI_NODATA, 'ENOTFOUND');

/**
 * A name could not be resolved. `code` is `'ENOTFOUND'` where there is no such name, else the
 * resolver's own, such as `'EAI_AGAIN'`; `errno` is the resolver's number. Wording is Node's:
 * `getaddrinfo ENOTFOUND no.such.host`.
 *
 * Python: `socket.gaierror`.
 */
export class GaiError extends OSError {
  override readonly code: string;
  override readonly errno: number;
  /** The name that was asked for. */
  readonly hostname: string;

  /** @param eai - a code of the resolver, such as `EAI_NONAME`. */
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
