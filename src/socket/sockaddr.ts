/** Socket addresses as a `struct sockaddr`, in the memory that the kernel reads and writes. */
import { native } from '../native.js';
import { AF_INET, AF_INET6, AF_NETLINK, AF_UNIX } from './constants/index.js';
import type { Address, Inet6Address } from './family.js';
import { decodeLinux } from './linuxaddress.js';

/** The size in words of an address as the addon takes it: 128 bytes, then the number in use. */
export const ADDRESS_WORDS = 33;

/** The buffer that the addon writes numeric hosts to. */
const text = Buffer.alloc(64);

/** One address, which the kernel writes and we read, or the other way around. */
export class SockAddr {
  readonly words: Int32Array = new Int32Array(ADDRESS_WORDS);
  readonly bytes: Buffer = Buffer.from(this.words.buffer, 0, (ADDRESS_WORDS - 1) * 4);

  get length(): number {
    return this.words[ADDRESS_WORDS - 1] as number;
  }

  set length(length: number) {
    this.words[ADDRESS_WORDS - 1] = length;
  }

  /** Starts a new address: writes the family, and zeros all other bytes. */
  clear(family: number, length: number): Buffer {
    this.bytes.fill(0);
    this.bytes.writeUInt16LE(family, 0);
    this.length = length;
    return this.bytes;
  }

  /**
   * Returns the address.
   *
   * @param proto - the protocol of the socket, on which AF_CAN addresses depend.
   */
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
    // A path ends with a NUL or fills sun_path; an abstract name begins with a NUL, and its length counts.
    const end = path[0] === 0 ? path.length : path.indexOf(0);
    return path.toString('utf8', 0, end < 0 ? path.length : end);
  }
}
