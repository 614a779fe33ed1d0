/**
 * Who closes a descriptor when its thread ends before its owner was closed.
 *
 * The end of the process closes all that the main thread has. A worker that ends, perhaps terminated in
 * the middle of a wait, leaves the process running: what it has opened is closed for it then, as Node does
 * for the files that a worker has open. The addon keeps the list, as a worker may be terminated between
 * any two steps of its JavaScript: a descriptor is on it from its birth until `native.close`.
 */
import { native } from './native.js';

/** Takes over a descriptor that came from elsewhere, and returns it. */
export function track(fd: number): number {
  native.own(fd);
  return fd;
}

/** Notes that `fd` is given away, and returns it. */
export function untrack(fd: number): number {
  native.disown(fd);
  return fd;
}
