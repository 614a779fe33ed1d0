/** A socket as a file: Python's `socket.SocketIO`, which every file of `makefile()` reads and writes. */

import { type Bytes, checkInteger, toBytes } from '../../arguments.js';
import { errnoOf, OSError, ValueError } from '../../errors.js';
import type { OwnBuffer } from '../buffer.js';
import { readLines } from './lines.js';

/** Bytes per receive when {@link SocketIO.read} reads to the end of the stream, as in Python. */
export const DEFAULT_BUFFER_SIZE = 8192;

const NEWLINE = 10;

/** The part of a socket that a file needs. */
export interface RawSocket {
  fileno(): number;
  recvInto(buffer: Uint8Array): number;
  send(data: Uint8Array): number;
}

/** The mode of a file. */
export interface RawMode {
  readonly reading: boolean;
  readonly writing: boolean;
}

/** @throws {@link ValueError} `ERR_INVALID_LENGTH` for an invalid size; -1 means no limit. */
export function checkSize(size: number): void {
  checkInteger('size', size, -1, 0x7fff_ffff, 'ERR_INVALID_LENGTH');
}

function wouldBlock(error: unknown): boolean {
  return error instanceof OSError && error.code === 'EAGAIN';
}

/**
 * A socket as an unbuffered file, made by `makefile(mode, { buffering: 0 })`.
 *
 * Every read and write is one call on the socket. Where the socket is non-blocking and the call would
 * wait, `read`, `readinto` and `write` return `null`.
 *
 * Not guaranteed: anything after a read that timed out. Part of a line may be lost,
 * so every later read throws {@link OSError} `ETIMEDOUT`, as in Python.
 *
 * Python: `socket.SocketIO`.
 */
export class SocketIO implements Disposable {
  readonly #release: () => void;
  readonly #mode: RawMode;
  #sock: RawSocket | null;
  #timedOut = false;

  /** @internal */
  constructor(sock: RawSocket, mode: RawMode, release: () => void) {
    this.#sock = sock;
    this.#mode = mode;
    this.#release = release;
  }

  /** What the file was opened for: `'rb'`, `'wb'` or `'rwb'`. */
  get mode(): 'rb' | 'wb' | 'rwb' {
    const { reading, writing } = this.#mode;
    if (reading && writing) return 'rwb';
    return reading ? 'rb' : 'wb';
  }

  /** The descriptor, -1 once the file is closed. */
  get name(): number {
    return this.#sock === null ? -1 : this.#sock.fileno();
  }

  /** Whether the file was closed. */
  get closed(): boolean {
    return this.#sock === null;
  }

  /**
   * The descriptor of the socket.
   *
   * @throws {@link ValueError} `ERR_CLOSED`, as every method but `close()` after `close()`.
   */
  fileno(): number {
    return this.#open().fileno();
  }

  /** Whether the file was opened for reading. */
  readable(): boolean {
    this.#open();
    return this.#mode.reading;
  }

  /** Whether the file was opened for writing. */
  writable(): boolean {
    this.#open();
    return this.#mode.writing;
  }

  /** False: a socket has no positions. */
  seekable(): boolean {
    this.#open();
    return false;
  }

  /** Does nothing: there is no buffer. */
  flush(): void {
    this.#open();
  }

  /**
   * Reads into a buffer and returns the number of bytes: 0 at the end of the stream, `null` where it
   * would wait on a non-blocking socket.
   *
   * @throws {@link TimeoutError} `ETIMEDOUT`, and {@link OSError} `ETIMEDOUT` on every read after it.
   * @throws {@link ValueError} `ERR_CLOSED`; `ERR_UNSUPPORTED_OPERATION` unless the file was opened for reading.
   */
  readinto(buffer: Bytes): number | null {
    const sock = this.#opened('reading');
    if (this.#timedOut) throw new OSError(errnoOf('ETIMEDOUT'), 'recv', 'cannot read from timed out object');
    try {
      return sock.recvInto(toBytes('buffer', buffer));
    } catch (error) {
      if (wouldBlock(error)) return null;
      this.#timedOut = error instanceof OSError && error.code === 'ETIMEDOUT';
      throw error;
    }
  }

  /**
   * Reads at most `size` bytes with one call; without a size, all until the end of the stream. Returns
   * `null` where there is nothing yet and it would wait on a non-blocking socket.
   *
   * @throws as {@link SocketIO.readinto} does.
   */
  read(size = -1): OwnBuffer | null {
    checkSize(size);
    if (size < 0) return this.#readall();
    const buffer = Buffer.alloc(size);
    const length = this.readinto(buffer);
    return length === null ? null : buffer.subarray(0, length);
  }

  #readall(): OwnBuffer | null {
    const chunks: Uint8Array[] = [];
    for (;;) {
      const chunk = this.read(DEFAULT_BUFFER_SIZE);
      if (chunk === null && chunks.length === 0) return null;
      if (chunk === null || chunk.length === 0) return Buffer.concat(chunks);
      chunks.push(chunk);
    }
  }

  /**
   * Reads one line with its newline, byte by byte: the last one may have none, and the end of the stream is empty.
   *
   * @param limit - the maximum number of bytes; -1 means no limit.
   * @throws {@link BlockingIOError} `EAGAIN` if there is nothing to read on a non-blocking socket; otherwise as
   *   {@link SocketIO.readinto} does.
   */
  readline(limit = -1): OwnBuffer {
    checkSize(limit);
    const line: number[] = [];
    const one = Buffer.alloc(1);
    while (limit < 0 || line.length < limit) {
      const length = this.readinto(one);
      if (length === null && line.length === 0) throw OSError.fromErrno(errnoOf('EAGAIN'), 'recv');
      if (length === null || length === 0) break;
      line.push(one[0] as number);
      if (one[0] === NEWLINE) break;
    }
    return Buffer.from(line);
  }

  /** Reads lines until the end of the stream, or until they have `hint` bytes or more. */
  readlines(hint = -1): OwnBuffer[] {
    return readLines(this, hint);
  }

  /** The lines, until the end of the stream. */
  *[Symbol.iterator](): Generator<OwnBuffer, void, void> {
    for (let line = this.readline(); line.length > 0; line = this.readline()) yield line;
  }

  /**
   * Sends with one call, and returns how many bytes the kernel took: perhaps not all, and `null` where it
   * would wait on a non-blocking socket.
   *
   * @throws as `send()` does; {@link ValueError} `ERR_CLOSED`; `ERR_UNSUPPORTED_OPERATION` unless the
   *   file was opened for writing.
   */
  write(data: Bytes): number | null {
    const sock = this.#opened('writing');
    try {
      return sock.send(toBytes('data', data));
    } catch (error) {
      if (wouldBlock(error)) return null;
      throw error;
    }
  }

  /**
   * Closes the file; closing it again does nothing. The socket is closed with the last of its files if its own
   * `close()` was called.
   */
  close(): void {
    if (this.#sock === null) return;
    this.#sock = null;
    this.#release();
  }

  /** As `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #open(): RawSocket {
    if (this.#sock !== null) return this.#sock;
    throw new ValueError('ERR_CLOSED', 'The file is closed');
  }

  #opened(what: 'reading' | 'writing'): RawSocket {
    const sock = this.#open();
    if (this.#mode[what]) return sock;
    throw new ValueError('ERR_UNSUPPORTED_OPERATION', `The file is not open for ${what}`);
  }
}
