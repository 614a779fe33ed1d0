/** `makefile()`: a socket as a file of bytes or of text. */
import { checkInteger, checkOptions, typeError, valueError } from '../arguments.js';
import { ValueError } from '../errors.js';
import { type CodecErrors, encodingOf } from './io/codec.js';
import { BufferedRWPair } from './io/pair.js';
import { DEFAULT_BUFFER_SIZE, type RawSocket, SocketIO } from './io/raw.js';
import { BufferedReader } from './io/reader.js';
import { type Newline, TextIOWrapper } from './io/text.js';
import { BufferedWriter } from './io/writer.js';

/** How a file of bytes is buffered. */
export interface BinaryOptions {
  /** The buffer's size in bytes: 8192 if omitted or negative; 0 opens a {@link SocketIO}, which has no buffer. */
  readonly buffering?: number | undefined;
}

/** How a file of text is buffered and encoded. */
export interface TextOptions {
  /** The buffer's size in bytes: 8192 if omitted or negative. Text needs a buffer, so not 0. */
  readonly buffering?: number | undefined;
  /** `'utf-8'`, the default, `'ascii'`, `'latin-1'` or `'utf-16le'`. */
  readonly encoding?: string | undefined;
  /**
   * `'strict'`, the default, throws on data that the encoding cannot represent; `'replace'` substitutes U+FFFD (or
   * `?`).
   */
  readonly errors?: CodecErrors | undefined;
  /**
   * What ends a line. Omitted or `null`: any of `\n`, `\r` and `\r\n`, each read as `\n`; `''` keeps each as it is.
   * `'\n'`, `'\r'` or `'\r\n'`: only that; when writing, the last two replace each `\n` of the text.
   */
  readonly newline?: Newline | undefined;
}

// Modes. The letters may be in any order, as in Python.
/** The modes that open text for reading. */
export type ReadText = 'r' | '';
/** The mode that opens text for writing. */
export type WriteText = 'w';
/** The modes that open text for both. */
export type BothText = 'rw' | 'wr';
/** The modes that open bytes for reading. */
export type ReadBytes = 'rb' | 'br' | 'b';
/** The modes that open bytes for writing. */
export type WriteBytes = 'wb' | 'bw';
/** The modes that open bytes for both. */
export type BothBytes = 'rwb' | 'rbw' | 'wrb' | 'wbr' | 'brw' | 'bwr';

/** Unbuffered: each read and write is one call. */
export interface Unbuffered {
  /** A buffer of zero bytes. */
  readonly buffering: 0;
}

/** Every file object that `makefile()` makes. */
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

const NEWLINES = "null, '', '\\n', '\\r' or '\\r\\n'";

function textOptions(options: TextOptions): { errors: CodecErrors; newline: Newline } {
  const { errors = 'strict', newline = null } = options;
  if (errors !== 'strict' && errors !== 'replace') {
    throw valueError('ERR_INVALID_ERRORS', 'options.errors', "'strict' or 'replace'", errors);
  }
  if (newline !== null && !['', '\n', '\r', '\r\n'].includes(newline)) {
    throw valueError('ERR_INVALID_NEWLINE', 'options.newline', NEWLINES, newline);
  }
  return { errors, newline };
}

/**
 * Opens a file on a socket. `opened` records it before it is returned, and returns the function to call on close: a
 * rejected mode leaves nothing behind.
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
