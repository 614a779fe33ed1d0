/// <reference types="node" preserve="true" />
/**
 * Python's `selectors` for Node.js: watch any number of file descriptors and learn which are ready.
 *
 * @module fd-selectors
 */
export {
  BlockingIOError,
  BrokenPipeError,
  ChildProcessError,
  ConnectionAbortedError,
  ConnectionError,
  ConnectionRefusedError,
  ConnectionResetError,
  FileExistsError,
  FileNotFoundError,
  InterruptedError,
  IsADirectoryError,
  KeyError,
  NotADirectoryError,
  OSError,
  PermissionError,
  ProcessLookupError,
  TimeoutError,
  ValueError,
} from './errors.js';
export type { FileObject } from './fileno.js';
export * from './selectors/index.js';
export type { Milliseconds, Seconds, Timeout } from './time.js';
