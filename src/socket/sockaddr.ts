/** `struct sockaddr`: socket addresses in the memory that the kernel reads and writes. */
import { isUtf8 } from 'node:buffer';
import { native } from '../native.js';
import { AF_INET, AF_INET6, AF_NETLINK, AF_UNIX } from './constants/index.js';

/** Words of an address as it crosses to native code: 128 bytes, and their length in use. */
export const ADDRESS_WORDS = 33;

/** An address of IPv4. */
export type InetAddress = [host: string, port: number];
/** An address of IPv6. */
export type Inet6Address = [host: string, port: number, flowinfo: number, scopeId: number];
/** An address of AF_NETLINK: whose socket it is, 0 the kernel's, and the groups that it listens to, a bit each. */
export type NetlinkAddress = [pid: number, groups: number];

/**
 * An address as it is given: host and port (IPv6 has flow and scope too), or the path of an AF_UNIX
 * socket, where a first `'\0'` marks an abstract name; or the process and the groups of AF_NETLINK; or,
 * of any family, the bytes of a `struct sockaddr`.
 *
 * A host is a numeric address, or a name that the resolver is asked for. `''` is any address, and
 * `'<broadcast>'` is 255.255.255.255.
 */
export type AddressLike =
  | readonly [host: string, port: number, flowinfo?: number, scopeId?: number]
  | readonly [pid: number, groups: number]
  | string
  | Uint8Array;

/**
 * An address as it is returned: `[host, port]` of AF_INET, `[host, port, flowinfo, scopeId]` of
 * AF_INET6, the path or the abstract name of AF_UNIX, `[pid, groups]` of AF_NETLINK, and the bytes of
 * the `struct sockaddr` of any other family, and of a name of AF_UNIX that is not UTF-8. `''` is a socket without a name, or a peer that the kernel
 * does not name.
 */
export type Address = InetAddress | Inet6Address | NetlinkAddress | string | Uint8Array;

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

  /** The address that stands here. */
  decode(): Address {
    const { bytes, length } = this;
    if (length < 2) return '';
    const family = bytes.readUInt16LE(0);
    if (family === AF_INET) return [`${bytes[4]}.${bytes[5]}.${bytes[6]}.${bytes[7]}`, bytes.readUInt16BE(2)];
    if (family === AF_INET6) return this.#decodeInet6();
    if (family === AF_UNIX) return this.#decodeUnix();
    if (family === AF_NETLINK) return [bytes.readUInt32LE(4), bytes.readUInt32LE(8)];
    return Buffer.from(bytes.subarray(0, length));
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

  #decodeUnix(): string | Uint8Array {
    const path = this.bytes.subarray(2, this.length);
    // A path may end in NUL or fill its place; an abstract name starts with NUL and has its length.
    const end = path[0] === 0 ? path.length : path.indexOf(0);
    const name = path.subarray(0, end < 0 ? path.length : end);
    return isUtf8(name) ? name.toString() : Buffer.from(this.bytes.subarray(0, this.length));
  }
}
