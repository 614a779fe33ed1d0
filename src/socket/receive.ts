/** The buffer that `recv()` receives into. */
import { checkInteger } from '../arguments.js';
import type { OwnBuffer } from './buffer.js';
import { MSG_TRUNC } from './constants/index.js';

/**
 * Receiving here and copying the bytes that arrived is faster than a new buffer for each call: callers
 * usually request more than there is, and allocating native memory is slow.
 */
const shared: OwnBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Returns a buffer of at least `bufsize` bytes; pass it to {@link received}. */
export function receiveBuffer(bufsize: number, flags: number): OwnBuffer {
  if (flags !== 0) checkInteger('flags', flags);
  // With MSG_TRUNC, the kernel may report bytes that it did not write; they must not be those of an earlier call.
  if (bufsize <= shared.length && (flags & MSG_TRUNC) === 0) return shared;
  checkInteger('bufsize', bufsize, 0);
  return Buffer.alloc(bufsize);
}

/** Returns the first `length` bytes of a buffer from {@link receiveBuffer}, in memory of their own. */
export function received(buffer: OwnBuffer, length: number): OwnBuffer {
  if (buffer !== shared) return buffer.subarray(0, length);
  const own = Buffer.allocUnsafe(length);
  shared.copy(own, 0, 0, length);
  return own;
}
