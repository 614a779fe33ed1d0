/** makefile() against CPython's: the same operations on the same bytes give the same. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SHUT_WR, socketpair } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';

type Op = readonly (string | number)[];

interface Case {
  readonly title: string;
  readonly mode: string;
  readonly ops: readonly Op[];
  readonly buffering?: number;
  readonly encoding?: string;
  readonly errors?: string;
  readonly newline?: string;
  readonly timeout?: number;
}

const LINES = 'one\ntwo\r\nthree\rfour';
const feed = (text: string): Op[] => [['feed', text], ['end']];
const reading: readonly Op[] = [
  ['readline'],
  ['read', 2],
  ['readline', 3],
  ['lines'],
  ['read'],
  ['readline'],
];

/** Every way of reading, on lines of all kinds, with buffers of all sizes. */
const readers = ['rb', 'r'].flatMap((mode) =>
  [undefined, 1, 2, 3, 5, 4096].flatMap((buffering) =>
    (mode === 'r' ? [undefined, '', '\n', '\r', '\r\n'] : [undefined]).map(
      (newline): Case => ({
        title: `reads ${mode} with a buffer of ${buffering} and the newline ${JSON.stringify(newline)}`,
        mode,
        ...(buffering === undefined ? {} : { buffering }),
        ...(newline === undefined ? {} : { newline }),
        ops: [...feed(LINES), ...reading],
      }),
    ),
  ),
);

