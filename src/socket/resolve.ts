/** getaddrinfo(3): takes names, and returns rows of numbers. */
import { domainToASCII } from 'node:url';
import { valueError } from '../arguments.js';
import { check } from '../errors.js';
import { native, type Result } from '../native.js';
import { GaiError } from './gaierror.js';
import { ADDRESS_WORDS } from './sockaddr.js';

/** The size of a row in words: family, type, protocol, address. */
export const ROW = 3 + ADDRESS_WORDS;

/** The size in bytes of the longest host name, with its NUL. */
export const NI_MAXHOST = 1025;

/** The resolver's error code, which the addon writes. */
export const eai = new Int32Array(1);

/** The fields of `struct addrinfo` that restrict a query, in its order. */
export type Hints = [flags: number, family: number, type: number, proto: number];

/** The resolver's answer. */
export interface Resolved {
  readonly count: number;
  /** `count` rows of {@link ROW} words. */
  readonly rows: Int32Array;
  /** The canonical name of the host if it was requested, otherwise `''`. */
  readonly canonname: string;
}

/** Returns the text of a buffer up to its first NUL. */
export function textOf(buffer: Buffer): string {
  return buffer.toString('utf8', 0, buffer.indexOf(0));
}

/**
 * Converts a host name to the form that the resolver takes: an internationalized name to ASCII.
 *
 * @throws {@link ValueError} `ERR_INVALID_HOST` for a text that cannot be a name.
 */
function toAscii(host: string): string {
  const ascii = Buffer.byteLength(host) === host.length ? host : domainToASCII(host);
  const named = (ascii !== '' || host === '') && !ascii.includes('\0');
  if (named && ascii.length < NI_MAXHOST) return ascii;
  throw valueError('ERR_INVALID_HOST', 'host', 'a valid host name', host);
}

/** Asks until there is room for all addresses. */
function collect(host: string | null, ask: (rows: Int32Array, canonname: Buffer) => Result): Resolved {
  const canonname = Buffer.alloc(NI_MAXHOST);
  for (let room = 16; ; room *= 4) {
    const rows = new Int32Array(room * ROW);
    const count = check(ask(rows, canonname), 'getaddrinfo');
    if (eai[0] !== 0) throw new GaiError(eai[0] as number, 'getaddrinfo', host ?? '');
    if (count <= room) return { count, rows, canonname: textOf(canonname) };
  }
}

/**
 * Queries the resolver. It blocks while the name servers answer.
 *
 * @throws {@link GaiError}; {@link OSError} if a system call of the resolver fails.
 */
export function resolve(host: string | null, service: string | null, hints: Hints): Resolved {
  const name = host === null ? null : toAscii(host);
  const words = Int32Array.from(hints);
  return collect(host, (rows, canonname) => native.getaddrinfo(name, service, words, rows, canonname, eai));
}

/** A query of the resolver in another thread, for those who must not block. */
export class Query {
  readonly #host: string | null;
  readonly #fd: number;

  /** @throws {@link ValueError} `ERR_INVALID_HOST`; {@link OSError} `EMFILE`. */
  constructor(host: string | null, service: string | null, hints: Hints) {
    this.#host = host;
    const name = host === null ? null : toAscii(host);
    this.#fd = check(native.lookupOpen(name, service, Int32Array.from(hints)), 'eventfd');
  }

  /** A descriptor that becomes readable when there is an answer. */
  fileno(): number {
    return this.#fd;
  }

  /** Returns the answer, once the descriptor is readable. @throws as {@link resolve} does. */
  answer(): Resolved {
    return collect(this.#host, (rows, canonname) => native.lookupAnswer(this.#fd, rows, canonname, eai));
  }

  /** Forgets the query. The other thread goes on until it has an answer. */
  close(): void {
    native.lookupClose(this.#fd);
  }
}
