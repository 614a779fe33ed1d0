/** pipe(2): a channel of bytes with two ends. */
import { type Bytes, checkInteger, checkOptions } from '../arguments.js';
import { check } from '../errors.js';
import { constant, native } from '../native.js';
import { untrack } from '../track.js';
import { read, tryRead, tryWrite, write } from './descriptor.js';
import { OwnedFd } from './ownedfd.js';

const O_CLOEXEC = constant('O_CLOEXEC');
const O_NONBLOCK = constant('O_NONBLOCK');

function allocate(bufsize: number): Buffer {
  checkInteger('bufsize', bufsize, 0);
  return Buffer.allocUnsafe(bufsize);
}

/**
 * The reading end of a pipe, as {@link pipe} returns it; open until `close()`. A selector reports it as readable when
 * there are bytes, and at the end, when all writers are closed.
 */
export class PipeReader extends OwnedFd {
  /**
   * Reads, and returns the bytes in a new Buffer, which is empty once all writers are closed.
   *
   * @param bufsize - the most bytes to read.
   * @throws {@link BlockingIOError} `EAGAIN` if there is nothing to read and a writer is still open.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`, `ERR_CLOSED`.
   */
  read(bufsize: number): Buffer {
    const buffer = allocate(bufsize);
    return buffer.subarray(0, read(this, buffer));
  }

  /** As {@link PipeReader.read}, but returns `null` instead of throwing `EAGAIN`. */
  tryRead(bufsize: number): Buffer | null {
    const buffer = allocate(bufsize);
    const length = tryRead(this, buffer);
    return length === null ? null : buffer.subarray(0, length);
  }

  /**
   * Reads into the start of a buffer, and returns the number of bytes, which is 0 once all writers are closed.
   *
   * @param nbytes - the most bytes to read; by default as many as the buffer has room for.
   * @throws as the function `read` does; {@link ValueError} `ERR_CLOSED`.
   */
  readInto(buffer: Bytes, nbytes?: number): number {
    return read(this, buffer, nbytes);
  }

  /** As {@link PipeReader.readInto}, but returns `null` instead of throwing `EAGAIN`. */
  tryReadInto(buffer: Bytes, nbytes?: number): number | null {
    return tryRead(this, buffer, nbytes);
  }
}

/**
 * The writing end of a pipe, as {@link pipe} returns it; open until `close()`. A selector reports it as writable when
 * there is room for `PIPE_BUF` bytes, and when the reading end is closed: the next write throws `EPIPE`.
 */
export class PipeWriter extends OwnedFd {
  /**
   * Writes from the start of a buffer, and returns the number of bytes that were written.
   *
   * Guaranteed: up to `PIPE_BUF` bytes are written atomically, or not at all.
   *
   * Not guaranteed: that all bytes are written, if there are more.
   *
   * @param nbytes - the number of bytes to write from the start; by default all.
   * @throws {@link BlockingIOError} `EAGAIN` if the pipe is full.
   * @throws {@link BrokenPipeError} `EPIPE` if the reading end is closed.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`, `ERR_CLOSED`.
   */
  write(buffer: Bytes, nbytes?: number): number {
    return write(this, buffer, nbytes);
  }

  /** As {@link PipeWriter.write}, but returns `null` instead of throwing `EAGAIN`. */
  tryWrite(buffer: Bytes, nbytes?: number): number | null {
    return tryWrite(this, buffer, nbytes);
  }
}

/** Options of {@link pipe}. */
export interface PipeOptions {
  /** Makes calls on either end fail instead of blocking. The default is `true`. */
  readonly nonblocking?: boolean;
}

/**
 * Opens a pipe, and returns its reading end and its writing end. Both are close-on-exec, and by default
 * non-blocking.
 *
 * Linux: pipe2(2). Python: `os.pipe`, which blocks by default and returns numbers.
 *
 * @throws {@link OSError} `EMFILE` if no descriptor is available.
 * @example
 * ```ts
 * import { pipe } from 'fd-selectors/fds';
 * import { select } from 'fd-selectors/select';
 * const [reader, writer] = pipe();
 * writer.write(Buffer.from('ping'));
 * assert.deepEqual(select([reader], [], [], 1)[0], [reader]);
 * assert.equal(reader.read(16).toString(), 'ping');
 * assert.equal(reader.tryRead(16), null);
 * writer.close();
 * assert.equal(reader.read(16).length, 0);
 * reader.close();
 * ```
 */
export function pipe(options: PipeOptions = {}): [reader: PipeReader, writer: PipeWriter] {
  const { nonblocking = true } = checkOptions(options, ['nonblocking']);
  const fds = new Int32Array(2);
  check(native.pipe2(fds, nonblocking ? O_CLOEXEC | O_NONBLOCK : O_CLOEXEC), 'pipe2');
  return [new PipeReader(fds[0] as number), new PipeWriter(fds[1] as number)];
}

/**
 * Opens a pipe with flags, and returns two bare numbers, the reading end and the writing end, yours to close.
 *
 * Linux: pipe2(2). Python: `os.pipe2`. The flags are passed unchanged.
 *
 * @param flags - an or of `O_CLOEXEC`, `O_NONBLOCK` and `O_DIRECT`; 0 blocks and is inherited.
 * @throws {@link OSError} `EMFILE`, `EINVAL`; {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError`
 *   `ERR_INVALID_ARG_TYPE`.
 * @example
 * ```ts
 * import { close, O_CLOEXEC, O_NONBLOCK, pipe2, tryRead } from 'fd-selectors/fds';
 * const [reader, writer] = pipe2(O_CLOEXEC | O_NONBLOCK);
 * assert.equal(tryRead(reader, Buffer.alloc(1)), null);
 * close(reader);
 * close(writer);
 * ```
 */
export function pipe2(flags: number): [reader: number, writer: number] {
  checkInteger('flags', flags, 0);
  const fds = new Int32Array(2);
  check(native.pipe2(fds, flags), 'pipe2');
  const [reader, writer] = fds as unknown as [number, number];
  // Bare numbers have no owner, so they can outlive a worker.
  return [untrack(reader), untrack(writer)];
}
