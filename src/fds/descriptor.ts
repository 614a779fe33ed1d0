/** What can be done with any descriptor: read, write, close, dup, and whether its calls block. */
import { isUint8Array } from 'node:util/types';
import { F_SETFD, FD_CLOEXEC } from '../constants.js';
import { check, checkClose, EAGAIN, osError, show, typeError, ValueError } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { native, type Result } from '../native.js';
import { untrack } from '../track.js';

function readOnce(fd: number, buffer: Uint8Array, length: number | undefined): Result {
  return length === undefined ? native.read(fd, buffer) : native.read(fd, buffer, length);
}

function writeOnce(fd: number, buffer: Uint8Array, length: number | undefined): Result {
  return length === undefined ? native.write(fd, buffer) : native.write(fd, buffer, length);
}

/** The boundary refuses a wrong buffer or length with EINVAL: which it was is looked for only then. */
function failed(result: Result, buffer: Uint8Array, length: number | undefined, syscall: string): never {
  if (!isUint8Array(buffer)) throw typeError(`a buffer is a Uint8Array, not ${show(buffer)}`);
  if (length !== undefined && !(Number.isInteger(length) && length >= 0 && length <= buffer.length)) {
    throw new ValueError('ERR_INVALID_LENGTH', `${show(length)} is no length in ${buffer.length} bytes`);
  }
  throw osError(result, syscall);
}

/**
 * Reads into the start of a buffer, and returns the number of bytes, which is 0 at the end of the file.
 *
 * Not guaranteed: that the buffer is filled. What is there is taken.
 *
 * Linux: read(2), once. On a blocking descriptor it waits for ever, signal or not: ask a selector first.
 *
 * Python: `os.readinto` of 3.14; `os.read` returns new bytes.
 *
 * @param length - bytes to read at most; left out, as many as the buffer holds.
 * @throws {@link BlockingIOError} `EAGAIN` with nothing to read on a non-blocking descriptor.
 * @throws {@link OSError} `EBADF` for one that is closed or not open for reading, `EISDIR`, `EINVAL`, ...
 * @throws {@link ValueError} `ERR_INVALID_FD`; `ERR_INVALID_LENGTH` for more than the buffer holds.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for what is no descriptor, or no `Uint8Array`.
 * @example
 * ```ts
 * import { pipe, read, write } from 'fd-selectors/fds';
 * const [reader, writer] = pipe();
 * write(writer, Buffer.from('ping'));
 * const buffer = Buffer.alloc(16);
 * assert.equal(read(reader, buffer), 4);
 * assert.equal(buffer.toString('utf8', 0, 4), 'ping');
 * reader.close();
 * writer.close();
 * ```
 */
export function read(fd: FileObject, buffer: Uint8Array, length?: number): number {
  const result = readOnce(filenoOf(fd), buffer, length);
  return result >= 0 ? result : failed(result, buffer, length, 'read');
}

/** {@link read}, but `null` instead of `EAGAIN`: an exception costs more than the call. */
export function tryRead(fd: FileObject, buffer: Uint8Array, length?: number): number | null {
  const result = readOnce(filenoOf(fd), buffer, length);
  if (result === -EAGAIN) return null;
  return result >= 0 ? result : failed(result, buffer, length, 'read');
}

/**
 * Writes from the start of a buffer, and returns the number of bytes taken, perhaps not all.
 *
 * Linux: write(2), once. Nobody reading is an error, not the end of the process: Node ignores SIGPIPE.
 *
 * Python: `os.write`.
 *
 * @param length - bytes to write at most; left out, all of the buffer.
 * @throws {@link BlockingIOError} `EAGAIN` with no room on a non-blocking descriptor.
 * @throws {@link BrokenPipeError} `EPIPE` where nobody reads any more.
 * @throws {@link OSError} `EBADF` for one that is closed or not open for writing, `ENOSPC`, ...
 * @throws {@link ValueError}, `TypeError` as {@link read} does.
 * @example
 * ```ts
 * import { pipe, write } from 'fd-selectors/fds';
 * const [reader, writer] = pipe();
 * assert.equal(write(writer, Buffer.from('ping')), 4);
 * reader.close();
 * assert.throws(() => write(writer, Buffer.from('ping')), { code: 'EPIPE' });
 * writer.close();
 * ```
 */
export function write(fd: FileObject, buffer: Uint8Array, length?: number): number {
  const result = writeOnce(filenoOf(fd), buffer, length);
  return result >= 0 ? result : failed(result, buffer, length, 'write');
}

/** {@link write}, but `null` instead of `EAGAIN`. */
export function tryWrite(fd: FileObject, buffer: Uint8Array, length?: number): number | null {
  const result = writeOnce(filenoOf(fd), buffer, length);
  if (result === -EAGAIN) return null;
  return result >= 0 ? result : failed(result, buffer, length, 'write');
}

