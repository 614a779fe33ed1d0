/** Names and addresses: Python's `getaddrinfo` and its kin. */
import { hostname } from 'node:os';
import { checkInteger, checkString, isCString, toBytes, typeError, valueError } from '../arguments.js';
import { check } from '../errors.js';
import { native } from '../native.js';
import { checkPort, encode } from './address.js';
import { AF_INET, AF_INET6, AI_NUMERICHOST, SOCK_DGRAM } from './constants/index.js';
import { GaiError } from './gaierror.js';
import { eai, NI_MAXHOST, ROW, resolve, textOf } from './resolve.js';
import { type Address, type AddressLike, SockAddr } from './sockaddr.js';

/** Bytes of the longest name of a service, and its NUL. */
const NI_MAXSERV = 32;

/** One address of a host, with what `socket()` is to be given for it. */
export type AddrInfo = [family: number, type: number, proto: number, canonname: string, sockaddr: Address];

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
 * Asks the resolver for the addresses of a host. It blocks the thread for as long as the name servers
 * take; Node's own `dns.lookup` does not.
 *
 * Linux: getaddrinfo(3). Python: `socket.getaddrinfo`.
 *
 * @param host - a name, an address, or `null` for this machine (any address with `AI_PASSIVE`).
 * @param port - a number, the name of a service, or `null`.
 * @param family - 0 for any; `type` and `proto` likewise.
 * @param flags - an or of `AI_*`. The name that `AI_CANONNAME` asks for is in the first entry.
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
  const { count, rows, canonname } = resolve(host, toService(port), [flags, family, type, proto]);
  const address = new SockAddr();
  return Array.from({ length: count }, (_, i) => {
    const row = rows.subarray(i * ROW, (i + 1) * ROW);
    address.words.set(row.subarray(3));
    const [rowFamily, rowType, rowProto] = row as unknown as [number, number, number];
    return [rowFamily, rowType, rowProto, i === 0 ? canonname : '', address.decode()];
  });
}

/**
 * Asks the resolver for the names of a host and a service, or with `NI_NUMERICHOST` and
 * `NI_NUMERICSERV` for their numbers. It blocks as {@link getaddrinfo} does.
 *
 * Linux: getnameinfo(3). Python: `socket.getnameinfo`.
 *
 * @param address - of AF_INET or AF_INET6, its host in numbers: a name is not resolved.
 * @param flags - an or of `NI_*`.
 * @throws {@link GaiError}, `ENOTFOUND` for a host that is a name; as `bind()` does for the rest of the address.
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
  checkString('host', address[0] as string);
  const { rows } = resolve(address[0] as string, null, [AI_NUMERICHOST, 0, SOCK_DGRAM, 0]);
  const sockaddr = new SockAddr();
  encode(sockaddr, rows[0] as number, address as unknown as AddressLike);
  const host = Buffer.alloc(NI_MAXHOST);
  const service = Buffer.alloc(NI_MAXHOST);
  check(native.getnameinfo(sockaddr.words, host, service, flags, eai), 'getnameinfo');
  if (eai[0] !== 0) throw new GaiError(eai[0] as number, 'getnameinfo', String(address[0]));
  return [textOf(host), textOf(service)];
}

/** The name of this machine. Python: `socket.gethostname`. */
export function gethostname(): string {
  return hostname();
}

/**
 * The bytes of an address of IPv4 (4) or IPv6 (16). Python: `socket.inet_pton`.
 *
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
 * The text of an address of IPv4 (4 bytes) or IPv6 (16). Python: `socket.inet_ntop`.
 *
 * @throws {@link ValueError} `ERR_INVALID_ADDRESS` for another number of bytes; {@link OSError}
 *   `EAFNOSUPPORT` for another family.
 */
export function inetNtop(family: number, address: NodeJS.ArrayBufferView): string {
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
 * The four bytes of an address of IPv4 in any notation that C knows, `'127.1'` too. Python: `socket.inet_aton`.
 *
 * @throws {@link ValueError} `ERR_INVALID_ADDRESS`.
 */
export function inetAton(text: string): Buffer {
  checkString('text', text);
  const bytes = Buffer.alloc(4);
  if (check(native.inetAton(text, bytes), 'inet_aton') === 1) return bytes;
  throw valueError('ERR_INVALID_ADDRESS', 'text', 'an IPv4 address', text);
}

/** The text of the four bytes of an address of IPv4. Python: `socket.inet_ntoa`. @throws as {@link inetNtop}. */
export function inetNtoa(address: NodeJS.ArrayBufferView): string {
  return inetNtop(AF_INET, address);
}
