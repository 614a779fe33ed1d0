/** Python's `io.BufferedWriter` on a socket. */

import { type Bytes, toBytes } from '../../arguments.js';
import { errnoOf, OSError, ValueError } from '../../errors.js';
import { BufferedFile } from './buffered.js';
import type { SocketIO } from './raw.js';

/** The buffer is full: `charactersWritten` says how much of the data was taken. */
function blocked(charactersWritten: number): OSError {
  return Object.assign(OSError.fromErrno(errnoOf('EAGAIN'), 'send'), { charactersWritten });
}

/**
 * A socket as a file of bytes to write, made by `makefile('wb')`.
 *
 * Data waits in a buffer until that is full, or until `flush()` or `close()`.
 *
 * Python: `io.BufferedWriter`.
 */
export class BufferedWriter extends BufferedFile implements Disposable {
  readonly #buffer: Buffer;
  #length = 0;

  /** @internal */
  constructor(raw: SocketIO, size: number) {
    super(raw);
    this.#buffer = Buffer.alloc(size);
  }

  /**
   * Writes all of the data, and returns its length.
   *
   * @throws {@link BlockingIOError} `EAGAIN` where a non-blocking socket and the buffer are full: `charactersWritten`
   *   says how many bytes were taken.
   * @throws as `send()` does; {@link ValueError} `ERR_CLOSED`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  write(data: Bytes): number {
    const bytes = toBytes('data', data);
    this.#checkOpen();
    let taken = 0;
    while (bytes.length - taken > this.#buffer.length - this.#length) {
      const sent = this.#length > 0 ? this.#drain() : this.raw.write(bytes.subarray(taken));
      if (sent === null) {
        taken += this.#keep(bytes.subarray(taken));
        if (taken < bytes.length) throw blocked(taken);
      } else if (sent > 0) taken += sent;
    }
    this.#keep(bytes.subarray(taken));
    return bytes.length;
  }

  /** Copies as much into the buffer as fits. */
  #keep(bytes: Uint8Array): number {
    const length = Math.min(bytes.length, this.#buffer.length - this.#length);
    this.#buffer.set(bytes.subarray(0, length), this.#length);
    this.#length += length;
    return length;
  }

  /** Sends the buffered data: 0, or `null` where a non-blocking socket would wait. */
  #drain(): 0 | null {
    while (this.#length > 0) {
      const sent = this.raw.write(this.#buffer.subarray(0, this.#length));
      if (sent === null) return null;
      this.#buffer.copyWithin(0, sent, this.#length);
      this.#length -= sent;
    }
    return 0;
  }

  /** Writes each of the pieces. */
  writelines(lines: Iterable<Bytes>): void {
    this.#checkOpen();
    for (const line of lines) this.write(line);
  }

  /**
   * Sends the buffered data.
   *
   * @throws {@link BlockingIOError} `EAGAIN` where a non-blocking socket is full; the rest stays in the buffer.
   * @throws as `send()` does; {@link ValueError} `ERR_CLOSED`.
   */
  flush(): void {
    this.#checkOpen();
    if (this.#drain() === null) throw blocked(0);
  }

  /**
   * Flushes and closes the file, which is closed even if that throws; closing it again does nothing. The socket
   * is closed if its own `close()` was called.
   *
   * @throws as {@link BufferedWriter.flush} does.
   */
  close(): void {
    if (this.raw.closed) return;
    try {
      this.flush();
    } finally {
      this.raw.close();
    }
  }

  /** As `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #checkOpen(): void {
    if (this.raw.closed) throw new ValueError('ERR_CLOSED', 'The file is closed');
  }
}
