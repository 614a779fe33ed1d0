/** The 64-bit counter that is read from an eventfd or a timerfd, and written to an eventfd. */
import { check, tryCheck } from '../errors.js';
import { native, type Result } from '../native.js';

const counter = new BigUint64Array(1);
const bytes = new Uint8Array(counter.buffer);

/** Reads a counter. */
export function readCounter(fd: number): bigint {
  check(native.read(fd, bytes, 8), 'read');
  return counter[0] as bigint;
}

/** As {@link readCounter}, but returns `null` instead of throwing `EAGAIN`. */
export function tryReadCounter(fd: number): bigint | null {
  return tryCheck(native.read(fd, bytes, 8), 'read') === null ? null : (counter[0] as bigint);
}

/** Adds to the counter of an eventfd. */
export function writeCounter(fd: number, value: bigint): Result {
  counter[0] = value;
  return native.write(fd, bytes, 8);
}