const cases: Case[] = [
  ...readers,
  {
    title: 'reads without a buffer',
    mode: 'rb',
    buffering: 0,
    ops: [
      ...feed(LINES),
      ['read', 2],
      ['readline'],
      ['readline', 2],
      ['into', 'readinto', 3],
      ['readlines'],
      ['read'],
    ],
  },
  {
    title: 'reads into buffers',
    mode: 'rb',
    buffering: 4,
    ops: [
      ...feed('0123456789'),
      ['into', 'readinto', 3],
      ['into', 'readinto1', 9],
      ['into', 'readinto', 9],
      ['into', 'readinto', 1],
    ],
  },
  {
    title: 'reads what there is',
    mode: 'rb',
    buffering: 8,
    ops: [
      ['feed', 'abcdefghij'],
      ['read1', 3],
      ['read1', 100],
      ['feed', 'klm'],
      ['peek'],
      ['read1', 2],
      ['read1'],
      ['end'],
      ['read1'],
      ['peek'],
    ],
  },
  {
    title: 'stops at a hint',
    mode: 'rb',
    ops: [...feed('a\nb\nc\nd\n'), ['readlines', 3], ['readlines', 0]],
  },
  {
    title: 'counts characters',
    mode: 'r',
    ops: [...feed('\xc3\xa4\xf0\x9f\x98\x80\xe2\x82\xac!'), ['read', 2], ['read', 1], ['read']],
  },
  {
    title: 'cuts characters by the buffer',
    mode: 'r',
    buffering: 1,
    ops: [...feed('\xc3\xa4\xe2\x82\xac\n\xc3\xa4'), ['readline'], ['read']],
  },
  { title: 'refuses what is not text', mode: 'r', ops: [...feed('a\xffb'), ['read']] },
  { title: 'refuses half a character at the end', mode: 'r', ops: [...feed('a\xe2\x82'), ['read']] },
  { title: 'replaces what is not text', mode: 'r', errors: 'replace', ops: [...feed('a\xffb'), ['read']] },
  { title: 'reads ASCII', mode: 'r', encoding: 'ascii', ops: [...feed('abc'), ['read']] },
  { title: 'refuses what is not ASCII', mode: 'r', encoding: 'ascii', ops: [...feed('a\xe4'), ['read']] },
  { title: 'reads Latin-1', mode: 'r', encoding: 'latin-1', ops: [...feed('a\x80\x9f\xe4\xff'), ['read']] },
  {
    title: 'keeps a mark of the byte order',
    mode: 'r',
    encoding: 'utf-8',
    ops: [...feed('\xef\xbb\xbfa'), ['read']],
  },
  { title: 'reads UTF-16', mode: 'r', encoding: 'utf-16-le', ops: [...feed('a\0\n\0\xac\x20'), ['lines']] },
  {
    title: 'writes bytes at a flush',
    mode: 'wb',
    ops: [['write', 'abc'], ['sent'], ['flush'], ['sent'], ['write', 'def'], ['close'], ['sent']],
  },
  {
    title: 'writes when the buffer is full',
    mode: 'wb',
    buffering: 4,
    ops: [
      ['write', 'abc'],
      ['sent'],
      ['write', 'de'],
      ['sent'],
      ['write', 'fghijklmno'],
      ['flush'],
      ['sent'],
      ['write', ''],
      ['sent'],
    ],
  },
  {
    title: 'writes without a buffer',
    mode: 'wb',
    buffering: 0,
    ops: [['write', 'abc'], ['sent'], ['flush'], ['readable'], ['writable']],
  },
  {
    title: 'writes text',
    mode: 'w',
    ops: [['write', 'ä€\n'], ['flush'], ['sent'], ['write', 'b'], ['close'], ['sent']],
  },
  { title: 'writes newlines', mode: 'w', newline: '\r\n', ops: [['write', 'a\nb\r\n'], ['flush'], ['sent']] },
  {
    title: 'writes newlines as they are',
    mode: 'w',
    newline: '',
    ops: [['write', 'a\nb\r\n'], ['flush'], ['sent']],
  },
  {
    title: 'refuses to write what the encoding does not have',
    mode: 'w',
    encoding: 'ascii',
    ops: [['write', 'ä'], ['flush'], ['sent']],
  },
  {
    title: 'replaces what the encoding does not have',
    mode: 'w',
    encoding: 'latin-1',
    errors: 'replace',
    ops: [['write', 'ä€'], ['flush'], ['sent']],
  },
  {
    title: 'does both',
    mode: 'rwb',
    ops: [
      ['write', 'question'],
      ['sent'],
      ['flush'],
      ['sent'],
      ...feed('answer\n'),
      ['readline'],
      ['readable'],
      ['writable'],
      ['close'],
      ['attribute', 'closed'],
    ],
  },
  {
    title: 'does both in text',
    mode: 'rw',
    ops: [['write', 'question'], ['flush'], ['sent'], ...feed('answer\n'), ['readline']],
  },
  {
    title: 'refuses what it was not opened for',
    mode: 'rb',
    buffering: 0,
    ops: [['write', 'x'], ['writable'], ['seekable']],
  },
  {
    title: 'refuses to read what it writes',
    mode: 'wb',
    buffering: 0,
    ops: [['read', 1], ['into', 'readinto', 1], ['readable']],
  },
  {
    title: 'does not read text that it writes',
    mode: 'w',
    ops: [['read'], ['readline'], ['readable'], ['writable']],
  },
  {
    title: 'does not write text that it reads',
    mode: 'r',
    ops: [['write', 'x'], ['readable'], ['writable']],
  },
  {
    title: 'refuses a closed file',
    mode: 'rb',
    ops: [['close'], ['close'], ['read'], ['readline'], ['fileno'], ['readable']],
  },
  {
    title: 'refuses a closed writer',
    mode: 'wb',
    ops: [['close'], ['close'], ['write', 'x'], ['flush'], ['writable']],
  },
  { title: 'refuses a closed text', mode: 'w', ops: [['close'], ['write', 'x'], ['fileno']] },
  {
    title: 'refuses a closed raw file',
    mode: 'rb',
    buffering: 0,
    ops: [['attribute', 'mode'], ['close'], ['attribute', 'closed'], ['attribute', 'name'], ['read', 1]],
  },
  {
    title: 'keeps the socket open',
    mode: 'rb',
    ops: [['feed', 'x\n'], ['sock.close'], ['sock.fileno'], ['readline'], ['close'], ['sock.fileno']],
  },
  {
    title: 'closes without the socket',
    mode: 'rb',
    ops: [['close'], ['sock.fileno'], ['sock.close'], ['sock.fileno']],
  },
  { title: 'refuses text without a buffer', mode: 'r', buffering: 0, ops: [] },
  { title: 'refuses a mode', mode: 'a', ops: [] },
  { title: 'refuses an encoding', mode: 'r', encoding: 'nonesuch', ops: [] },
  { title: 'takes an empty mode for r', mode: '', ops: [...feed('x'), ['read']] },
  { title: 'names its mode', mode: 'br', ops: [['attribute', 'mode']] },
  {
    title: 'is dead after a timeout',
    mode: 'rb',
    timeout: 0.01,
    ops: [['read', 3], ...feed('abc'), ['read', 3], ['readline']],
  },
  {
    title: 'is dead without a buffer, too',
    mode: 'rb',
    buffering: 0,
    timeout: 0.01,
    ops: [['read', 3], ...feed('abc'), ['read', 3]],
  },
  {
    title: 'is dead in text, too',
    mode: 'r',
    timeout: 0.01,
    ops: [['readline'], ...feed('abc\n'), ['readline']],
  },
  {
    title: 'writes after a timeout',
    mode: 'rwb',
    timeout: 0.01,
    ops: [['read', 3], ['write', 'x'], ['flush'], ['sent']],
  },
  {
    title: 'does not block',
    mode: 'rb',
    timeout: 0,
    ops: [
      ['read', 3],
      ['read'],
      ['into', 'readinto', 3],
      ['readline'],
      ['feed', 'ab'],
      ['read', 3],
      ['feed', 'c'],
      ['readline'],
      ['end'],
      ['read', 3],
    ],
  },
  {
    title: 'does not block without a buffer',
    mode: 'rb',
    buffering: 0,
    timeout: 0,
    ops: [
      ['read', 3],
      ['read'],
      ['into', 'readinto', 3],
      ['feed', 'ab'],
      ['read'],
      ['read'],
      ['end'],
      ['read'],
      ['read', 1],
    ],
  },
];

