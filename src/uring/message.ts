/** `struct msghdr` in the memory of a ring, with all that it points to. */
import type { Block } from './memory.js';

/** In bytes, where pointers have 64 bits; then follow the control messages and the bytes. */
const NAME = 0;
const NAME_LENGTH = 8;
const IOV = 16;
const IOV_COUNT = 24;
const CONTROL = 32;
const CONTROL_LENGTH = 40;
/** The only `struct iovec`. */
const BASE = 64;
const LENGTH = 72;
/** The address: 128 bytes at most. */
const ADDRESS = 80;
const REST = 208;

/** Returns how large a block for a message must be. */
export function messageSize(control: Uint8Array, length: number): number {
  return REST + control.length + length;
}

function point(block: Block, field: number, to: number): void {
  const low = (block.low >>> 0) + to;
  block.bytes.writeUInt32LE(low >>> 0, field);
  block.bytes.writeInt32LE(block.high + (low > 0xffff_ffff ? 1 : 0), field + 4);
}

/** Writes a message. The length of a control message is a multiple of 8, so the bytes after it need no padding. */
export function writeMessage(
  block: Block,
  buffers: readonly Uint8Array[],
  control: Uint8Array,
  address: Uint8Array | undefined,
): void {
  const { bytes } = block;
  bytes.fill(0, 0, ADDRESS);
  if (address !== undefined) {
    bytes.set(address, ADDRESS);
    point(block, NAME, ADDRESS);
    bytes.writeUInt32LE(address.length, NAME_LENGTH);
  }
  point(block, IOV, BASE);
  bytes.writeUInt32LE(1, IOV_COUNT);
  if (control.length > 0) {
    bytes.set(control, REST);
    point(block, CONTROL, REST);
    bytes.writeUInt32LE(control.length, CONTROL_LENGTH);
  }
  const start = REST + control.length;
  let end = start;
  for (const buffer of buffers) {
    bytes.set(buffer, end);
    end += buffer.length;
  }
  point(block, BASE, start);
  bytes.writeUInt32LE(end - start, LENGTH);
}

/** The first `count` bytes are sent, and with them the control messages. */
export function skipMessage({ bytes }: Block, count: number): void {
  bytes.writeBigUInt64LE(bytes.readBigUInt64LE(BASE) + BigInt(count), BASE);
  bytes.writeUInt32LE(bytes.readUInt32LE(LENGTH) - count, LENGTH);
  bytes.fill(0, CONTROL, CONTROL_LENGTH + 8);
}
