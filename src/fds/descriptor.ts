/** What can be done with any descriptor: read, write, close, dup, and whether its calls block. */
import { type Bytes, checkCount, toBytes } from '../arguments.js';
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
 * What to do about a call that failed. The addon takes a `Uint8Array` only, and rejects bad arguments
 * with -EINVAL: returns the bytes of another view to try again with, or finds out why and throws.
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
 * Not guaranteed: that the buffer is filled. What is there is taken.
 *
 * Linux: read(2), once. On a blocking descriptor it waits for ever, signal or not: ask a selector first.
 *
 * Python: `os.readinto` of 3.14; `os.read` returns new bytes.
 *
 * @param nbytes - bytes to read at most; left out, as many as the buffer holds.
 * @throws {@link BlockingIOError} `EAGAIN` with nothing to read on a non-blocking descriptor.
 * @throws {@link OSError} `EBADF` for one that is closed or not open for reading, `EISDIR`, `EINVAL`, ...
 * @throws {@link ValueError} `ERR_INVALID_FD`; `ERR_OUT_OF_RANGE` for more than the buffer holds.
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
export function read(fd: FileObject, buffer: Bytes, nbytes?: number): number {
  const number = filenoOf(fd, 'fd');
  const result = readOnce(number, buffer, nbytes);
  return result >= 0 ? result : read(number, failed(result, buffer, nbytes, 'read'), nbytes);
}

/** {@link read}, but `null` instead of `EAGAIN`: an exception costs more than the call. */
export function tryRead(fd: FileObject, buffer: Bytes, nbytes?: number): number | null {
  const number = filenoOf(fd, 'fd');
  const result = readOnce(number, buffer, nbytes);
  if (result === -EAGAIN) return null;
  return result >= 0 ? result : tryRead(number, failed(result, buffer, nbytes, 'read'), nbytes);
}

/**
 * Writes from the start of a buffer, and returns the number of bytes taken, perhaps not all.
 *
 * Linux: write(2), once. Nobody reading is an error, not the end of the process: Node ignores SIGPIPE.
 *
 * Python: `os.write`.
 *
 * @param nbytes - bytes to write at most; left out, all of the buffer.
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
export function write(fd: FileObject, buffer: Bytes, nbytes?: number): number {
  const number = filenoOf(fd, 'fd');
  const result = writeOnce(number, buffer, nbytes);
  return result >= 0 ? result : write(number, failed(result, buffer, nbytes, 'write'), nbytes);
}

/** {@link write}, but `null` instead of `EAGAIN`. */
export function tryWrite(fd: FileObject, buffer: Bytes, nbytes?: number): number | null {
  const number = filenoOf(fd, 'fd');
  const result = writeOnce(number, buffer, nbytes);
  if (result === -EAGAIN) return null;
  return result >= 0 ? result : tryWrite(number, failed(result, buffer, nbytes, 'write'), nbytes);
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
  checkClose(native.close(filenoOf(fd, 'fd')));
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
  return untrack(check(native.dup(filenoOf(fd, 'fd')), 'fcntl'));
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
  check(native.setNonblock(filenoOf(fd, 'fd'), on ? 0 : 1), 'fcntl');
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
  return check(native.getNonblock(filenoOf(fd, 'fd')), 'fcntl') === 0;
}
