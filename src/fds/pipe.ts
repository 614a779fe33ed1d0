/** pipe(2): what is written to one end is read from the other. */
import { constants } from 'node:buffer';
import { check, show, typeError, ValueError } from '../errors.js';
import { constant, native } from '../native.js';
import { untrack } from '../track.js';
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
export function pipe({ nonblocking = true } = {}): [reader: PipeReader, writer: PipeWriter] {
  const fds = new Int32Array(2);
  check(native.pipe2(fds, nonblocking ? O_CLOEXEC | O_NONBLOCK : O_CLOEXEC), 'pipe2');
  return [new PipeReader(fds[0] as number), new PipeWriter(fds[1] as number)];
}

/**
 * Opens a pipe with flags, and returns two bare numbers, the end that reads and the end that writes, yours to close.
 *
 * Linux: pipe2(2). Python: `os.pipe2`: nothing is added to the flags.
 *
 * @param flags - an or of `O_CLOEXEC`, `O_NONBLOCK` and `O_DIRECT`; 0 blocks and is inherited.
 * @throws {@link OSError} `EMFILE`, `EINVAL`; {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
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
  if (typeof flags !== 'number')
    throw typeError(`The "flags" argument must be of type number. Received ${show(flags)}`);
  if (!Number.isInteger(flags) || flags < 0 || flags > 0x7fff_ffff) {
    const message = `The "flags" argument must be an or of O_CLOEXEC, O_NONBLOCK and O_DIRECT. Received ${flags}`;
    throw new ValueError('ERR_OUT_OF_RANGE', message);
  }
  const fds = new Int32Array(2);
  check(native.pipe2(fds, flags), 'pipe2');
  const [reader, writer] = fds as unknown as [number, number];
  // Nobody owns bare numbers, so that they can outlive a worker.
  return [untrack(reader), untrack(writer)];
}
