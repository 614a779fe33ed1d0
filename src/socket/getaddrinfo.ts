/** Names and addresses: Python's `getaddrinfo` and related functions. */
import { hostname } from 'node:os';
import {
  type Bytes,
  checkInteger,
  checkString,
  isCString,
  toBytes,
  typeError,
  valueError,
} from '../arguments.js';
import { check } from '../errors.js';
import { native } from '../native.js';
import { checkPort, encode } from './address.js';
import { AF_INET, AF_INET6, AI_NUMERICHOST, SOCK_DGRAM } from './constants/index.js';
import type { AddressLike, Inet6Address, InetAddress } from './family.js';
import { GaiError } from './gaierror.js';
import { eai, NI_MAXHOST, Query, type Resolved, ROW, resolve, textOf } from './resolve.js';
import { SockAddr } from './sockaddr.js';

/** The size in bytes of the longest service name, with its NUL. */
const NI_MAXSERV = 32;

/** One address of a host, with the arguments of `socket()` for it. */
export type AddrInfo = [
  family: number,
  type: number,
  proto: number,
  canonname: string,
  sockaddr: InetAddress | Inet6Address,
];

function toService(port: number | string | null): string | null {
  if (port === null) return null;
  if (typeof port === 'string') {
    if (isCString(port) && Buffer.byteLength(port) < NI_MAXSERV) return port;
    const expected = 'a well-formed service name of less than 32 bytes, none of them null';
    throw valueError('ERR_INVALID_SERVICE', 'port', expected, port);
  }
  checkPort(port);
  return String(port);
}

/**
 * Looks up the addresses of a host. It blocks the thread while the name servers answer; Node's own
 * `dns.lookup` does not.
 *
 * Linux: getaddrinfo(3). Python: `socket.getaddrinfo`.
 *
 * @param host - a name, an address, or `null` for this machine (for any address with `AI_PASSIVE`).
 * @param port - a number, the name of a service, or `null`.
 * @param family - an address family; 0 for any.
 * @param type - a socket type; 0 for any.
 * @param proto - a protocol; 0 for any.
 * @param flags - a combination of `AI_*`. With `AI_CANONNAME`, the first entry has the canonical name.
 * @throws {@link GaiError} `ENOTFOUND`, `EAI_AGAIN`, `EAI_SERVICE`, ...
 * @throws {@link ValueError} `ERR_INVALID_PORT`, `ERR_INVALID_HOST`, `ERR_INVALID_SERVICE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 * @example
 * ```ts
 * import { AF_INET, getaddrinfo, SOCK_STREAM } from 'fd-selectors/socket';
 * const [first] = getaddrinfo('127.0.0.1', 80, AF_INET, SOCK_STREAM);
 * assert.deepEqual(first, [AF_INET, SOCK_STREAM, 6, '', ['127.0.0.1', 80]]);
 * ```
 */
export function getaddrinfo(
  host: string | null,
  port: number | string | null,
  family = 0,
  type = 0,
  proto = 0,
  flags = 0,
): AddrInfo[] {
  if (host !== null && typeof host !== 'string') throw typeError('host', 'of type string or null', host);
  for (const [name, value] of Object.entries({ family, type, proto, flags })) checkInteger(name, value);
  return infosOf(resolve(host, toService(port), [flags, family, type, proto]));
}

/** Begins a query for a host, of which {@link infosOf} reads the answer. @throws as {@link getaddrinfo} for its arguments. */
export function openQuery(host: string, port: number | string | null, family: number, type: number): Query {
  return new Query(host, toService(port), [0, family, type, 0]);
}

/** The addresses of an answer. */
export function infosOf({ count, rows, canonname }: Resolved): AddrInfo[] {
  const address = new SockAddr();
  return Array.from({ length: count }, (_, i) => {
    const row = rows.subarray(i * ROW, (i + 1) * ROW);
    address.words.set(row.subarray(3));
    const [rowFamily, rowType, rowProto] = row as unknown as [number, number, number];
    return [
      rowFamily,
      rowType,
      rowProto,
      i === 0 ? canonname : '',
      address.decode() as InetAddress | Inet6Address,
    ];
  });
}

