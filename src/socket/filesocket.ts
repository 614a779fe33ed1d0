/** `makefile` and `sendfile`: sockets as files, and files over sockets. */

import type { Bytes } from '../arguments.js';
import type { FileObject } from '../fileno.js';
import type { Address } from './family.js';
import type { BufferedRWPair } from './io/pair.js';
import type { SocketIO } from './io/raw.js';
import type { BufferedReader } from './io/reader.js';
import type { TextIOWrapper, TextReader, TextWriter } from './io/text.js';
import type { BufferedWriter } from './io/writer.js';
import {
  type BinaryOptions,
  type BothBytes,
  type BothText,
  makefile,
  type ReadBytes,
  type ReadText,
  type TextOptions,
  type Unbuffered,
  type WriteBytes,
  type WriteText,
} from './makefile.js';
import { MessageSocket } from './message.js';
import { type ReadableFile, sendfile } from './sendfile.js';

/** The part of a socket that has to do with files. */
// biome-ignore lint/suspicious/noExplicitAny: as in SocketBase.
export abstract class FileSocket<A extends Address = any> extends MessageSocket<A> {
  abstract recvInto(buffer: Bytes, nbytes?: number, flags?: number): number;
  abstract send(data: Bytes, flags?: number, nbytes?: number): number;
  abstract sendall(data: Bytes, flags?: number, nbytes?: number): void;

  /**
   * Opens a file on the socket: of text, or with a `b` in the mode, of bytes. Each file that is open keeps the
   * descriptor open, also after the socket's `close()`; it is closed with the last of them.
   *
   * Use it on a socket that blocks, with a timeout or without. After a timeout the file cannot be read any more.
   *
   * Python: `makefile`. A file that is not closed is not flushed: no garbage collector does it here.
   *
   * @param mode - of the letters r (the default), w and b: `'rb'`, `'w'`, `'rwb'`, ...
   * @param options - `buffering`, the bytes of the buffer: 8192 if left out, 0 for none, which needs a `b`; of text,
   *   `encoding` (`'utf-8'`), `errors` (`'strict'`) and `newline`.
   * @throws {@link ValueError} `ERR_INVALID_MODE`, `ERR_INVALID_BUFFERING`, `ERR_UNKNOWN_ENCODING`,
   *   `ERR_INVALID_ERRORS`, `ERR_INVALID_NEWLINE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   * @example
   * ```ts
   * import { socketpair } from 'fd-selectors/socket';
   * const [a, b] = socketpair();
   * const file = b.makefile('rb');
   * a.sendall(Buffer.from('one\ntwo\n'));
   * a.close();
   * assert.equal(file.readline().toString(), 'one\n');
   * for (const line of file) assert.equal(line.toString(), 'two\n');
   * file.close();
   * b.close();
   * ```
   */
  makefile(mode?: ReadText, options?: TextOptions): TextReader;
  makefile(mode: WriteText, options?: TextOptions): TextWriter;
  makefile(mode: BothText, options?: TextOptions): TextIOWrapper;
  makefile(mode: ReadBytes | WriteBytes | BothBytes, options: Unbuffered): SocketIO;
  makefile(mode: ReadBytes, options?: BinaryOptions): BufferedReader;
  makefile(mode: WriteBytes, options?: BinaryOptions): BufferedWriter;
  makefile(mode: BothBytes, options?: BinaryOptions): BufferedRWPair;
  makefile(mode?: string, options?: TextOptions): unknown {
    return makefile(this, () => this.openFile(), mode, options);
  }

  /**
   * Sends a file over a stream to its end, and returns how many bytes that were. A file with positions stands behind
   * the last of them afterwards, also where it throws. A timeout is for each wait.
   *
   * Linux: sendfile(2); where that cannot, by reading and sending. Python: `sendfile`.
   *
   * @param file - a descriptor, an object that has one, such as a `FileHandle`, or one with `read(size)`.
   * @param offset - where to start in the file, in bytes.
   * @param count - how many bytes at most; left out or `null`, all.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `ERR_INVALID_SOCKET_TYPE` for a socket that is not a stream or that
   *   does not block; `TypeError` `ERR_INVALID_ARG_TYPE`.
   * @throws as `sendall()` does.
   * @example
   * ```ts
   * import { closeSync, openSync } from 'node:fs';
   * import { socketpair } from 'fd-selectors/socket';
   * const [a, b] = socketpair();
   * const file = openSync('package.json', 'r');
   * assert.equal(a.sendfile(file, 0, 10), 10);
   * assert.equal(b.recv(100).length, 10);
   * closeSync(file);
   * a.close();
   * b.close();
   * ```
   */
  sendfile(file: FileObject | ReadableFile, offset = 0, count: number | null = null): number {
    return sendfile(this, file, offset, count);
  }
}
