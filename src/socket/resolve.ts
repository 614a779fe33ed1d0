/** getaddrinfo(3) as it is: names in, rows of numbers out. */
import { domainToASCII } from 'node:url';
import { valueError } from '../arguments.js';
import { check } from '../errors.js';
import { native } from '../native.js';
import { GaiError } from './gaierror.js';
import { ADDRESS_WORDS } from './sockaddr.js';

/** Words of a row: family, type, protocol, address. */
export const ROW = 3 + ADDRESS_WORDS;

/** Bytes of the longest name of a host, and its NUL. */
export const NI_MAXHOST = 1025;

/** One word for the code with which the resolver fails. */
export const eai = new Int32Array(1);

/** What the resolver is asked, in the order of `struct addrinfo`. */
export type Hints = [flags: number, family: number, type: number, proto: number];

/** What the resolver answered. */
export interface Resolved {
  readonly count: number;
  /** `count` rows of {@link ROW} words. */
  readonly rows: Int32Array;
  /** The canonical name of the host if it was asked for, else `''`. */
  readonly canonname: string;
}

/** The text that stands in a buffer up to its first NUL. */
export function textOf(buffer: Buffer): string {
  return buffer.toString('utf8', 0, buffer.indexOf(0));
}

/**
 * A host's name as the resolver takes it: international names in their ASCII form.
 *
 * @throws {@link ValueError} `ERR_INVALID_HOST` for a text that can be no name.
 */
function toAscii(host: string): string {
  const ascii = Buffer.byteLength(host) === host.length ? host : domainToASCII(host);
  const named = (ascii !== '' || host === '') && !ascii.includes('\0');
  if (named && ascii.length < NI_MAXHOST) return ascii;
  throw valueError('ERR_INVALID_HOST', 'host', 'a valid host name', host);
}

/**
 * Asks the resolver. It may block for as long as the name servers take.
 *
 * @throws {@link GaiError}; {@link OSError} where a system call failed under the resolver.
 */
export function resolve(host: string | null, service: string | null, hints: Hints): Resolved {
  const name = host === null ? null : toAscii(host);
  const canonname = Buffer.alloc(NI_MAXHOST);
  for (let room = 16; ; room *= 4) {
    const rows = new Int32Array(room * ROW);
    const result = native.getaddrinfo(name, service, Int32Array.from(hints), rows, canonname, eai);
    const count = check(result, 'getaddrinfo');
    if (eai[0] !== 0) throw new GaiError(eai[0] as number, 'getaddrinfo', host ?? '');
    if (count <= room) return { count, rows, canonname: textOf(canonname) };
  }
}
