/// <reference types="node" preserve="true" />
/**
 * Linux descriptors for which Node has no objects: pipes, eventfd, timerfd, signals, pidfd and inotify.
 * Each object has `fileno()`, so that a selector can watch it, and is open until `close()`.
 *
 * @module fd-selectors/fds
 */

export type { Bytes } from '../arguments.js';
export { close, dup, dup2, getblocking, read, setblocking, tryRead, tryWrite, write } from './descriptor.js';
export { EventFd, type EventFdOptions } from './eventfd.js';
export { fcntl, ioctl } from './fcntl.js';
export * from './fcntlconstants.js';
export { Inotify, type InotifyEvent, type InotifyOptions } from './inotify.js';
export * from './inotifyconstants.js';
export { type ExitStatus, PidFd, type PidFdWaitOptions } from './pidfd.js';
export { type PipeOptions, type PipeReader, type PipeWriter, pipe, pipe2 } from './pipe.js';
export { openpty } from './pty.js';
export type { Signal } from './signalnames.js';
export { type Signals, signals } from './signals.js';
export {
  CLOCK_BOOTTIME,
  CLOCK_BOOTTIME_ALARM,
  CLOCK_MONOTONIC,
  CLOCK_REALTIME,
  CLOCK_REALTIME_ALARM,
  TimerFd,
  type TimerFdOptions,
} from './timerfd.js';
export { readv, tryReadv, tryWritev, writev } from './vector.js';
export { Waker, type WakerHandle } from './waker.js';
