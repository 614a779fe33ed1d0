/** The eight bytes that an eventfd and a timerfd hand over: a counter of 64 bits. */
import { check, tryCheck } from '../errors.js';
import { native, type Result } from '../native.js';

const counter = new BigUint64Array(1);
const bytes = new Uint8Array(counter.buffer);

/** Reads a counter. */
export function readCounter(fd: number): bigint {
  check(native.read(fd, bytes, 8), 'read');
  return counter[0] as bigint;
}

/** {@link readCounter}, but `null` instead of `EAGAIN`. */
export function tryReadCounter(fd: number): bigint | null {
  return tryCheck(native.read(fd, bytes, 8), 'read') === null ? null : (counter[0] as bigint);
}

/** Adds to a counter of an eventfd. */
export function writeCounter(fd: number, value: bigint): Result {
  counter[0] = value;
  return native.write(fd, bytes, 8);
}
