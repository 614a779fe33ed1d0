/// <reference types="node" preserve="true" />
/**
 * Python's `socket` module: blocking sockets, non-blocking ones, and sockets with a timeout.
 *
 * @module fd-selectors/socket
 */

export type { Bytes } from '../arguments.js';
export { OSError as error, TimeoutError as timeout } from '../errors.js';
export type { OwnBuffer } from './buffer.js';
export { htonl, htons, ntohl, ntohs } from './byteorder.js';
export * from './constants/index.js';
export { CMSG_LEN, CMSG_SPACE, type ControlMessage, type ControlMessageLike } from './control.js';
export {
  type ConnectionOptions,
  close,
  createConnection,
  createServer,
  fromfd,
  hasDualstackIpv6,
  hasIpv6,
  type ServerOptions,
  socket,
  socketpair,
} from './create.js';
export type {
  Address,
  AddressLike,
  CanAddress,
  Family,
  Inet6Address,
  InetAddress,
  NetlinkAddress,
  PacketAddress,
  UnixAddress,
  VsockAddress,
} from './family.js';
export { recvFds, sendFds } from './fds.js';
export { GaiError, GaiError as gaierror, HError, HError as herror } from './gaierror.js';
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
export { ifIndextoname, ifNameindex, ifNametoindex } from './interfaces.js';
export type { CodecErrors, Encoding } from './io/codec.js';
export type { BufferedRWPair } from './io/pair.js';
export { SocketIO } from './io/raw.js';
export type { BufferedReader } from './io/reader.js';
export type { Newline, TextIOWrapper, TextReader, TextWriter } from './io/text.js';
export type { BufferedWriter } from './io/writer.js';
export type {
  BinaryOptions,
  BothBytes,
  BothText,
  ReadBytes,
  ReadText,
  TextOptions,
  Unbuffered,
  WriteBytes,
  WriteText,
} from './makefile.js';
export type { ReceivedMessage, ReceivedMessageInto } from './message.js';
export {
  getfqdn,
  gethostbyaddr,
  gethostbyname,
  gethostbynameEx,
  getprotobyname,
  getservbyname,
  getservbyport,
  type HostEntry,
} from './netdb.js';
export type { ReadableFile } from './sendfile.js';
export { type Opened, Socket, type SocketClass } from './socket.js';
export { getdefaulttimeout, setdefaulttimeout } from './timeout.js';
