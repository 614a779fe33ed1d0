/**
 * Python's `socket` module: blocking sockets, non-blocking ones, and sockets with a timeout.
 *
 * @module fd-selectors/socket
 */

export type { Bytes } from '../arguments.js';
export { OSError as error } from '../errors.js';
export * from './constants/index.js';
export {
  type ConnectionOptions,
  createConnection,
  createServer,
  hasDualstackIpv6,
  hasIpv6,
  type ServerOptions,
  socket,
  socketpair,
} from './create.js';
export { GaiError } from './gaierror.js';
export {
  type AddrInfo,
  getaddrinfo,
  gethostname,
  getnameinfo,
  inetAton,
  inetNtoa,
  inetNtop,
  inetPton,
} from './getaddrinfo.js';
export type { Address, AddressLike, Inet6Address, InetAddress, NetlinkAddress } from './sockaddr.js';
export { Socket } from './socket.js';
export { getdefaulttimeout, setdefaulttimeout } from './timeout.js';
