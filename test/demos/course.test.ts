/** The course: what its pages say that a program prints is what it prints, for every program. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';
import { built } from './fixture.js';
import { names } from './programs.js';

const read = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
const english = read('demos/README.md');
const chinese = read('demos/README.zh-CN.md');
const others = read('demos/transcripts.md');

/** Their transcripts have nothing that differs between two runs. */
const EXACT = new Set(['events/clicks', 'level-and-edge']);

/** What else differs from run to run, in one program. */
const VARIES: Readonly<Record<string, RegExp>> = {
  // The kernel chooses the thread for each connection.
  'servers/thread-per-core': /one and the same thread|\d+ different threads or processes/,
  'servers/compare': /(?<= \d+), \d+ clients? without an answer/g,
  // One line for each tenth of the way, if it was seen.
  '04-ten-thousand-clients': /^(connected|message) [^\n]*\n(?=\1)/gm,
  // Where the kernel or a container forbids io_uring, it says why.
  'events/proactor': /, by (io_uring|readiness, because .*)/,
  http: /"[\da-z]+-[\da-z]+"|fd-selectors-http-\w+/g,
};

/** Runs a demo to its end; rejects if its exit code is not 0. */
const demo = (words: string) =>
  promisify(execFile)(process.execPath, [built('cli.js'), 'demo', ...words.split(' ')], { timeout: LIMIT });

/** Each command of a page, and the transcript below it. */
function transcripts(page: string): [words: string, text: string][] {
  const blocks = page.matchAll(/^```sh\nnpm run demo -- ([^\n]+)\n```\n\n```text\n(.*?)\n```$/gms);
  return [...blocks].map(([, words = '', text = '']) => [words, text]);
}

/** A picture without its words, the language they are in, and the fonts for that. */
function shapes(svg: string): string {
  return svg
    .replace(/(<(title|desc|text)\b[^>]*>)[^<]*/g, '$1')
    .replace(' xml:lang="zh-CN"', '')
    .replace(/(?<=font: )[^;]*/g, '');
}

/** The sections of a page, without what precedes the first. */
function sections(page: string): string[] {
  return page.split(/^## /m).slice(1);
}

/** What a program prints below its first comment, which the page leaves out. */
function body(words: string, stdout: string): string {
  const [name = ''] = words.split(' ');
  const comment = /^\/\*\*\n(.*?)\n \*\//s.exec(read(`dist/demos/${name}.js`))?.[1] ?? '';
  const lines = comment.split('\n').map((line) => line.slice(' * '.length));
  const about = lines.filter((line) => line !== '' && !/^Order: /.test(line));
  const end = `${about.at(-1)}\n\n`;
  expect(stdout).toContain(end);
  return stdout.slice(stdout.indexOf(end) + end.length).trim();
}

/** Whether a program that needs io_uring, or a machine with some time left, has said that it did without. */
function isPartial(words: string, stdout: string): boolean {
  if (words.startsWith('servers/compare')) return stdout.includes(': not measured');
  return ['models/compare', 'models/asynchronous'].includes(words) && !stdout.includes('io_uring_enter');
}

/** Leaves out what differs from run to run: numbers, the shapes of bars, and notes that only slow machines get. */
function normalize(text: string): string {
  return text
    .replace(/\|[░▒█■~ ]+\|/g, '|bar|')
    .replace(/ [█▏]+(?= \d)/g, ' bar')
    .replace(/, read \d+ ms later/g, '')
    .replace(/\d+(,\d{3})*(\.\d+)?/g, '0')
    .replace(/ +/g, ' ')
    .replace(/ - /g, ' 0 ')
    .replace(/ $/gm, '');
}

describe('the course', () => {
  // At the same time, because most of the programs mostly wait.
  it.concurrent.each([...transcripts(english), ...transcripts(others)])(
    'prints what the page says: %s',
    async (words, text) => {
      const { stdout, stderr } = await demo(words);
      expect(stderr).toBe('');
      if (isPartial(words, stdout)) return;
      const [name = ''] = words.split(' ');
      const varies = (one: string) => one.replace(VARIES[name] ?? '', '');
      const same = EXACT.has(words) ? (one: string) => one : (one: string) => normalize(varies(one));
      expect(same(body(words, stdout))).toBe(same(text));
    },
  );

  it('has one transcript of every program', () => {
    const shown = [...transcripts(english), ...transcripts(others)].map(([words]) => words.split(' ')[0]);
    expect(shown.toSorted()).toEqual(names.toSorted());
  });

  it('has the same transcripts in both languages, and pictures of the same shapes', () => {
    expect(transcripts(english).length).toBeGreaterThan(8);
    expect(transcripts(chinese)).toEqual(transcripts(english));
    const pictures = (page: string) =>
      [...page.matchAll(/\]\(\.\.\/(docs\/course\/[^)]+\.svg)\)/g)].map(([, file]) => String(file));
    const translated = pictures(english).map((file) => file.replace(/\.svg$/, '.zh-CN.svg'));
    expect(pictures(chinese)).toEqual(translated);
    for (const [i, file] of pictures(english).entries()) {
      expect(shapes(read(translated[i] ?? ''))).toBe(shapes(read(file)));
      for (const [, text] of read(translated[i] ?? '').matchAll(/<(?:title|desc) [^>]*>([^<]*)/g)) {
        expect(text).toMatch(/\p{Script=Han}/u);
      }
    }
    expect(sections(chinese)).toHaveLength(sections(english).length);
  });

  it.each([
    ['English', english],
    ['Chinese', chinese],
  ])('has in every %s section a picture, a transcript and three questions', (_language, page) => {
    for (const section of sections(page).filter((one) => one.includes('```text'))) {
      expect(section).toMatch(/!\[.+\]\(\.\.\/docs\/course\/[\w.-]+\.svg\)/);
      expect(section.match(/<details>/g)).toHaveLength(3);
      expect(section.match(/<\/details>/g)).toHaveLength(3);
    }
  });
});

describe('a transcript', () => {
  it('may differ in numbers and bars, and in nothing else', () => {
    expect(normalize('client 1 |░░█ | sent at 5 ms, read 99 ms later')).toBe(
      normalize('client 0 |░░░░█| sent at 21 ms'),
    );
    expect(normalize('recvfrom 4')).not.toBe(normalize('pselect6 4'));
  });
});