/**
 * Looks up the names of a host and a service, or with `NI_NUMERICHOST` and `NI_NUMERICSERV` returns
 * their numbers. It blocks as {@link getaddrinfo} does.
 *
 * Linux: getnameinfo(3). Python: `socket.getnameinfo`.
 *
 * @param address - an AF_INET or AF_INET6 address with a numeric host: names are not resolved.
 * @param flags - a combination of `NI_*`.
 * @throws {@link GaiError}, `ENOTFOUND` for a host that is a name; for the rest of the address, as `bind()` does.
 * @example
 * ```ts
 * import { getnameinfo, NI_NUMERICHOST, NI_NUMERICSERV } from 'fd-selectors/socket';
 * assert.deepEqual(getnameinfo(['127.0.0.1', 80], NI_NUMERICHOST | NI_NUMERICSERV), ['127.0.0.1', '80']);
 * ```
 */
export function getnameinfo(
  address: Exclude<AddressLike, string | Uint8Array>,
  flags = 0,
): [host: string, service: string] {
  checkInteger('flags', flags);
  if (!Array.isArray(address))
    throw typeError('address', 'an array [host, port, flowinfo?, scopeId?]', address);
  checkString('host', address[0]);
  const { rows } = resolve(address[0], null, [AI_NUMERICHOST, 0, SOCK_DGRAM, 0]);
  const sockaddr = new SockAddr();
  encode(sockaddr, rows[0] as number, address);
  const host = Buffer.alloc(NI_MAXHOST);
  const service = Buffer.alloc(NI_MAXHOST);
  check(native.getnameinfo(sockaddr.words, host, service, flags, eai), 'getnameinfo');
  if (eai[0] !== 0) throw new GaiError(eai[0] as number, 'getnameinfo', String(address[0]));
  return [textOf(host), textOf(service)];
}

/**
 * Returns the name of this machine.
 *
 * Python: `socket.gethostname`.
 */
export function gethostname(): string {
  return hostname();
}

/**
 * Converts the text of an IPv4 or IPv6 address to its 4 or 16 bytes.
 *
 * Linux: inet_pton(3). Python: `socket.inet_pton`.
 *
 * @param family - `AF_INET` or `AF_INET6`.
 * @throws {@link ValueError} `ERR_INVALID_ADDRESS`; {@link OSError} `EAFNOSUPPORT` for another family.
 */
export function inetPton(family: number, text: string): Buffer {
  checkInteger('family', family);
  checkString('text', text);
  const bytes = Buffer.alloc(family === AF_INET ? 4 : 16);
  if (check(native.inetPton(family, text, bytes), 'inet_pton') === 1) return bytes;
  const version = family === AF_INET ? 'IPv4' : 'IPv6';
  throw valueError('ERR_INVALID_ADDRESS', 'text', `an ${version} address`, text);
}

/**
 * Converts the 4 or 16 bytes of an IPv4 or IPv6 address to text.
 *
 * Linux: inet_ntop(3). Python: `socket.inet_ntop`.
 *
 * @param family - `AF_INET` or `AF_INET6`.
 * @throws {@link ValueError} `ERR_INVALID_ADDRESS` for the wrong number of bytes; {@link OSError}
 *   `EAFNOSUPPORT` for another family.
 */
export function inetNtop(family: number, address: Bytes): string {
  checkInteger('family', family);
  const bytes = toBytes('address', address);
  const text = Buffer.alloc(64);
  const known = family === AF_INET || family === AF_INET6;
  if (known && bytes.length !== (family === AF_INET ? 4 : 16)) {
    const length = family === AF_INET ? 4 : 16;
    throw valueError('ERR_INVALID_ADDRESS', 'address.length', `${length}`, bytes.length);
  }
  return text.toString('latin1', 0, check(native.inetNtop(family, bytes, text), 'inet_ntop'));
}

/**
 * Converts an IPv4 address in any notation of the C library, such as `'127.1'`, to its 4 bytes.
 *
 * Linux: inet_aton(3). Python: `socket.inet_aton`.
 *
 * @throws {@link ValueError} `ERR_INVALID_ADDRESS`.
 */
export function inetAton(text: string): Buffer {
  checkString('text', text);
  const bytes = Buffer.alloc(4);
  if (check(native.inetAton(text, bytes), 'inet_aton') === 1) return bytes;
  throw valueError('ERR_INVALID_ADDRESS', 'text', 'an IPv4 address', text);
}

/**
 * Converts the 4 bytes of an IPv4 address to text.
 *
 * Python: `socket.inet_ntoa`.
 *
 * @throws as {@link inetNtop} does.
 */
export function inetNtoa(address: Bytes): string {
  return inetNtop(AF_INET, address);
}
