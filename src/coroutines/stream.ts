/** Buffered streams on sockets. */
import { checkOptions, show, typeError } from '../arguments.js';
import { ValueError } from '../errors.js';
import type { Bytes } from '../socket/index.js';
import { ConcurrentObjectUseError, checkCount, IncompleteReadError } from './errors.js';
import type { Coroutine } from './suspend.js';

/** Bytes to receive at a time. */
const CHUNK = 16 * 1024;
/** Bytes to buffer before sending. */
const MOST_KEPT = 64 * 1024;

/** What a stream reads from and writes to: a `Socket`, or an object with these methods. */
export interface Transport {
  /** Whether it was closed. */
  readonly closed: boolean;
  /** Waits for data, and returns it in a Buffer that nothing else uses; an empty one is the end. */
  recv(bufsize: number): Coroutine<Buffer>;
  /** Sends all of the data. */
  sendall(data: Bytes): Coroutine;
  /** Closes it. */
  close(): void;
}

/** Options of reads that search for a separator. */
export interface ReadOptions {
  /** The maximum number of bytes; 1 MiB by default. */
  readonly limit?: number;
}

/**
 * A buffered socket: for reading lines or a given number of bytes, and for many small writes.
 *
 * Python: `socket.makefile('rwb')`; `readuntil` and `readexactly` are those of `asyncio.StreamReader`.
 *
 * @example
 * ```ts
 * import { run, socketpair, spawn } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const [a, b] = socketpair();
 *   const writer = a.makefile();
 *   yield* writer.write('first\nsecond\nrest');
 *   yield* writer.flush();
 *   writer.close();
 *   const reader = b.makefile();
 *   assert.equal(String(yield* reader.readline()), 'first\n');
 *   assert.equal(String(yield* reader.readuntil('\n')), 'second\n');
 *   assert.equal(String(yield* reader.read(2)), 're');
 *   assert.equal(String(yield* reader.read()), 'st');
 *   assert.equal((yield* reader.readline()).length, 0);
 *   reader.close();
 * });
 * ```
 */
export class Stream {
  /** The socket. */
  readonly sock: Transport;
  /** Bytes that were received but not read. */
  #buffer: Buffer = Buffer.alloc(0);
  /** How much memory there is behind it, in the same ArrayBuffer. */
  #spare = 0;
  #ended = false;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  /** Whether a task is in `flush()`. */
  #flushes = false;

  /** @param sock - a connected socket. Do not receive from it directly while the stream is in use. */
  constructor(sock: Transport) {
    this.sock = sock;
  }

  /** Whether the socket was closed. */
  get closed(): boolean {
    return this.sock.closed;
  }

  /**
   * Reads exactly `size` bytes, fewer only at the end of the stream; without a size, everything until the end.
   *
   * @throws as `recv()` does; {@link ValueError} `ERR_OUT_OF_RANGE`.
   */
  *read(size = Infinity): Coroutine<Buffer> {
    checkCount('size', size, 0);
    while (this.#buffer.length < size && !this.#ended) {
      yield* this.#receive(Math.min(Math.max(size - this.#buffer.length, CHUNK), 64 * 1024));
    }
    return this.#take(Math.min(size, this.#buffer.length));
  }

  /**
   * Reads exactly `size` bytes.
   *
   * @throws {@link IncompleteReadError} `ERR_INCOMPLETE_READ` if the stream ends first; as `recv()` does.
   */
  *readexactly(size: number): Coroutine<Buffer> {
    const data = yield* this.read(size);
    if (data.length < size) throw new IncompleteReadError(data, `${size} bytes were there`);
    return data;
  }

  /**
   * Reads a line, including its `\n`. The last line may lack one; an empty Buffer is the end.
   *
   * @throws {@link ValueError} `ERR_LIMIT_EXCEEDED` for a line that is too long; as `recv()` does.
   */
  *readline(options?: ReadOptions): Coroutine<Buffer> {
    const end = yield* this.#find(Buffer.from('\n'), options);
    return this.#take(end < 0 ? this.#buffer.length : end);
  }

