/** Python's `io.BufferedRWPair` on a socket. */
import type { Bytes } from '../../arguments.js';
import type { OwnBuffer } from '../buffer.js';
import type { SocketIO } from './raw.js';
import { BufferedReader } from './reader.js';
import { BufferedWriter } from './writer.js';

/**
 * A socket as a file of bytes to read and to write, made by `makefile('rwb')`: a {@link BufferedReader} and a
 * {@link BufferedWriter}, each with its own buffer. Reading does not flush the writer.
 *
 * Python: `io.BufferedRWPair`.
 */
export class BufferedRWPair implements Disposable {
  /** The file below, without a buffer. */
  readonly raw: SocketIO;
  readonly #reader: BufferedReader;
  readonly #writer: BufferedWriter;

  /** @internal */
  constructor(raw: SocketIO, size: number) {
    this.raw = raw;
    this.#reader = new BufferedReader(raw, size);
    this.#writer = new BufferedWriter(raw, size);
  }

  /** What the file was opened for: `'rwb'`. */
  get mode(): string {
    return this.raw.mode;
  }

  /** The descriptor, -1 once the file is closed. */
  get name(): number {
    return this.raw.name;
  }

  /** Whether the file was closed. */
  get closed(): boolean {
    return this.raw.closed;
  }

  /** The descriptor of the socket. @throws {@link ValueError} `ERR_CLOSED`. */
  fileno(): number {
    return this.raw.fileno();
  }

  /** True. @throws {@link ValueError} `ERR_CLOSED`. */
  readable(): boolean {
    return this.raw.readable();
  }

  /** True. @throws {@link ValueError} `ERR_CLOSED`. */
  writable(): boolean {
    return this.raw.writable();
  }

  /** False: a socket has no positions. @throws {@link ValueError} `ERR_CLOSED`. */
  seekable(): boolean {
    return this.raw.seekable();
  }

  /** {@link BufferedReader.read} */
  read(size?: number): OwnBuffer | null {
    return this.#reader.read(size);
  }

  /** {@link BufferedReader.read1} */
  read1(size?: number): OwnBuffer {
    return this.#reader.read1(size);
  }

  /** {@link BufferedReader.readinto} */
  readinto(buffer: Bytes): number | null {
    return this.#reader.readinto(buffer);
  }

  /** {@link BufferedReader.readinto1} */
  readinto1(buffer: Bytes): number | null {
    return this.#reader.readinto1(buffer);
  }

  /** {@link BufferedReader.peek} */
  peek(): OwnBuffer {
    return this.#reader.peek();
  }

  /** {@link BufferedReader.readline} */
  readline(limit?: number): OwnBuffer {
    return this.#reader.readline(limit);
  }

  /** {@link BufferedReader.readlines} */
  readlines(hint?: number): OwnBuffer[] {
    return this.#reader.readlines(hint);
  }

  /** The lines, until the end of the stream. */
  [Symbol.iterator](): Generator<OwnBuffer, void, void> {
    return this.#reader[Symbol.iterator]();
  }

  /** {@link BufferedWriter.write} */
  write(data: Bytes): number {
    return this.#writer.write(data);
  }

  /** {@link BufferedWriter.writelines} */
  writelines(lines: Iterable<Bytes>): void {
    this.#writer.writelines(lines);
  }

  /** {@link BufferedWriter.flush} */
  flush(): void {
    this.#writer.flush();
  }

  /** {@link BufferedWriter.close} */
  close(): void {
    this.#writer.close();
  }

  /** As `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
