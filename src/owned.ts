/**
 * Who closes a descriptor when its thread ends before its owner was closed.
 *
 * The end of the process closes all that the main thread has. A worker that ends, perhaps terminated in
 * the middle of a wait, leaves the process running: what its objects own is closed for them then, as
 * Node does for the files that a worker has open.
 */
import { isMainThread } from 'node:worker_threads';
import { native } from './native.js';

/** Notes that an object of this thread owns `fd`, and returns it. */
export const own: (fd: number) => number = isMainThread
  ? (fd) => fd
  : (fd) => {
      native.own(fd);
      return fd;
    };

/** Notes that nobody in this thread owns `fd` any more, as it is about to be closed or given away, and returns it. */
export const disown: (fd: number) => number = isMainThread
  ? (fd) => fd
  : (fd) => {
      native.disown(fd);
      return fd;
    };
