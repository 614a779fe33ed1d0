/**
 * Tracks which descriptors to close when a thread ends before their owners are closed.
 *
 * When the main thread ends, so does the process, and the kernel closes everything. When a worker ends,
 * possibly terminated in the middle of a wait, the process lives on: the addon then closes what the
 * worker opened, as Node does for a worker's open files. The list is in the addon because a worker can be
 * terminated between any two steps of its JavaScript; a descriptor is on it from its creation until
 * `native.close`.
 */
import { native } from './native.js';

/** Adds a descriptor that was opened elsewhere, and returns it. */
export function track(fd: number): number {
  native.track(fd);
  return fd;
}

/** Removes a descriptor that is handed to someone else, and returns it. */
export function untrack(fd: number): number {
  native.untrack(fd);
  return fd;
}
