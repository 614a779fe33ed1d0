/** Encodes and decodes text strictly, as Python does: invalid data is an error. */
import { show, valueError } from '../../arguments.js';
import { ValueError } from '../../errors.js';

/** The encodings of text files, each with several names; case, dashes, underscores and spaces are ignored. */
const ENCODINGS: Readonly<Record<string, Encoding>> = {
  utf8: 'utf8',
  u8: 'utf8',
  ascii: 'ascii',
  usascii: 'ascii',
  latin1: 'latin1',
  iso88591: 'latin1',
  l1: 'latin1',
  utf16le: 'utf16le',
  ucs2: 'utf16le',
};

/** The encodings of text files. */
export type Encoding = 'utf8' | 'ascii' | 'latin1' | 'utf16le';
/** What to do with invalid data: throw an error, or substitute a replacement character. */
export type CodecErrors = 'strict' | 'replace';

/** @throws {@link ValueError} `ERR_UNKNOWN_ENCODING`. */
export function encodingOf(name: string): Encoding {
  const encoding = ENCODINGS[String(name).toLowerCase().replace(/[-_ ]/g, '')];
  if (encoding !== undefined) return encoding;
  throw valueError('ERR_UNKNOWN_ENCODING', 'options.encoding', 'utf-8, ascii, latin-1 or utf-16le', name);
}

function undecodable(encoding: Encoding): ValueError {
  return new ValueError(
    'ERR_ENCODING_INVALID_ENCODED_DATA',
    `The data is not valid in the encoding ${encoding}`,
  );
}

/** Decodes piece by piece; a character may be split across pieces. */
export type Decode = (bytes: Uint8Array, end: boolean) => string;

function decodeAscii(errors: CodecErrors): Decode {
  return (bytes) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what these are part of.
    const foreign = /[^\x00-\x7f]/g;
    if (errors === 'replace') return text.replace(foreign, '\ufffd');
    if (foreign.test(text)) throw undecodable('ascii');
    return text;
  };
}

/** A decoder of an encoding, for one stream. */
export function decoderOf(encoding: Encoding, errors: CodecErrors): Decode {
  if (encoding === 'ascii') return decodeAscii(errors);
  if (encoding === 'latin1') {
    return (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  }
  const label = encoding === 'utf8' ? 'utf-8' : 'utf-16le';
  const decoder = new TextDecoder(label, { fatal: errors === 'strict', ignoreBOM: true });
  return (bytes, end) => {
    try {
      return decoder.decode(bytes, { stream: !end });
    } catch {
      throw undecodable(encoding);
    }
  };
}

/** Matches characters that an encoding cannot represent. */
const FOREIGN: Readonly<Record<Encoding, RegExp>> = {
  utf8: /\p{Surrogate}/gu,
  utf16le: /\p{Surrogate}/gu,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what these are part of.
  ascii: /[^\x00-\x7f]/gu,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Latin-1 is what these are part of.
  latin1: /[^\x00-\xff]/gu,
};

/**
 * The bytes of a text.
 *
 * @throws {@link ValueError} `ERR_INVALID_CHAR` for a character that the encoding cannot represent.
 */
export function encodeText(text: string, encoding: Encoding, errors: CodecErrors): Buffer {
  const foreign = FOREIGN[encoding];
  if (text.search(foreign) < 0) return Buffer.from(text, encoding);
  if (errors === 'replace') return Buffer.from(text.replace(foreign, '?'), encoding);
  throw new ValueError('ERR_INVALID_CHAR', `${show(text)} has a character that ${encoding} cannot encode`);
}
