/** What the kernel did not take: copies that wait until the socket is writable. */
import type { Bytes } from '../arguments.js';
import { native, type Result } from '../native.js';
import { SockAddr } from '../socket/sockaddr.js';
import { copyBytes } from './copy.js';
import { ADDRESS_BYTES, DATAGRAM, DATAGRAM_TO, SEND_FLAGS, STREAM } from './layout.js';

const recipient = new SockAddr();

/** Bytes: of a datagram with a recipient, behind the address. */
export interface Kept {
  bytes: Buffer;
  readonly kind: number;
}

/** Copies bytes of a stream. */
export function keepBytes(data: Bytes, start: number, length: number): Kept {
  const view = Buffer.from(data.buffer, data.byteOffset + start, length);
  return { bytes: Buffer.from(view), kind: STREAM };
}

/** Copies a datagram, with the words of an address or without. */
export function keepDatagram(data: Bytes, start: number, length: number, address: Int32Array | null): Kept {
  const before = address === null ? 0 : ADDRESS_BYTES;
  const bytes = Buffer.allocUnsafe(before + length);
  if (address !== null) copyBytes(address, 0, before, bytes, 0);
  copyBytes(data, start, length, bytes, before);
  return { bytes, kind: address === null ? DATAGRAM : DATAGRAM_TO };
}

/** Sends what was kept. */
export function sendKept(fd: number, { bytes, kind }: Kept): Result {
  if (kind !== DATAGRAM_TO) return native.send(fd, bytes, SEND_FLAGS);
  recipient.bytes.set(bytes.subarray(0, ADDRESS_BYTES - 4));
  recipient.length = bytes.readInt32LE(ADDRESS_BYTES - 4);
  return native.sendto(fd, bytes.subarray(ADDRESS_BYTES), SEND_FLAGS, recipient.words);
}
