/** Python's `io.TextIOWrapper` on a socket. */
import { checkString } from '../../arguments.js';
import { ValueError } from '../../errors.js';
import { type CodecErrors, type Decode, decoderOf, type Encoding, encodeText } from './codec.js';
import { readLines } from './lines.js';
import type { BufferedRWPair } from './pair.js';
import { checkSize } from './raw.js';
import type { BufferedReader } from './reader.js';
import type { BufferedWriter } from './writer.js';

/** What ends a line, as Python's argument `newline`: see {@link TextOptions.newline}. */
export type Newline = null | '' | '\n' | '\r' | '\r\n';

/** Where the first `count` characters of a text end, or -1 where it has fewer. */
function endOf(text: string, count: number): number {
  if (text.length < count) return -1;
  let end = 0;
  for (let i = 0; i < count; i++) {
    if (end >= text.length) return -1;
    end += (text.codePointAt(end) as number) > 0xffff ? 2 : 1;
  }
  return end;
}

function charactersOf(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

/**
 * A socket as a file of text, made by `makefile()` in the modes `'r'`, `'w'` and `'rw'`.
 *
 * Sizes count characters (code points). It reads ahead, as {@link BufferedReader} does; what you write waits
 * for `flush()` or `close()`, as in {@link BufferedWriter}.
 *
 * Python: `io.TextIOWrapper`.
 */
export class TextIOWrapper implements Disposable {
  /** What the file was opened for: `'r'`, `'w'` or `'rw'`. */
  readonly mode: string;
  /** The file of bytes below. */
  readonly buffer: BufferedReader | BufferedWriter | BufferedRWPair;
  /** `'utf8'`, `'ascii'`, `'latin1'` or `'utf16le'`. */
  readonly encoding: Encoding;
  /** What to do with invalid data. */
  readonly errors: CodecErrors;
  readonly #newline: Newline;
  readonly #decode: Decode;
  /** Text that was decoded but not read yet. */
  #text = '';
  /** A trailing carriage return that may be followed by a newline. */
  #heldReturn = '';

  /** @internal */
  constructor(
    buffer: BufferedReader | BufferedWriter | BufferedRWPair,
    mode: string,
    encoding: Encoding,
    errors: CodecErrors,
    newline: Newline,
  ) {
    this.buffer = buffer;
    this.mode = mode;
    this.encoding = encoding;
    this.errors = errors;
    this.#newline = newline;
    this.#decode = decoderOf(encoding, errors);
  }

  /** The descriptor, -1 once the file is closed. */
  get name(): number {
    return this.buffer.name;
  }

  /** Whether the file was closed. */
  get closed(): boolean {
    return this.buffer.closed;
  }

  /** The descriptor of the socket. @throws {@link ValueError} `ERR_CLOSED`. */
  fileno(): number {
    return this.buffer.fileno();
  }

  /** Whether the file was opened for reading. @throws {@link ValueError} `ERR_CLOSED`. */
  readable(): boolean {
    return this.buffer.readable();
  }

  /** Whether the file was opened for writing. @throws {@link ValueError} `ERR_CLOSED`. */
  writable(): boolean {
    return this.buffer.writable();
  }

  /** False: a socket has no positions. @throws {@link ValueError} `ERR_CLOSED`. */
  seekable(): boolean {
    return this.buffer.seekable();
  }

  /**
   * Reads exactly `size` characters, fewer only at the end of the stream; without a size, all until the end.
   *
   * @throws {@link TimeoutError} `ETIMEDOUT`, and {@link OSError} `ETIMEDOUT` on every read after it.
   * @throws {@link ValueError} `ERR_CLOSED`, `ERR_INVALID_LENGTH`; `ERR_ENCODING_INVALID_ENCODED_DATA` for bytes that
   *   are not text; `ERR_UNSUPPORTED_OPERATION` unless the file was opened for reading.
   */
  read(size = -1): string {
    checkSize(size);
    const source = this.#source();
    for (;;) {
      const end = size < 0 ? -1 : endOf(this.#text, size);
      if (end >= 0) return this.#cut(end);
      if (this.#fill(source) === null) return this.#cut(this.#text.length);
    }
  }

  /**
   * Reads one line with its newline: the last one may have none, and the end of the stream is empty.
   *
   * @param limit - the maximum number of characters; -1 means no limit. Without one, a peer can fill the memory.
   * @throws as {@link TextIOWrapper.read} does.
   */
  readline(limit = -1): string {
    checkSize(limit);
    const source = this.#source();
    // Only what is new is searched, after the character before it: only half of a two-character newline may have arrived.
    let piece = this.#text;
    let start = 0;
    for (;;) {
      const found = this.#lineEnd(piece);
      const line = found < 0 ? -1 : start + found;
      const most = limit < 0 ? -1 : endOf(this.#text, limit);
      if (line >= 0 && (most < 0 || line <= most)) return this.#cut(line);
      if (most >= 0) return this.#cut(most);
      const last = piece.slice(-1);
      start = this.#text.length - last.length;
      const more = this.#fill(source);
      if (more === null) return this.#cut(this.#text.length);
      piece = last + more;
    }
  }

  /** Where the first line in a text ends, or -1. */
  #lineEnd(text: string): number {
    if (this.#newline === '') {
      const match = /\r\n?|\n/g;
      return match.test(text) ? match.lastIndex : -1;
    }
    const newline = this.#newline ?? '\n';
    const at = text.indexOf(newline);
    return at < 0 ? -1 : at + newline.length;
  }

  #cut(end: number): string {
    const text = this.#text.slice(0, end);
    this.#text = this.#text.slice(end);
    return text;
  }

  /** Decodes what one call on the socket returns, and returns the text that it adds; null at the end of the stream. */
  #fill(source: BufferedReader | BufferedRWPair): string | null {
    const bytes = source.read1();
    const end = bytes.length === 0;
    const decoded = this.#decode(bytes, end);
    const text = this.#newline ? decoded : this.#universal(decoded, end);
    this.#text += text;
    return end ? null : text;
  }

  /** Holds back a return that may be half of a newline; where newlines are translated, makes each one `\n`. */
  #universal(decoded: string, end: boolean): string {
    let text = this.#heldReturn + decoded;
    this.#heldReturn = '';
    if (!end && text.endsWith('\r')) {
      this.#heldReturn = '\r';
      text = text.slice(0, -1);
    }
    return this.#newline === '' ? text : text.replace(/\r\n?/g, '\n');
  }

  /** Reads lines until the end of the stream, or until they have `hint` characters or more. */
  readlines(hint = -1): string[] {
    return readLines(this, hint);
  }

  /** The lines, until the end of the stream. */
  *[Symbol.iterator](): Generator<string, void, void> {
    for (let line = this.readline(); line !== ''; line = this.readline()) yield line;
  }

  /**
   * Writes all of the text, and returns how many characters it has.
   *
   * @throws as `send()` does, where the buffer is full.
   * @throws {@link ValueError} `ERR_CLOSED`; `ERR_INVALID_CHAR` for a character that the encoding does not have;
   *   `ERR_UNSUPPORTED_OPERATION` unless the file was opened for writing.
   */
  write(text: string): number {
    const target = this.#target();
    checkString('text', text);
    const newline = this.#newline;
    const lines = newline === '\r' || newline === '\r\n' ? text.replaceAll('\n', newline) : text;
    target.write(encodeText(lines, this.encoding, this.errors));
    return charactersOf(text);
  }

  /** Writes each of the pieces. */
  writelines(lines: Iterable<string>): void {
    for (const line of lines) this.write(line);
  }

  /** Sends the buffered data. @throws as `send()` does; {@link ValueError} `ERR_CLOSED`. */
  flush(): void {
    if (this.writable()) this.#target().flush();
  }

  /**
   * Flushes and closes the file; closing it again does nothing. The socket is closed if its own `close()` was called.
   *
   * @throws as `send()` does; the file is closed anyway.
   */
  close(): void {
    this.buffer.close();
  }

  /** As `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #source(): BufferedReader | BufferedRWPair {
    const { buffer } = this;
    if (buffer.readable() && 'read1' in buffer) return buffer;
    throw new ValueError('ERR_UNSUPPORTED_OPERATION', 'The file is not open for reading');
  }

  #target(): BufferedWriter | BufferedRWPair {
    const { buffer } = this;
    if (buffer.writable() && 'write' in buffer) return buffer;
    throw new ValueError('ERR_UNSUPPORTED_OPERATION', 'The file is not open for writing');
  }
}

/** A {@link TextIOWrapper} that reads. */
export type TextReader = Omit<TextIOWrapper, 'write' | 'writelines'>;
/** A {@link TextIOWrapper} that writes. */
export type TextWriter = Omit<TextIOWrapper, 'read' | 'readline' | 'readlines' | typeof Symbol.iterator>;
