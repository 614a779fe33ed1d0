/**
 * Python's exceptions with Node's fields, and the errno policy. Every error that this package throws has a `code`.
 */
import { native, type Result } from './native.js';

/** The name and the text of one errno. */
interface Errno {
  readonly name: string;
  readonly text: string;
}

const errnos = new Map<number, Errno>();
const numbers = new Map<string, number>();
for (let i = 0; i < native.errnos.length; i += 3) {
  const [name, number, text] = native.errnos.slice(i, i + 3) as [string, number, string];
  // Node uses the C library's text with a lower-case first letter, except in acronyms such as "RFS".
  const lower = /^[A-Z][a-z]/.test(text) ? text[0]?.toLowerCase() + text.slice(1) : text;
  if (!errnos.has(number)) errnos.set(number, { name, text: lower });
  numbers.set(name, number);
}

/** Returns the positive number of an errno: `errnoOf('EAGAIN')` is 11. */
export function errnoOf(name: string): number {
  const number = numbers.get(name);
  if (number === undefined) throw new Error(`Unknown errno: ${name}`);
  return number;
}

export const EAGAIN = errnoOf('EAGAIN');
export const EBADF = errnoOf('EBADF');
export const EEXIST = errnoOf('EEXIST');
export const EINPROGRESS = errnoOf('EINPROGRESS');
export const EINTR = errnoOf('EINTR');
export const EINVAL = errnoOf('EINVAL');
export const ELOOP = errnoOf('ELOOP');
export const ENOENT = errnoOf('ENOENT');
export const ENOSYS = errnoOf('ENOSYS');
export const EPERM = errnoOf('EPERM');
export const ETIMEDOUT = errnoOf('ETIMEDOUT');

/**
 * A system call failed. Fields and wording are Node's: `EBADF: bad file descriptor, epoll_ctl`.
 *
 * Python: `OSError`. The subclasses have Python's names, and errno selects them as in Python.
 */
export class OSError extends Error {
  /** The name of the errno: `'EBADF'`. */
  readonly code: string;
  /** The errno, negative as in Node. */
  readonly errno: number;
  /** The system call that failed. */
  readonly syscall: string;

  /**
   * @param errno - the errno, positive or negative.
   * @param message - by default the name and the text of the errno, and the system call.
   */
  constructor(errno: number, syscall: string, message?: string) {
    const number = Math.abs(errno);
    const { name, text } = errnos.get(number) ?? { name: `E${number}`, text: 'unknown error' };
    super(message ?? `${name}: ${text}, ${syscall}`);
    this.name = new.target.name;
    this.errno = -number;
    this.code = name;
    this.syscall = syscall;
  }

  /**
   * Returns an error of the subclass for an errno, such as one that `connectEx()` returns.
   *
   * Python: the constructor `OSError(errno, ...)` does this.
   *
   * @param errno - the errno, positive or negative.
   */
  static fromErrno(errno: number, syscall: string): OSError {
    return osError(errno, syscall);
  }
}

/** The call would block: EAGAIN, EALREADY, EINPROGRESS. */
export class BlockingIOError extends OSError {}
/** A signal interrupted the call: EINTR. */
export class InterruptedError extends OSError {}
/** A connection failed: the base class of the four errors that say how. */
export class ConnectionError extends OSError {}
/** The peer refused the connection: ECONNREFUSED. */
export class ConnectionRefusedError extends ConnectionError {}
/** The peer reset the connection: ECONNRESET. */
export class ConnectionResetError extends ConnectionError {}
/** The connection was aborted: ECONNABORTED. */
export class ConnectionAbortedError extends ConnectionError {}
/** The reading end is closed: EPIPE, ESHUTDOWN. */
export class BrokenPipeError extends ConnectionError {}
/** The operation is not permitted: EACCES, EPERM. */
export class PermissionError extends OSError {}
/** The file or the registration does not exist: ENOENT. */
export class FileNotFoundError extends OSError {}
/** The file or the registration already exists: EEXIST. */
export class FileExistsError extends OSError {}
/** The file is a directory: EISDIR. */
export class IsADirectoryError extends OSError {}
/** A part of the path is not a directory: ENOTDIR. */
export class NotADirectoryError extends OSError {}
/** The operation timed out: ETIMEDOUT. */
export class TimeoutError extends OSError {}
/** The child process does not exist: ECHILD. */
export class ChildProcessError extends OSError {}
/** The process does not exist: ESRCH. */
export class ProcessLookupError extends OSError {}

const subclasses: [typeof OSError, ...string[]][] = [
  [BlockingIOError, 'EAGAIN', 'EALREADY', 'EINPROGRESS'],
  [InterruptedError, 'EINTR'],
  [ConnectionRefusedError, 'ECONNREFUSED'],
  [ConnectionResetError, 'ECONNRESET'],
  [ConnectionAbortedError, 'ECONNABORTED'],
  [BrokenPipeError, 'EPIPE', 'ESHUTDOWN'],
  [PermissionError, 'EACCES', 'EPERM'],
  [FileNotFoundError, 'ENOENT'],
  [FileExistsError, 'EEXIST'],
  [IsADirectoryError, 'EISDIR'],
  [NotADirectoryError, 'ENOTDIR'],
  [TimeoutError, 'ETIMEDOUT'],
  [ChildProcessError, 'ECHILD'],
  [ProcessLookupError, 'ESRCH'],
];
const classOf = new Map<number, typeof OSError>();
for (const [subclass, ...names] of subclasses) {
  for (const name of names) classOf.set(errnoOf(name), subclass);
}

/** Returns the error for an errno of either sign, of the class that Python would raise. */
export function osError(errno: number, syscall: string): OSError {
  return new (classOf.get(Math.abs(errno)) ?? OSError)(errno, syscall);
}

/**
 * The errno policy: throws for a negative result and returns any other.
 *
 * @throws {@link OSError} of the subclass for the errno.
 */
export function check(result: Result, syscall: string): number {
  if (result < 0) throw osError(result, syscall);
  return result;
}

/** As {@link check}, but returns `null` for `EAGAIN`: the policy of the `try` twins. */
export function tryCheck(result: Result, syscall: string): number | null {
  return result === -EAGAIN ? null : check(result, syscall);
}

/**
 * As {@link check}, for a call that waits for readiness: a signal ends the wait with nothing ready, so
 * `EINTR` counts as 0. JavaScript's signal handlers run once the caller returns.
 */
export function checkWait(result: Result, syscall: string): number {
  if (result >= 0) return result;
  return result === -EINTR ? 0 : check(result, syscall);
}

/** As {@link check}, for close(2): Linux frees the descriptor even if it returns `EINTR`. */
export function checkClose(result: Result): void {
  if (result !== -EINTR) check(result, 'close');
}

/** An argument has the right type but an invalid value, or an object is closed; `code` tells which. */
export class ValueError extends RangeError {
  /** The reason: `'ERR_INVALID_FD'`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ValueError';
    this.code = code;
  }
}

/** A registration does not exist (`ERR_NOT_REGISTERED`) or already exists (`ERR_ALREADY_REGISTERED`). */
export class KeyError extends Error {
  /** `'ERR_NOT_REGISTERED'` or `'ERR_ALREADY_REGISTERED'`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'KeyError';
    this.code = code;
  }
}
