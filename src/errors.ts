/**
 * Python's exceptions with Node's fields. Every error that this package throws has a `code`.
 */
import { native, type Result } from './native.js';

/** What is known of one errno. */
interface Errno {
  readonly name: string;
  readonly text: string;
}

const errnos = new Map<number, Errno>();
const numbers = new Map<string, number>();
for (let i = 0; i < native.errnos.length; i += 3) {
  const [name, number, text] = native.errnos.slice(i, i + 3) as [string, number, string];
  // Node's wording is that of the C library, in lower case but for names such as "RFS".
  const lower = /^[A-Z][a-z]/.test(text) ? text[0]?.toLowerCase() + text.slice(1) : text;
  if (!errnos.has(number)) errnos.set(number, { name, text: lower });
  numbers.set(name, number);
}

/** The positive number of an errno by its name: `errnoOf('EAGAIN')` is 11. */
export function errnoOf(name: string): number {
  const number = numbers.get(name);
  if (number === undefined) throw new Error(`Unknown errno: ${name}`);
  return number;
}

export const EAGAIN = errnoOf('EAGAIN');
export const EBADF = errnoOf('EBADF');
export const EINPROGRESS = errnoOf('EINPROGRESS');
export const EINTR = errnoOf('EINTR');
export const ENOENT = errnoOf('ENOENT');
export const ENOSYS = errnoOf('ENOSYS');
export const ETIMEDOUT = errnoOf('ETIMEDOUT');

/**
 * A system call failed. Fields and wording are Node's: `EBADF: bad file descriptor, epoll_ctl`.
 *
 * Python: the subclasses bear Python's names and are chosen by errno, as `OSError` chooses there.
 */
export class OSError extends Error {
  /** The name of the errno: `'EBADF'`. */
  readonly code: string;
  /** The errno, negative as in Node. */
  readonly errno: number;
  /** The system call that failed. */
  readonly syscall: string;

  /** @param errno - the errno, of either sign. */
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
   * The error for an errno of either sign, such as `connectEx()` returns, of the subclass that fits.
   *
   * Python: `OSError(errno, ...)` itself chooses the subclass.
   */
  static fromErrno(errno: number, syscall: string): OSError {
    return osError(errno, syscall);
  }
}

/** The call would block: EAGAIN, EALREADY, EINPROGRESS. */
export class BlockingIOError extends OSError {}
/** A signal interrupted the call: EINTR. */
export class InterruptedError extends OSError {}
/** A connection failed: the base of the four classes that say how. */
export class ConnectionError extends OSError {}
/** The peer refused the connection: ECONNREFUSED. */
export class ConnectionRefusedError extends ConnectionError {}
/** The peer reset the connection: ECONNRESET. */
export class ConnectionResetError extends ConnectionError {}
/** The connection was aborted: ECONNABORTED. */
export class ConnectionAbortedError extends ConnectionError {}
/** Nobody reads the other end any more: EPIPE, ESHUTDOWN. */
export class BrokenPipeError extends ConnectionError {}
/** Not permitted: EACCES, EPERM. */
export class PermissionError extends OSError {}
/** No such file, or no such registration: ENOENT. */
export class FileNotFoundError extends OSError {}
/** The file or the registration exists already: EEXIST. */
export class FileExistsError extends OSError {}
/** A directory stands where a file should: EISDIR. */
export class IsADirectoryError extends OSError {}
/** A file stands where a directory should: ENOTDIR. */
export class NotADirectoryError extends OSError {}
/** The time is over: ETIMEDOUT. */
export class TimeoutError extends OSError {}
/** There is no such child: ECHILD. */
export class ChildProcessError extends OSError {}
/** There is no such process: ESRCH. */
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

/** The error for an errno of either sign, of the class that Python would raise. */
export function osError(errno: number, syscall: string): OSError {
  return new (classOf.get(Math.abs(errno)) ?? OSError)(errno, syscall);
}

/**
 * The one errno policy: a negative result throws, any other is returned.
 *
 * @throws {@link OSError} of the class that fits the errno.
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
 * `EINTR` counts as 0. The caller returns, and JavaScript's signal handlers can run.
 */
export function checkWait(result: Result, syscall: string): number {
  if (result >= 0) return result;
  if (result >= 0) return result;
  return result === -EINTR ? 0 : check(result, syscall);
}

/** As {@link check}, for close(2): Linux frees the descriptor even where it returns `EINTR`. */
export function checkClose(result: Result): void {
  if (result !== -EINTR) check(result, 'close');
}

/** An argument has the right type and a value that is not allowed; `code` says which. */
export class ValueError extends RangeError {
  /** What is wrong: `'ERR_INVALID_FD'`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ValueError';
    this.code = code;
  }
}

/** A registration that does not exist (`ERR_NOT_REGISTERED`) or exists already (`ERR_ALREADY_REGISTERED`). */
export class KeyError extends Error {
  /** `'ERR_NOT_REGISTERED'` or `'ERR_ALREADY_REGISTERED'`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'KeyError';
    this.code = code;
  }
}
