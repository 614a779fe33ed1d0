/** Operations on any descriptor: read, write, close, dup, and whether its calls block. */
import { type Bytes, checkCount, toBytes, typeError } from '../arguments.js';
import { F_SETFD, FD_CLOEXEC } from '../constants.js';
import { check, checkClose, EAGAIN, osError } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { native, type Result } from '../native.js';
import { untrack } from '../track.js';

function readOnce(fd: number, buffer: Bytes, nbytes: number | undefined): Result {
  const view = buffer as Uint8Array;
  return nbytes === undefined ? native.read(fd, view) : native.read(fd, view, nbytes);
}

function writeOnce(fd: number, buffer: Bytes, nbytes: number | undefined): Result {
  const view = buffer as Uint8Array;
  return nbytes === undefined ? native.write(fd, view) : native.write(fd, view, nbytes);
}

/**
 * Handles a call that failed. The addon takes only a `Uint8Array`, and rejects bad arguments with
 * -EINVAL: returns the bytes of any other view to try again with, or finds out why and throws.
 */
function failed(result: Result, buffer: Bytes, nbytes: number | undefined, syscall: string): Uint8Array {
  const bytes = toBytes('buffer', buffer);
  checkCount(nbytes, bytes);
  if (bytes === buffer) throw osError(result, syscall);
  return bytes;
}

/**
 * Reads into the start of a buffer, and returns the number of bytes, which is 0 at the end of the file.
 *
 * Not guaranteed: that the buffer is filled. It returns what is there.
 *
 * Linux: one read(2). On a blocking descriptor it may wait forever, and a signal does not end it: ask a
 * selector first.
 *
 * Python: `os.readinto`, since 3.14; `os.read` returns new bytes.
 *
 * @param nbytes - the most bytes to read; by default as many as the buffer has room for.
 * @throws {@link BlockingIOError} `EAGAIN` if a non-blocking descriptor has nothing to read.
 * @throws {@link OSError} `EBADF` if it is closed or not open for reading, `EISDIR`, `EINVAL`, ...
 * @throws {@link ValueError} `ERR_INVALID_FD`; `ERR_OUT_OF_RANGE` for more than the buffer has room for.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for an object without a descriptor, or a buffer that is not a
 *   view of bytes.
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
export function read(fd: FileObject, buffer: Bytes, nbytes?: number): number {
  const number = filenoOf(fd, 'fd');
  const result = readOnce(number, buffer, nbytes);
  return result >= 0 ? result : read(number, failed(result, buffer, nbytes, 'read'), nbytes);
}

/** As {@link read}, but returns `null` instead of throwing `EAGAIN`; a throw costs more than the call. */
export function tryRead(fd: FileObject, buffer: Bytes, nbytes?: number): number | null {
  const number = filenoOf(fd, 'fd');
  const result = readOnce(number, buffer, nbytes);
  if (result === -EAGAIN) return null;
  return result >= 0 ? result : tryRead(number, failed(result, buffer, nbytes, 'read'), nbytes);
}

/**
 * Writes from the start of a buffer, and returns the number of bytes that were written.
 *
 * Not guaranteed: that all bytes are written.
 *
 * Linux: one write(2). Node ignores SIGPIPE, so a pipe without a reader is an error and does not end the
 * process.
 *
 * Python: `os.write`.
 *
 * @param nbytes - the number of bytes to write from the start; by default all.
 * @throws {@link BlockingIOError} `EAGAIN` if a non-blocking descriptor has no room.
 * @throws {@link BrokenPipeError} `EPIPE` if the reading end is closed.
 * @throws {@link OSError} `EBADF` if it is closed or not open for writing, `ENOSPC`, ...
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
export function write(fd: FileObject, buffer: Bytes, nbytes?: number): number {
  const number = filenoOf(fd, 'fd');
  const result = writeOnce(number, buffer, nbytes);
  return result >= 0 ? result : write(number, failed(result, buffer, nbytes, 'write'), nbytes);
}

/** As {@link write}, but returns `null` instead of throwing `EAGAIN`. */
export function tryWrite(fd: FileObject, buffer: Bytes, nbytes?: number): number | null {
  const number = filenoOf(fd, 'fd');
  const result = writeOnce(number, buffer, nbytes);
  if (result === -EAGAIN) return null;
  return result >= 0 ? result : tryWrite(number, failed(result, buffer, nbytes, 'write'), nbytes);
}

/**
 * Closes a descriptor. To close an object of this package, call its own `close()` instead.
 *
 * Linux: close(2). Python: `os.close`.
 *
 * @throws {@link OSError} `EBADF` if it is not open.
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
  checkClose(native.close(filenoOf(fd, 'fd')));
}

/**
 * Returns a second descriptor for the same open file: the lowest available one, close-on-exec.
 *
 * Not guaranteed: independence. The two share the file position and whether calls block, and an epoll set
 * keeps reporting the file until both are closed.
 *
 * Linux: fcntl(2) with F_DUPFD_CLOEXEC. Python: `os.dup`.
 *
 * @throws {@link OSError} `EBADF` if it is closed, `EMFILE` if no descriptor is available.
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
  // A bare number has no owner, so it may outlive a worker.
  return untrack(check(native.dup(filenoOf(fd, 'fd')), 'fcntl'));
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
    throw typeError('inheritable', 'of type boolean', inheritable);
  }
  const copy = check(native.dup2(filenoOf(fd, 'fd'), filenoOf(fd2, 'fd2')), 'dup2');
  check(native.fcntl(copy, F_SETFD, inheritable ? 0 : FD_CLOEXEC), 'fcntl');
  return copy;
}

/**
 * Sets whether calls on a descriptor block. This affects every duplicate, even in other processes.
 *
 * Linux: fcntl(2) with O_NONBLOCK, which has no effect on regular files.
 *
 * Python: `os.set_blocking`.
 *
 * @throws {@link OSError} `EBADF` if it is closed.
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
  check(native.setNonblock(filenoOf(fd, 'fd'), on ? 0 : 1), 'fcntl');
}

/**
 * Returns whether calls on a descriptor block.
 *
 * Linux: fcntl(2) with O_NONBLOCK. Python: `os.get_blocking`.
 *
 * @throws {@link OSError} `EBADF` if it is closed.
 * @throws {@link ValueError} `ERR_INVALID_FD`.
 */
export function getblocking(fd: FileObject): boolean {
  return check(native.getNonblock(filenoOf(fd, 'fd')), 'fcntl') === 0;
}
