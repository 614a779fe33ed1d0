/**
 * Python's `selectors` for Node.js: wait until some of many descriptors are ready.
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