  /**
   * Reads up to and including a separator.
   *
   * @param separator - a text or bytes, not empty.
   * @throws {@link IncompleteReadError} `ERR_INCOMPLETE_READ` if the stream ends before it.
   * @throws {@link ValueError} `ERR_LIMIT_EXCEEDED`, `ERR_INVALID_SEPARATOR`; as `recv()` does.
   */
  *readuntil(separator: string | Uint8Array = '\n', options?: ReadOptions): Coroutine<Buffer> {
    const wanted = Buffer.from(separator);
    if (wanted.length === 0) {
      throw new ValueError('ERR_INVALID_SEPARATOR', 'The "separator" argument must not be empty');
    }
    const end = yield* this.#find(wanted, options);
    if (end >= 0) return this.#take(end);
    throw new IncompleteReadError(this.#take(this.#buffer.length), `${show(wanted.toString())} came`);
  }

  /** The end of the first separator, or -1 if the stream ends without one. Consumes nothing. */
  *#find(separator: Buffer, options: ReadOptions = {}): Coroutine<number> {
    const { limit = 1 << 20 } = checkOptions(options);
    checkCount('limit', limit, 1);
    for (let from = 0; ; ) {
      const at = this.#buffer.indexOf(separator, from);
      if (at >= 0 && at + separator.length <= limit) return at + separator.length;
      if (at >= 0 || this.#buffer.length > limit) {
        throw new ValueError(
          'ERR_LIMIT_EXCEEDED',
          `There is no ${show(separator.toString())} within ${limit} bytes`,
        );
      }
      if (this.#ended) return -1;
      from = Math.max(0, this.#buffer.length - separator.length + 1);
      yield* this.#receive(CHUNK);
    }
  }

  /** Received bytes go into the buffer at once, so a task killed while it waits for more loses nothing. */
  *#receive(most: number): Coroutine {
    const part = yield* this.sock.recv(most);
    this.#ended = part.length === 0;
    if (this.#buffer.length === 0) {
      this.#buffer = part;
      this.#spare = 0;
    } else this.#append(part);
  }

  /** The memory doubles, so that each byte is copied a few times at most. */
  #append(part: Buffer): void {
    const before = this.#buffer;
    const length = before.length + part.length;
    let start = before;
    if (part.length > this.#spare) {
      start = Buffer.allocUnsafeSlow(2 * length);
      before.copy(start);
      this.#spare = 2 * length - before.length;
    }
    this.#buffer = Buffer.from(start.buffer, start.byteOffset, length);
    part.copy(this.#buffer, before.length);
    this.#spare -= part.length;
  }

  #take(length: number): Buffer {
    const data = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return data;
  }

  /**
   * Buffers data, and sends it when the buffer is full.
   *
   * @throws as `flush()` does; the data is in the buffer even so, if that keeps it.
   */
  *write(data: string | Bytes): Coroutine {
    const bytes = toBytes(data);
    this.#kept.push(bytes);
    this.#keptBytes += bytes.length;
    if (this.#keptBytes >= MOST_KEPT) yield* this.flush();
  }

  /**
   * Sends the buffered data.
   *
   * @throws as `sendall()` does, and the data is lost: it is unknown how much was sent. Only after `ERR_CONCURRENT_USE`
   *   nothing was, and the data stays in the buffer.
   */
  *flush(): Coroutine {
    // Otherwise the data of a second one could overtake that of the first, which may have given way.
    if (this.#flushes) throw new ConcurrentObjectUseError('Another task is flushing the stream already');
    const kept = this.#kept;
    if (kept.length === 0) return;
    this.#kept = [];
    this.#keptBytes = 0;
    this.#flushes = true;
    try {
      yield* this.sock.sendall(kept.length === 1 ? (kept[0] as Uint8Array) : Buffer.concat(kept));
    } catch (error) {
      if (error instanceof ConcurrentObjectUseError) this.#keep(kept);
      throw error;
    } finally {
      this.#flushes = false;
    }
  }

  /** Puts data that was not sent before what was written since. */
  #keep(unsent: readonly Uint8Array[]): void {
    this.#kept = [...unsent, ...this.#kept];
    for (const { length } of unsent) this.#keptBytes += length;
  }

  /** Closes the socket. Data not flushed is lost: sending it might have to wait. */
  close(): void {
    this.sock.close();
  }

  /** As `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function toBytes(data: string | Bytes): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  // Copied: the caller may reuse its buffer before this is sent.
  if (ArrayBuffer.isView(data))
    return Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  throw typeError('data', 'a string, or an instance of Buffer, TypedArray, or DataView', data);
}
