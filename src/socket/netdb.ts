/** Hosts, services and protocols by name and number, through Python's older functions. */
import { hostname } from 'node:os';
import { checkString } from '../arguments.js';
import { check, ENOENT } from '../errors.js';
import { native, type Result } from '../native.js';
import { checkPort } from './address.js';
import { AF_INET, SOCK_STREAM } from './constants/index.js';
import { GaiError, HError } from './gaierror.js';
import { getaddrinfo, inetPton } from './getaddrinfo.js';
import { missing, texted } from './interfaces.js';

/** A host: its name, its aliases, its addresses. */
export type HostEntry = [hostname: string, aliaslist: string[], ipaddrlist: string[]];

/**
 * The IPv4 address of a host. It blocks, as does {@link getaddrinfo}, which also supports IPv6.
 *
 * Python: `socket.gethostbyname`.
 *
 * @param host - a name or an address; `''` is `'0.0.0.0'`, `'<broadcast>'` is `'255.255.255.255'`.
 * @throws {@link GaiError} `ENOTFOUND`, `EAI_AGAIN`, ...; {@link ValueError} `ERR_INVALID_HOST`; `TypeError`.
 * @example
 * ```ts
 * import { gethostbyname } from 'fd-selectors/socket';
 * assert.equal(gethostbyname('127.0.0.1'), '127.0.0.1');
 * ```
 */
export function gethostbyname(host: string): string {
  checkString('host', host);
  if (host === '') return '0.0.0.0';
  if (host === '<broadcast>') return '255.255.255.255';
  const [first] = getaddrinfo(host, null, AF_INET, SOCK_STREAM);
  return first === undefined ? '' : (first[4][0] as string);
}

const herrno = new Int32Array(1);

/** The resolver's description of a host; throws its error. */
function entryOf(syscall: string, host: string, call: (answer: Buffer) => Result): HostEntry {
  const texts = texted(syscall, call);
  if (herrno[0] !== 0) throw new HError(herrno[0] as number, syscall, host);
  const end = texts.indexOf('', 1);
  return [texts[0] as string, texts.slice(1, end), texts.slice(end + 1)];
}

/**
 * The name, the aliases and the IPv4 addresses of a host.
 *
 * Linux: gethostbyname_r(3). Python: `socket.gethostbyname_ex`.
 *
 * @throws as {@link gethostbyname} does; {@link HError} `HOST_NOT_FOUND`, `NO_DATA`, ...
 */
export function gethostbynameEx(host: string): HostEntry {
  const address = gethostbyname(host);
  const name = host === '' || host === '<broadcast>' ? address : host;
  return entryOf('gethostbyname', host, (answer) => native.gethostbyname(name, answer, herrno));
}

/**
 * The name, the aliases and the addresses of the host with an address.
 *
 * Linux: gethostbyaddr_r(3). Python: `socket.gethostbyaddr`.
 *
 * @param host - an IPv4 or IPv6 address, or a name, whose first address is used.
 * @throws {@link HError} `HOST_NOT_FOUND` for an address without a name, `NO_DATA`, ...; {@link GaiError};
 *   {@link ValueError} `ERR_INVALID_HOST`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function gethostbyaddr(host: string): HostEntry {
  checkString('host', host);
  const [first] = getaddrinfo(host, null, 0, SOCK_STREAM);
  if (first === undefined) throw new GaiError(-2, 'getaddrinfo', host);
  const [family, , , , [address]] = first;
  const bytes = inetPton(family, (address as string).replace(/%.*/, ''));
  return entryOf('gethostbyaddr', host, (answer) => native.gethostbyaddr(family, bytes, answer, herrno));
}

/**
 * The full name of a host: the first of its names that has a dot, else its name, else `name` itself.
 *
 * Python: `socket.getfqdn`.
 *
 * @param name - omitted, `''` or the any address means this machine.
 */
export function getfqdn(name = ''): string {
  const own = ['', '0.0.0.0', '::'].includes(name.trim());
  const asked = own ? hostname() : name.trim();
  try {
    const [first, aliases] = gethostbyaddr(asked);
    return [first, ...aliases].find((known) => known.includes('.')) ?? first;
  } catch (error) {
    if (error instanceof GaiError || error instanceof HError) return asked;
    throw error;
  }
}

/** Checks the name of a service or protocol: one that no database can contain is unknown. */
function known(name: string, argument: string): string | null {
  checkString(argument, name);
  return name.includes('\0') || Buffer.byteLength(name) > 1000 ? null : name;
}

/**
 * The port of a service.
 *
 * Linux: getservbyname_r(3), /etc/services. Python: `socket.getservbyname`.
 *
 * @param protocol - `'tcp'`, `'udp'`; any if left out.
 * @throws {@link OSError} `ENOENT` for a service that is not known; `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function getservbyname(service: string, protocol?: string | null): number {
  const name = known(service, 'service');
  const proto = protocol === undefined || protocol === null ? null : known(protocol, 'protocol');
  const port = name === null ? -ENOENT : native.getservbyname(name, proto);
  if (port === -ENOENT) throw missing('getservbyname', 'service/proto');
  return check(port, 'getservbyname');
}

/**
 * The service of a port.
 *
 * Linux: getservbyport_r(3), /etc/services. Python: `socket.getservbyport`.
 *
 * @param protocol - `'tcp'`, `'udp'`; any if left out.
 * @throws {@link OSError} `ENOENT` for a port without a service; {@link ValueError} `ERR_INVALID_PORT`; `TypeError`.
 */
export function getservbyport(port: number, protocol?: string | null): string {
  checkPort(port);
  const proto = protocol === undefined || protocol === null ? null : known(protocol, 'protocol');
  const answer = Buffer.alloc(1024);
  const length = native.getservbyport(port, proto, answer);
  if (length === -ENOENT) throw missing('getservbyport', 'port/proto');
  return answer.toString('utf8', 0, check(length, 'getservbyport') - 1);
}

/**
 * The number of a protocol.
 *
 * Linux: getprotobyname_r(3), /etc/protocols. Python: `socket.getprotobyname`.
 *
 * @throws {@link OSError} `ENOENT` for a protocol that is not known; `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function getprotobyname(protocol: string): number {
  const name = known(protocol, 'protocol');
  const number = name === null ? -ENOENT : native.getprotobyname(name);
  if (number === -ENOENT) throw missing('getprotobyname', 'protocol');
  return check(number, 'getprotobyname');
}
