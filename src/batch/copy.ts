/** Where bytes are, and copies of them. */
import { toBytes } from '../arguments.js';
import type { Bytes } from '../native.js';

/** Up to so many bytes of a larger view, a loop is faster than the smaller view that `set` needs: by 4 % of a coroutine echo, when that copied so. */
const FEW = 64;

/** Copies `length` bytes of `from` to an offset of a Buffer. */
export function copyBytes(from: Bytes, start: number, length: number, to: Uint8Array, offset: number): void {
  const plain = from instanceof Uint8Array;
  if (plain && length === from.length) to.set(from, offset);
  else if (plain && length <= FEW) {
    for (let i = 0; i < length; i++) to[offset + i] = from[start + i] as number;
  } else to.set(new Uint8Array(from.buffer, from.byteOffset + start, length), offset);
}

/** The part of a view, or the view itself if that is all of it. */
export function viewOf(data: Bytes, start: number, length: number): Bytes {
  return length === data.byteLength ? data : new Uint8Array(data.buffer, data.byteOffset + start, length);
}

/** The memory that bytes arrive in, and may be sent from. */
interface Arena {
  readonly arena: Buffer<ArrayBuffer>;
  readonly arenaBytes: number;
  readonly arenaBuffer: ArrayBuffer;
}

/** How many bytes there are to send; the getters of a Buffer cost as much as all the rest of a send. */
export function lengthOf(data: Bytes, { arena, arenaBytes }: Arena): number {
  if (data === arena) return arenaBytes;
  return ArrayBuffer.isView(data) ? data.byteLength : toBytes('data', data).length;
}

/** Where bytes stand in the arena; -1 for those from elsewhere. */
export function offsetOf(data: Bytes, start: number, { arena, arenaBuffer }: Arena): number {
  if (data === arena) return start;
  return data.buffer === arenaBuffer ? data.byteOffset + start : -1;
}
