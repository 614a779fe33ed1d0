/** poll(2) on a single descriptor. */
import { native, type Result, type Wait } from './native.js';

/** One `struct pollfd`: the descriptor, then `events` and `revents` of 16 bits each. */
const pollfd = new Int32Array(2);
const halves = new Int16Array(pollfd.buffer);

/**
 * Waits for one descriptor; returns `revents`, 0 after the timeout, or `-errno`.
 *
 * @param events - a combination of `POLL*`.
 * @param seconds - negative waits forever.
 */
export function pollOne(fd: number, events: number, seconds: Wait): Result {
  pollfd[0] = fd;
  halves[2] = events;
  const result = native.poll(pollfd.buffer, 1, seconds);
  return result > 0 ? (halves[3] as number) & 0xffff : result;
}
