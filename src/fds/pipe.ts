/** pipe(2): what is written to one end is read from the other. */
import { constants } from 'node:buffer';
import { check, show, ValueError } from '../errors.js';
import { constant, native } from '../native.js';
import { checkOptions } from '../options.js';
import { read, tryRead, tryWrite, write } from './descriptor.js';
import { OwnedFd } from './ownedfd.js';

const O_CLOEXEC = constant('O_CLOEXEC');
const O_NONBLOCK = constant('O_NONBLOCK');

function allocate(size: number): Buffer {
  if (Number.isInteger(size) && size >= 0 && size <= constants.MAX_LENGTH) return Buffer.allocUnsafe(size);
  throw new ValueError('ERR_INVALID_LENGTH', `${show(size)} is no number of bytes`);
}

/** The end of a pipe that reads. */
class PipeReader extends OwnedFd {
  /**
   * Reads at most `size` bytes into a new buffer, which is empty where all writers are closed.
   *
   * @throws {@link BlockingIOError} `EAGAIN` with nothing to read and a writer still open.
   * @throws {@link ValueError} `ERR_INVALID_LENGTH`, `ERR_CLOSED`.
   */
  read(size: number): Buffer {
    const buffer = allocate(size);
    return buffer.subarray(0, read(this, buffer));
  }

  /** {@link PipeReader.read}, but `null` instead of `EAGAIN`. */
  tryRead(size: number): Buffer | null {
    const buffer = allocate(size);
    const length = tryRead(this, buffer);
    return length === null ? null : buffer.subarray(0, length);
  }

  /**
   * Reads into the start of a buffer, and returns the number of bytes, 0 where all writers are closed.
   *
   * @throws as the function `read` does; {@link ValueError} `ERR_CLOSED`.
   */
  readInto(buffer: Uint8Array, length?: number): number {
    return read(this, buffer, length);
  }

  /** {@link PipeReader.readInto}, but `null` instead of `EAGAIN`. */
  tryReadInto(buffer: Uint8Array, length?: number): number | null {
    return tryRead(this, buffer, length);
  }
}

/** The end of a pipe that writes. */
class PipeWriter extends OwnedFd {
  /**
   * Writes, and returns the number of bytes taken. Up to `PIPE_BUF` bytes are taken all or not at
   * all, and never mixed with another writer's.
   *
   * @throws {@link BlockingIOError} `EAGAIN` with the pipe full.
   * @throws {@link BrokenPipeError} `EPIPE` where the reader is closed.
   * @throws {@link ValueError} `ERR_INVALID_LENGTH`, `ERR_CLOSED`.
   */
  write(buffer: Uint8Array, length?: number): number {
    return write(this, buffer, length);
  }

  /** {@link PipeWriter.write}, but `null` instead of `EAGAIN`. */
  tryWrite(buffer: Uint8Array, length?: number): number | null {
    return tryWrite(this, buffer, length);
  }
}

export type { PipeReader, PipeWriter };

/**
 * Opens a pipe, and returns the end that reads and the end that writes. Both are close-on-exec, and
 * non-blocking unless asked otherwise.
 *
 * Linux: pipe2(2). Python: `os.pipe`, which blocks by default and returns numbers.
 *
 * @throws {@link OSError} `EMFILE` when no descriptor is left.
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
export function pipe(
  options: { nonblocking?: boolean | undefined } = {},
): [reader: PipeReader, writer: PipeWriter] {
  const { nonblocking = true } = checkOptions(options);
  const fds = new Int32Array(2);
  check(native.pipe2(fds, nonblocking ? O_CLOEXEC | O_NONBLOCK : O_CLOEXEC), 'pipe2');
  return [new PipeReader(fds[0] as number), new PipeWriter(fds[1] as number)];
}
