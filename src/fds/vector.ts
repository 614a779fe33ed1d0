/** readv(2) and writev(2): several buffers in one call. */
import { type Bytes, toBuffers } from '../arguments.js';
import { check, tryCheck } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { native } from '../native.js';

/**
 * Reads into several buffers, each filled before the next, and returns the number of bytes: 0 at the end of the file.
 *
 * Linux: readv(2), once. Python: `os.readv`.
 *
 * @throws {@link BlockingIOError} `EAGAIN`; {@link OSError} `EBADF`, `EINVAL` for more than 1024 buffers, ...
 * @throws {@link ValueError} `ERR_INVALID_FD`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 * @example
 * ```ts
 * import { pipe, readv, writev } from 'fd-selectors/fds';
 * const [reader, writer] = pipe();
 * assert.equal(writev(writer, [Buffer.from('head'), Buffer.from('body')]), 8);
 * const [head, body] = [Buffer.alloc(4), Buffer.alloc(100)];
 * assert.equal(readv(reader, [head, body]), 8);
 * assert.equal(head.toString(), 'head');
 * assert.equal(body.toString('utf8', 0, 4), 'body');
 * reader.close();
 * writer.close();
 * ```
 */
export function readv(fd: FileObject, buffers: Iterable<Bytes>): number {
  return check(native.readv(filenoOf(fd, 'fd'), toBuffers(buffers)), 'readv');
}

/** {@link readv}, but `null` instead of `EAGAIN`. */
export function tryReadv(fd: FileObject, buffers: Iterable<Bytes>): number | null {
  return tryCheck(native.readv(filenoOf(fd, 'fd'), toBuffers(buffers)), 'readv');
}

/**
 * Writes several buffers, one after the other, and returns the number of bytes taken, perhaps not all.
 *
 * Linux: writev(2), once. Python: `os.writev`.
 *
 * @throws {@link BlockingIOError} `EAGAIN`; {@link BrokenPipeError} `EPIPE`; else as {@link readv} does.
 */
export function writev(fd: FileObject, buffers: Iterable<Bytes>): number {
  return check(native.writev(filenoOf(fd, 'fd'), toBuffers(buffers)), 'writev');
}

/** {@link writev}, but `null` instead of `EAGAIN`. */
export function tryWritev(fd: FileObject, buffers: Iterable<Bytes>): number | null {
  return tryCheck(native.writev(filenoOf(fd, 'fd'), toBuffers(buffers)), 'writev');
}
