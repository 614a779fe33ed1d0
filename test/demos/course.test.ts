/** The course: in both languages, what a page says that a program prints is what it prints. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';
import { built } from './fixture.js';

const read = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
const english = read('demos/README.md');
const chinese = read('demos/README.zh-CN.md');

/** Their transcripts have nothing that differs between two runs. */
const EXACT = new Set(['events/clicks', 'level-and-edge']);

/** Runs a demo to its end; rejects if its exit code is not 0. */
const demo = (words: string) =>
  promisify(execFile)(process.execPath, [built('cli.js'), 'demo', ...words.split(' ')], { timeout: LIMIT });

/** Each command of a page, and the transcript below it. */
function transcripts(page: string): [words: string, text: string][] {
  const blocks = page.matchAll(/^```sh\nnpm run demo -- ([^\n]+)\n```\n\n```text\n(.*?)\n```$/gms);
  return [...blocks].map(([, words = '', text = '']) => [words, text]);
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
  const about = lines.filter((line) => line !== '' && !/^(Order|Talks to): /.test(line));
  const end = `${about.at(-1)}\n\n`;
  expect(stdout).toContain(end);
  return stdout.slice(stdout.indexOf(end) + end.length).trim();
}

/** Leaves out what differs from run to run: numbers, the shapes of bars, and notes that only slow machines get. */
function normalize(text: string): string {
  return text
    .replace(/\|[░▒█■~ ]+\|/g, '|bar|')
    .replace(/, read \d+ ms later/g, '')
    .replace(/\d+(\.\d+)?/g, '0')
    .replace(/ +/g, ' ')
    .replace(/ $/gm, '');
}

describe('the course', () => {
  // At the same time, because most of the programs mostly wait.
  it.concurrent.each(transcripts(english))('prints what the page says: %s', async (words, text) => {
    const { stdout, stderr } = await demo(words);
    expect(stderr).toBe('');
    const same = EXACT.has(words) ? (one: string) => one : normalize;
    const printed = same(body(words, stdout));
    const forbidden = words === 'models/compare' && !stdout.includes('io_uring_enter');
    const wanted = same(text);
    if (forbidden) expect(printed.split('\n')[0]).toBe(wanted.split('\n')[0]);
    else expect(printed).toBe(wanted);
  });

  it('has the same transcripts and pictures in both languages', () => {
    expect(transcripts(english).length).toBeGreaterThan(8);
    expect(transcripts(chinese)).toEqual(transcripts(english));
    const pictures = (page: string) => [...page.matchAll(/\]\(([^)]+\.svg)\)/g)].map(([, file]) => file);
    expect(pictures(chinese)).toEqual(pictures(english));
    expect(sections(chinese)).toHaveLength(sections(english).length);
  });

  it.each([
    ['English', english],
    ['Chinese', chinese],
  ])('has in every %s section a picture, a transcript and three questions', (_language, page) => {
    for (const section of sections(page).filter((one) => one.includes('```text'))) {
      expect(section).toMatch(/!\[.+\]\(\.\.\/docs\/course\/[\w-]+\.svg\)/);
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