function shown(value: unknown): unknown {
  if (value instanceof Uint8Array) return ['bytes', Buffer.from(value).toString('latin1')];
  if (Array.isArray(value)) return value.map(shown);
  return value === undefined ? null : value;
}

/** What both call the same. */
function codeOf(error: unknown): string {
  const { name, code, message } = error as Error & { code: string };
  if (name === 'OSError' && message === 'cannot read from timed out object') return 'OSError';
  const own = [
    'ERR_ENCODING_INVALID_ENCODED_DATA',
    'ERR_INVALID_CHAR',
    'ERR_UNSUPPORTED_OPERATION',
    'ERR_UNKNOWN_ENCODING',
  ];
  return name === 'ValueError' && !own.includes(code) ? 'ValueError' : code;
}

type AnyFile = Record<string, (...args: unknown[]) => unknown> & Iterable<unknown>;

function run({ mode, ops, title: _, timeout, ...options }: Case): unknown[] {
  const [near, far] = socketpair();
  near.settimeout(timeout ?? 5);
  far.settimeout(5);
  let file: AnyFile;
  const own: Record<string, (...args: never[]) => unknown> = {
    feed: (text: string) => far.sendall(Buffer.from(text, 'latin1')),
    end: () => far.shutdown(SHUT_WR),
    sent: () => far.tryRecv(65536) ?? Buffer.alloc(0),
    lines: () => [...file],
    into: (name: string, size: number) => {
      const buffer = Buffer.alloc(size);
      const count = file[name]?.(buffer) as number | null;
      return [count, buffer.subarray(0, count ?? 0)];
    },
    write: (text: string) => file['write']?.(mode.includes('b') ? Buffer.from(text, 'latin1') : text),
    attribute: (name: string) => file[name],
    'sock.close': () => near.close(),
    'sock.fileno': () => near.fileno() >= 0,
  };
  try {
    // The reader of the mode is not known to the types: that is what the cases are for.
    file = near.makefile(mode as 'r', options as object) as unknown as AnyFile;
    return ops.map(([name = '', ...args]) => {
      try {
        const call = own[name as string] as ((...args: unknown[]) => unknown) | undefined;
        return shown(call === undefined ? file[name]?.(...args) : call(...args));
      } catch (error) {
        return codeOf(error);
      }
    });
  } catch (error) {
    return [codeOf(error)];
  } finally {
    near.close();
    far.close();
  }
}

const script = fileURLToPath(new URL('makefile.py', import.meta.url));
const python = spawnSync('python3', [script], {
  input: JSON.stringify(cases),
  encoding: 'utf8',
  timeout: LIMIT,
});

describe.skipIf(python.error !== undefined)('makefile() in CPython and here', () => {
  it('ran there', () => {
    expect(python.stderr).toBe('');
  });

  const expected: unknown[][] = python.stdout ? JSON.parse(python.stdout) : [];
  it.each(cases.map((one, i) => ({ title: one.title, one, i })))('$title', ({ one, i }) => {
    expect(run(one)).toEqual(expected[i]);
  });
});
