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

/** The socket's methods that involve files. */
// biome-ignore lint/suspicious/noExplicitAny: as in SocketBase.
export abstract class FileSocket<A extends Address = any> extends MessageSocket<A> {
  abstract recvInto(buffer: Bytes, nbytes?: number, flags?: number): number;
  abstract send(data: Bytes, flags?: number, nbytes?: number): number;
  abstract sendall(data: Bytes, flags?: number, nbytes?: number): void;

  /**
   * Opens the socket as a file: of text or, with `b` in the mode, of bytes. Each open file keeps the
   * descriptor open, even after the socket's `close()`; closing the last file then closes it.
   *
   * Use it on a blocking socket, with or without a timeout. After a timeout the file can no longer be read.
   *
   * Python: `makefile`. There, garbage collection flushes and closes a file; here, close it yourself.
   *
   * @param mode - letters from r (the default), w and b: `'rb'`, `'w'`, `'rwb'`, ...
   * @param options - `buffering`, the buffer's size in bytes: 8192 by default, 0 for none, which needs a `b`; for text,
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
   * Sends a file over a stream, to its end, and returns the number of bytes sent. A seekable file is left positioned
   * after the last of them, even on an error. A timeout applies to each wait.
   *
   * Linux: sendfile(2), or reading and sending where that is not possible. Python: `sendfile`.
   *
   * @param file - a descriptor, an object that has one, such as a `FileHandle`, or an object with `read(size)`.
   * @param offset - where to start in the file, in bytes.
   * @param count - the maximum number of bytes; all if omitted or `null`.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `ERR_INVALID_SOCKET_TYPE` unless the socket is a stream and is
   *   blocking; `TypeError` `ERR_INVALID_ARG_TYPE`.
   * @throws as `sendall()` does.
   * @example
   * ```ts
   * import { closeSync, openSync } from 'node:fs';
   * import { socketpair } from 'fd-selectors/socket';
   * const [a, b] = socketpair();
   * const file = openSync('/etc/passwd', 'r');
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
