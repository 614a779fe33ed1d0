/** The grammar of Redis's protocol (RESP2). Bytes are characters up to U+00FF, one for each. */
import type { Inbox } from './inbox.js';

/** Bytes of an argument, of a line without an end, and arguments of a command. */
const LARGEST_BULK = 128 * 1024 * 1024;
const LONGEST_LINE = 64 * 1024;
const MOST_ARGUMENTS = 1024 * 1024;

const CR = 0x0d;
const STAR = 0x2a;
const DOLLAR = 0x24;

/** What is not of the protocol: the connection ends with it. */
export class ProtocolError extends Error {}

/** Takes commands from an inbox; the beginning of one is not read twice, however slowly it arrives. */
export class CommandReader {
  readonly #inbox: Inbox;
  #arguments: string[] = [];
  /** Arguments that are missing. */
  #missing = 0;
  /** Bytes of the argument that comes next; negative if that is not known. */
  #length = -1;

  constructor(inbox: Inbox) {
    this.#inbox = inbox;
  }

  /**
   * The next command, its name and its arguments; undefined when it has not arrived whole.
   *
   * @throws ProtocolError
   */
  next(): readonly string[] | undefined {
    const inbox = this.#inbox;
    while (this.#missing === 0) {
      if (inbox.length === 0) return undefined;
      if (inbox.bytes[inbox.start] !== STAR) {
        const words = this.#inline();
        if (words?.length === 0) continue; // An empty line.
        return words;
      }
      const count = this.#header('mbulk count', MOST_ARGUMENTS);
      if (count === undefined) return undefined;
      if (Number.isNaN(count)) throw new ProtocolError('invalid multibulk length');
      this.#arguments = [];
      this.#missing = Math.max(0, count);
    }
    return this.#takeArguments() ? this.#arguments : undefined;
  }

  #takeArguments(): boolean {
    const inbox = this.#inbox;
    for (; this.#missing > 0; this.#missing--) {
      if (this.#length < 0 && !this.#takeLength()) return false;
      if (inbox.length < this.#length + 2) return false;
      const end = inbox.start + this.#length;
      this.#arguments.push(inbox.bytes.toString('latin1', inbox.start, end));
      inbox.start = end + 2;
      this.#length = -1;
    }
    return true;
  }

  #takeLength(): boolean {
    const { bytes, start, length } = this.#inbox;
    if (length === 0) return false;
    const first = bytes[start] as number;
    if (first !== DOLLAR) throw new ProtocolError(`expected '$', got '${String.fromCharCode(first)}'`);
    const number = this.#header('bulk count', LARGEST_BULK);
    if (number === undefined) return false;
    if (!(number >= 0)) throw new ProtocolError('invalid bulk length');
    this.#length = number;
    return true;
  }

  /** Takes a line such as `$12`, and returns its number; NaN if it is not a number, or is larger than `most`. */
  #header(what: string, most: number): number | undefined {
    const { bytes, start, end } = this.#inbox;
    let at = start + 1;
    let number = 0;
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - 0x30;
      if (!(digit >= 0 && digit <= 9)) break;
      number = number * 10 + digit;
    }
    const stop = at < end ? bytes.indexOf(CR, at) : -1;
    if (stop < 0 || stop + 2 > end) {
      if (end - start > LONGEST_LINE) throw new ProtocolError(`too big ${what} string`);
      return undefined;
    }
    this.#inbox.start = stop + 2;
    if (stop === at && at > start + 1) return number <= most ? number : Number.NaN;
    return /^-[1-9]\d{0,17}$/.test(bytes.toString('latin1', start + 1, stop)) ? -1 : Number.NaN;
  }

  /** Takes a line as a person types it. */
  #inline(): string[] | undefined {
    const { bytes, start, end } = this.#inbox;
    const stop = bytes.indexOf('\n', start, 'latin1');
    if (stop < 0 || stop >= end) {
      if (end - start > LONGEST_LINE) throw new ProtocolError('too big inline request');
      return undefined;
    }
    this.#inbox.start = stop + 1;
    return split(bytes.toString('latin1', start, stop));
  }
}

const WORD = /(?:[^\s"']|"(?:[^"\\]|\\.)*"(?=\s|$)|'(?:[^'\\]|\\.)*'(?=\s|$))+/gy;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

/** The words of a line; those with blanks are in quotes. */
function split(line: string): string[] {
  const words: string[] = [];
  const text = line.trim();
  for (let at = 0; at < text.length; at += /\s*/y.exec(text.slice(at))?.[0].length ?? 0) {
    WORD.lastIndex = at;
    const [word] = WORD.exec(text) ?? [];
    if (word === undefined) throw new ProtocolError('unbalanced quotes in request');
    words.push(word.replace(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/g, unquote));
    at += word.length;
  }
  return words;
}

function unquote(_: string, double: string | undefined, single: string | undefined): string {
  if (double === undefined) return String(single).replaceAll("\\'", "'");
  return double.replace(/\\(?:x([0-9a-f]{2})|(.))/gi, (_all, hex: string | undefined, letter: string) =>
    hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** What is answered: a text of the protocol, or several. */
export type Reply = string | readonly Reply[];

export const OK = '+OK\r\n';
export const NIL = '$-1\r\n';

/** A text of any bytes, or nothing. */
export function bulk(text: string | undefined): string {
  return text === undefined ? NIL : `$${text.length}\r\n${text}\r\n`;
}

export function integer(number: number | bigint): string {
  return `:${number}\r\n`;
}

export function array(replies: readonly Reply[]): Reply {
  return [`*${replies.length}\r\n`, ...replies];
}

export function failure(message: string): string {
  return `-${message.replace(/[\r\n]/g, ' ')}\r\n`;
}
