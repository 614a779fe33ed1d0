/** Python's `io.BufferedRWPair` on a socket. */
import type { Bytes } from '../../arguments.js';
import type { OwnBuffer } from '../buffer.js';
import { BufferedFile } from './buffered.js';
import type { SocketIO } from './raw.js';
import { BufferedReader } from './reader.js';
import { BufferedWriter } from './writer.js';

/**
 * A socket as a file of bytes to read and to write, made by `makefile('rwb')`: a {@link BufferedReader} and a
 * {@link BufferedWriter}, each with its own buffer. Reading does not flush the writer.
 *
 * Python: `io.BufferedRWPair`.
 */
export class BufferedRWPair extends BufferedFile implements Disposable {
  readonly #reader: BufferedReader;
  readonly #writer: BufferedWriter;

  /** @internal */
  constructor(raw: SocketIO, size: number) {
    super(raw);
    this.#reader = new BufferedReader(raw, size);
    this.#writer = new BufferedWriter(raw, size);
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
