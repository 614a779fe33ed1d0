/** Copies bytes between views. */
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
