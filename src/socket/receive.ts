/** Where received bytes go before they are the caller's. */
import { checkInteger, type OwnBuffer } from './check.js';
import { MSG_TRUNC } from './constants/index.js';

/**
 * Receiving here and copying what came beats a new buffer for each call: the caller asks for more than
 * there is, as a rule, and native memory is slow to get.
 */
const shared: OwnBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** A buffer of at least `bufsize` bytes, to be handed to {@link received}. */
export function receiveBuffer(bufsize: number, flags: number): OwnBuffer {
  if (flags !== 0) checkInteger('flags', flags);
  // With MSG_TRUNC the kernel may report bytes that it did not write: they must not be an older call's.
  if (bufsize <= shared.length && (flags & MSG_TRUNC) === 0) return shared;
  checkInteger('bufsize', bufsize, 0);
  return Buffer.alloc(bufsize);
}

/** The first `length` bytes of a buffer from {@link receiveBuffer}, now the caller's own. */
export function received(buffer: OwnBuffer, length: number): OwnBuffer {
  if (buffer !== shared) return buffer.subarray(0, length);
  const own = Buffer.allocUnsafe(length);
  shared.copy(own, 0, 0, length);
  return own;
}
