/** poll(2) on a single descriptor. */
import { native, type Result, type Wait } from './native.js';

/**
 * Waits for one descriptor; returns `revents`, 0 after the timeout, or `-errno`.
 *
 * @param events - a combination of `POLL*`.
 * @param seconds - negative waits forever.
 */
export function pollOne(fd: number, events: number, seconds: Wait): Result {
  return native.pollOne(fd, events, seconds);
}
