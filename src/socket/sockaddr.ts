/** `struct sockaddr`: socket addresses in the memory that the kernel reads and writes. */
import { constant, native } from '../native.js';
import { type CanAddress, decodeLinux, type PacketAddress, type VsockAddress } from './linuxaddress.js';

const AF_UNIX = constant('AF_UNIX');
const AF_INET = constant('AF_INET');
const AF_INET6 = constant('AF_INET6');
const AF_NETLINK = constant('AF_NETLINK');

/** Words of an address as it crosses to native code: 128 bytes, and their length in use. */
export const ADDRESS_WORDS = 33;

/** An address of IPv4. */
export type InetAddress = [host: string, port: number];
/** An address of IPv6. */
export type Inet6Address = [host: string, port: number, flowinfo: number, scopeId: number];
/** An address of AF_NETLINK: whose socket it is, 0 the kernel's, and the groups that it listens to, a bit each. */
export type NetlinkAddress = [pid: number, groups: number];

/** An address of AF_UNIX: a path, or an abstract name, which starts with `'\0'`; `''` is none. */
export type UnixAddress = string;

/**
 * An address as it is given: host and port (IPv6 has flow and scope too), or the path of an AF_UNIX
 * socket, where a first `'\0'` marks an abstract name; or what the family has: see {@link NetlinkAddress},
 * {@link PacketAddress}, {@link VsockAddress}, {@link CanAddress}, and for AF_ALG
 * `[type, name, feat?, mask?]`; or, of any family, the bytes of a `struct sockaddr`.
 *
 * A host is a numeric address, or a name that the resolver is asked for. `''` is any address, and
 * `'<broadcast>'` is 255.255.255.255.
 */
export type AddressLike =
  | readonly [host: string, port: number, flowinfo?: number, scopeId?: number]
  | readonly [pid: number, groups: number]
  | readonly (string | number | bigint | Uint8Array)[]
  | string
  | Uint8Array;

/**
 * An address as it is returned: `[host, port]` of AF_INET, `[host, port, flowinfo, scopeId]` of
 * AF_INET6, the path or the abstract name of AF_UNIX, an array of AF_NETLINK, AF_PACKET, AF_VSOCK and AF_CAN, and the
 * bytes of the `struct sockaddr` of any other family. `''` is a socket without a name, or a peer that the
 * kernel does not name.
 */
export type Address =
  | InetAddress
  | Inet6Address
  | UnixAddress
  | NetlinkAddress
  | PacketAddress
  | VsockAddress
  | CanAddress
  | Uint8Array;

declare const address: unique symbol;

/**
 * The number of a family, `AF_INET` and so on. Its type knows the addresses of the family's sockets, so that
 * `socket(AF_INET).getsockname()` is an {@link InetAddress}; any other number will do, too.
 */
// biome-ignore lint/suspicious/noExplicitAny: of a number that is not a constant, nothing is known.
export type Family<A extends Address = any> = number & { readonly [address]?: A };

/** The bytes of a text: what native code writes numeric hosts to. */
const text = Buffer.alloc(64);

/** One address, written by the kernel and read here, or the other way round. */
export class SockAddr {
  readonly words = new Int32Array(ADDRESS_WORDS);
  readonly bytes = Buffer.from(this.words.buffer, 0, (ADDRESS_WORDS - 1) * 4);

  get length(): number {
    return this.words[ADDRESS_WORDS - 1] as number;
  }

  set length(length: number) {
    this.words[ADDRESS_WORDS - 1] = length;
  }

  /** Starts a new address: this family, all other bytes zero. */
  clear(family: number, length: number): Buffer {
    this.bytes.fill(0);
    this.bytes.writeUInt16LE(family, 0);
    this.length = length;
    return this.bytes;
  }

  /** The address that stands here. @param proto - of its socket: the addresses of AF_CAN depend on it. */
  decode(proto = 0): Address {
    const { bytes, length } = this;
    if (length < 2) return '';
    const family = bytes.readUInt16LE(0);
    if (family === AF_INET) return [`${bytes[4]}.${bytes[5]}.${bytes[6]}.${bytes[7]}`, bytes.readUInt16BE(2)];
    if (family === AF_INET6) return this.#decodeInet6();
    if (family === AF_UNIX) return this.#decodeUnix();
    if (family === AF_NETLINK) return [bytes.readUInt32LE(4), bytes.readUInt32LE(8)];
    return decodeLinux(family, bytes, proto) ?? Buffer.from(bytes.subarray(0, length));
  }

  #decodeInet6(): Inet6Address {
    const { bytes } = this;
    const length = native.inetNtop(AF_INET6, bytes.subarray(8, 24), text);
    return [
      text.toString('latin1', 0, length),
      bytes.readUInt16BE(2),
      bytes.readUInt32BE(4) & 0xfffff,
      bytes.readUInt32LE(24),
    ];
  }

  #decodeUnix(): string {
    const path = this.bytes.subarray(2, this.length);
    // A path may end in NUL or fill its place; an abstract name starts with NUL and has its length.
    const end = path[0] === 0 ? path.length : path.indexOf(0);
    return path.toString('utf8', 0, end < 0 ? path.length : end);
  }
}
