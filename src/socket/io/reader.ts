/** Python's `io.BufferedReader` on a socket. */

import { type Bytes, toBytes } from '../../arguments.js';
import { ValueError } from '../../errors.js';
import type { OwnBuffer } from '../buffer.js';
import { BufferedFile } from './buffered.js';
import { readLines } from './lines.js';
import { checkSize, type SocketIO } from './raw.js';

const NEWLINE = 10;

/**
 * A socket as a file of bytes to read, made by `makefile('rb')`.
 *
 * It reads ahead: buffered bytes are gone from the socket, so do not mix it with `recv()`, and do not use a selector
 * to find out whether there is another line.
 *
 * On a non-blocking socket a read returns what is available; `read` and `readinto` return `null` if nothing is.
 * As in Python, use it on a blocking socket, with or without a timeout.
 *
 * Python: `io.BufferedReader`.
 */
export class BufferedReader extends BufferedFile implements Disposable {
  readonly #buffer: OwnBuffer;
  #start = 0;
  #end = 0;

  /** @internal */
  constructor(raw: SocketIO, size: number) {
    super(raw);
    this.#buffer = Buffer.alloc(size);
  }

  /**
   * Reads exactly `size` bytes, fewer only at the end of the stream; without a size, all until the end.
   *
   * Not guaranteed: that bytes which came before an error are not lost, as in Python. `read1()` loses none.
   *
   * @returns the bytes, none at the end; `null` where there is nothing yet on a non-blocking socket.
   * @throws {@link TimeoutError} `ETIMEDOUT`, and {@link OSError} `ETIMEDOUT` on every read after it.
   * @throws {@link ValueError} `ERR_CLOSED`, `ERR_INVALID_LENGTH`.
   */
  read(size = -1): OwnBuffer | null {
    checkSize(size);
    this.#checkOpen();
    if (size < 0) return this.#readall();
    const buffer = Buffer.alloc(size);
    const length = this.readinto(buffer);
    return length === null ? null : buffer.subarray(0, length);
  }

  #readall(): OwnBuffer | null {
    const before = this.#taken(this.#end - this.#start);
    const rest = this.raw.read();
    if (rest === null) return before.length > 0 ? before : null;
    return before.length > 0 ? Buffer.concat([before, rest]) : rest;
  }

  /**
   * Reads at most `size` bytes, with at most one call on the socket: what is in the buffer, else what that call
   * returns. Empty at the end of the stream, and where there is nothing yet on a non-blocking socket.
   *
   * @throws as {@link BufferedReader.read} does.
   */
  read1(size = -1): OwnBuffer {
    checkSize(size);
    this.#checkOpen();
    const most = size < 0 ? this.#buffer.length : size;
    const had = Math.min(most, this.#end - this.#start);
    if (had > 0 || most === 0) return this.#taken(had);
    const buffer = Buffer.alloc(most);
    return buffer.subarray(0, this.raw.readinto(buffer) ?? 0);
  }

  /**
   * Fills a buffer, and returns the number of bytes: fewer only at the end of the stream, `null` where there is
   * nothing yet on a non-blocking socket.
   *
   * @throws as {@link BufferedReader.read} does.
   */
  readinto(buffer: Bytes): number | null {
    const bytes = toBytes('buffer', buffer);
    this.#checkOpen();
    let length = this.#take(bytes);
    while (length < bytes.length) {
      const more = this.#receive(bytes.subarray(length));
      if (more === null && length === 0) return null;
      if (more === null || more === 0) break;
      length += more;
    }
    return length;
  }

  /** As {@link BufferedReader.readinto}, with at most one call on the socket. */
  readinto1(buffer: Bytes): number | null {
    const bytes = toBytes('buffer', buffer);
    this.#checkOpen();
    const length = this.#take(bytes);
    const rest = bytes.length - length;
    // As CPython: buffered bytes are returned, but are not a reason to read ahead.
    if (rest === 0 || (length > 0 && rest <= this.#buffer.length)) return length;
    const more = this.#receive(bytes.subarray(length));
    return more === null && length === 0 ? null : length + (more ?? 0);
  }

  /** One call on the socket: into the buffer if that is larger than the requested size. */
  #receive(bytes: Uint8Array): number | null {
    if (bytes.length > this.#buffer.length) return this.raw.readinto(bytes);
    const length = this.#fill();
    return length === null ? null : this.#take(bytes);
  }

  /** Reads into the buffer, which is empty. */
  #fill(): number | null {
    this.#start = 0;
    this.#end = 0;
    const length = this.raw.readinto(this.#buffer);
    this.#end = length ?? 0;
    return length;
  }

  /** Moves what the buffer has and `bytes` has room for. */
  #take(bytes: Uint8Array): number {
    const length = Math.min(bytes.length, this.#end - this.#start);
    bytes.set(this.#buffer.subarray(this.#start, this.#start + length));
    this.#start += length;
    return length;
  }

  /** Takes bytes from the buffer into a new Buffer. */
  #taken(length: number): OwnBuffer {
    const own = Buffer.alloc(length);
    this.#take(own);
    return own;
  }

  /**
   * Returns the bytes in the buffer without consuming them; if it is empty, one call on the socket fills it.
   *
   * @throws as {@link BufferedReader.read} does.
   */
  peek(): OwnBuffer {
    this.#checkOpen();
    if (this.#start === this.#end) this.#fill();
    return Buffer.from(this.#buffer.subarray(this.#start, this.#end));
  }

  /**
   * Reads one line with its newline: the last one may have none, and the end of the stream is empty. So is a line of
   * which nothing has come yet on a non-blocking socket.
   *
   * @param limit - the maximum number of bytes; -1 means no limit. Without one, a peer can fill the memory.
   * @throws as {@link BufferedReader.read} does.
   */
  readline(limit = -1): OwnBuffer {
    checkSize(limit);
    this.#checkOpen();
    const parts: OwnBuffer[] = [];
    let room = limit < 0 ? Infinity : limit;
    while (room > 0) {
      if (this.#start === this.#end && !this.#fill()) break;
      const newline = this.#buffer.subarray(this.#start, this.#end).indexOf(NEWLINE);
      const found = newline < 0 ? this.#end - this.#start : newline + 1;
      const part = this.#taken(Math.min(found, room));
      parts.push(part);
      room -= part.length;
      if (part[part.length - 1] === NEWLINE) break;
    }
    return parts.length === 1 ? (parts[0] as OwnBuffer) : Buffer.concat(parts);
  }

  /** Reads lines until the end of the stream, or until they have `hint` bytes or more. */
  readlines(hint = -1): OwnBuffer[] {
    return readLines(this, hint);
  }

  /** The lines, until the end of the stream. */
  *[Symbol.iterator](): Generator<OwnBuffer, void, void> {
    for (let line = this.readline(); line.length > 0; line = this.readline()) yield line;
  }

  /** Closes the file; closing it again does nothing. The socket is closed if its own `close()` was called. */
  close(): void {
    this.raw.close();
  }

  /** As `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #checkOpen(): void {
    if (this.raw.closed) throw new ValueError('ERR_CLOSED', 'The file is closed');
  }
}
