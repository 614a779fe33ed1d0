/** `makefile()`: a socket as a file of bytes or of text. */
import { checkInteger, typeError, valueError } from '../arguments.js';
import { ValueError } from '../errors.js';
import { checkOptions } from '../options.js';
import { type CodecErrors, encodingOf } from './io/codec.js';
import { BufferedRWPair } from './io/pair.js';
import { DEFAULT_BUFFER_SIZE, type RawSocket, SocketIO } from './io/raw.js';
import { BufferedReader } from './io/reader.js';
import { type Newline, TextIOWrapper } from './io/text.js';
import { BufferedWriter } from './io/writer.js';

/** How a file of bytes is buffered. */
export interface BinaryOptions {
  /** Bytes of the buffer: 8192 if left out or negative; 0 is a {@link SocketIO}, which has none. */
  readonly buffering?: number | undefined;
}

/** How a file of text is buffered and encoded. */
export interface TextOptions {
  /** Bytes of the buffer: 8192 if left out or negative. Text needs one. */
  readonly buffering?: number | undefined;
  /** `'utf-8'` if left out; `'ascii'`, `'latin-1'`, `'utf-16le'`. */
  readonly encoding?: string | undefined;
  /** `'strict'`, the default, throws on what is not text; `'replace'` puts U+FFFD (or `?`) in its place. */
  readonly errors?: CodecErrors | undefined;
  /**
   * What ends a line. Left out or `null`, any of `\n`, `\r` and `\r\n`, each read as `\n`; `''` reads each as it is.
   * `'\n'`, `'\r'` or `'\r\n'`: nothing else, and the last two are written where the text has `\n`.
   */
  readonly newline?: Newline | undefined;
}

/** The modes, in which letters may stand in any order, as in Python. */
export type ReadText = 'r' | '';
export type WriteText = 'w';
export type BothText = 'rw' | 'wr';
export type ReadBytes = 'rb' | 'br' | 'b';
export type WriteBytes = 'wb' | 'bw';
export type BothBytes = 'rwb' | 'rbw' | 'wrb' | 'wbr' | 'brw' | 'bwr';

/** No buffer: each read and write is one call. */
export interface Unbuffered {
  readonly buffering: 0;
}

export type AnyFile = SocketIO | BufferedReader | BufferedWriter | BufferedRWPair | TextIOWrapper;

function modeError(mode: unknown): Error {
  const letters = 'of the letters r, w and b';
  return typeof mode === 'string'
    ? valueError('ERR_INVALID_MODE', 'mode', letters, mode)
    : typeError('mode', letters, mode);
}

function bufferSize(buffering: number | undefined): number {
  if (buffering === undefined || buffering === null) return DEFAULT_BUFFER_SIZE;
  checkInteger('options.buffering', buffering);
  return buffering < 0 ? DEFAULT_BUFFER_SIZE : buffering;
}

function textOptions(options: TextOptions): { errors: CodecErrors; newline: Newline } {
  const { errors = 'strict', newline = null } = options;
  if (errors !== 'strict' && errors !== 'replace') {
    throw valueError('ERR_INVALID_ERRORS', 'options.errors', "'strict' or 'replace'", errors);
  }
  if (newline !== null && !['', '\n', '\r', '\r\n'].includes(newline)) {
    throw valueError('ERR_INVALID_NEWLINE', 'options.newline', 'a newline', newline);
  }
  return { errors, newline };
}

/**
 * Opens a file on a socket. `opened` notes it before it is returned, and gives back what its end calls: a mode that is
 * refused leaves nothing behind.
 */
export function makefile(
  sock: RawSocket,
  opened: () => () => void,
  mode = 'r',
  options: TextOptions = {},
): AnyFile {
  if (typeof mode !== 'string' || !/^[rwb]*$/.test(mode)) throw modeError(mode);
  checkOptions(options, ['buffering', 'encoding', 'errors', 'newline']);
  const writing = mode.includes('w');
  const reading = mode.includes('r') || !writing;
  const binary = mode.includes('b');
  const size = bufferSize(options.buffering);
  if (size === 0 && !binary) {
    throw new ValueError('ERR_INVALID_BUFFERING', 'Unbuffered files must be binary: add b to the mode');
  }
  const encoding = encodingOf(options.encoding ?? 'utf-8');
  const { errors, newline } = textOptions(options);
  const raw = new SocketIO(sock, { reading, writing }, opened());
  if (size === 0) return raw;
  const buffer =
    reading && writing
      ? new BufferedRWPair(raw, size)
      : new (reading ? BufferedReader : BufferedWriter)(raw, size);
  return binary ? buffer : new TextIOWrapper(buffer, mode === '' ? 'r' : mode, encoding, errors, newline);
}