/**
 * Closes a descriptor. For an object of this package, call its own `close()`: it would not know.
 *
 * Linux: close(2). Python: `os.close`.
 *
 * @throws {@link OSError} `EBADF` for one that is not open.
 * @throws {@link ValueError} `ERR_INVALID_FD`.
 * @example
 * ```ts
 * import { close, dup, pipe, write } from 'fd-selectors/fds';
 * const [reader, writer] = pipe();
 * const copy = dup(writer);
 * close(copy);
 * assert.throws(() => write(copy, Buffer.from('ping')), { code: 'EBADF' });
 * reader.close();
 * writer.close();
 * ```
 */
export function close(fd: FileObject): void {
  checkClose(native.close(filenoOf(fd)));
}

/**
 * Returns a second descriptor for the same open file, the lowest that is free. It is close-on-exec.
 *
 * Not guaranteed: independence. Both share the file position and whether calls block, and an epoll
 * set keeps reporting the file until both are closed.
 *
 * Linux: fcntl(2) with F_DUPFD_CLOEXEC. Python: `os.dup`.
 *
 * @throws {@link OSError} `EBADF` for a closed one, `EMFILE` when no descriptor is left.
 * @throws {@link ValueError} `ERR_INVALID_FD`.
 * @example
 * ```ts
 * import { close, dup, pipe, write } from 'fd-selectors/fds';
 * const [reader, writer] = pipe();
 * const copy = dup(writer);
 * writer.close();
 * assert.equal(write(copy, Buffer.from('ping')), 4);
 * assert.equal(reader.read(16).toString(), 'ping');
 * close(copy);
 * reader.close();
 * ```
 */
export function dup(fd: FileObject): number {
  // Nobody owns a bare number, so that it can outlive a worker.
  return untrack(check(native.dup(filenoOf(fd)), 'fcntl'));
}

/**
 * Makes `fd2` a second descriptor for the open file of `fd`, and returns it. What `fd2` was is closed first.
 *
 * Not guaranteed: that who owned `fd2` notices. An object of this package, or of Node, goes on with the other file.
 *
 * Linux: dup3(2). Python: `os.dup2`.
 *
 * @param inheritable - whether a program that this process starts inherits `fd2`; `true` if left out, as in Python.
 * @throws {@link OSError} `EBADF` for a closed `fd`, or for a number that is too high.
 * @throws {@link ValueError} `ERR_INVALID_FD`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 * @example
 * ```ts
 * import { close, dup, dup2, pipe, write } from 'fd-selectors/fds';
 * const [reader, writer] = pipe();
 * const other = dup(reader);
 * assert.equal(dup2(writer, other), other);
 * write(other, Buffer.from('ping'));
 * assert.equal(reader.read(16).toString(), 'ping');
 * close(other);
 * reader.close();
 * writer.close();
 * ```
 */
export function dup2(fd: FileObject, fd2: FileObject, inheritable = true): number {
  if (typeof inheritable !== 'boolean') {
    throw typeError(`The "inheritable" argument must be of type boolean. Received ${show(inheritable)}`);
  }
  const copy = check(native.dup2(filenoOf(fd), filenoOf(fd2)), 'dup2');
  check(native.fcntl(copy, F_SETFD, inheritable ? 0 : FD_CLOEXEC), 'fcntl');
  return copy;
}

/**
 * Chooses whether calls on a descriptor block. It holds for every duplicate, in other processes too.
 *
 * Linux: O_NONBLOCK, by fcntl(2). Regular files never block in this sense.
 *
 * Python: `os.set_blocking`.
 *
 * @throws {@link OSError} `EBADF` for a closed one.
 * @throws {@link ValueError} `ERR_INVALID_FD`.
 * @example
 * ```ts
 * import { getblocking, pipe, setblocking } from 'fd-selectors/fds';
 * const [reader, writer] = pipe();
 * assert.equal(getblocking(reader), false);
 * setblocking(reader, true);
 * assert.equal(getblocking(reader), true);
 * reader.close();
 * writer.close();
 * ```
 */
export function setblocking(fd: FileObject, on: boolean): void {
  check(native.setNonblock(filenoOf(fd), on ? 0 : 1), 'fcntl');
}

/**
 * Whether calls on a descriptor block.
 *
 * Linux: O_NONBLOCK, by fcntl(2). Python: `os.get_blocking`.
 *
 * @throws {@link OSError} `EBADF` for a closed one.
 * @throws {@link ValueError} `ERR_INVALID_FD`.
 */
export function getblocking(fd: FileObject): boolean {
  return check(native.getNonblock(filenoOf(fd)), 'fcntl') === 0;
}
