/** The tables in docs/benchmarks.md, between two marks that this keeps. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Results } from './results.js';
import { toMarkdown } from './text.js';

const BEGIN = '<!-- results: begin, written by `npm run bench -- --markdown` -->';
const END = '<!-- results: end -->';

/** A text with the part between the marks replaced; a text without marks gets them at its end. */
export function replaceResults(text: string, results: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  const part = `${BEGIN}\n\n${results}\n\n${END}`;
  if (begin < 0 || end < begin) return `${text}${text === '' ? '' : '\n'}${part}\n`;
  return text.slice(0, begin) + part + text.slice(end + END.length);
}

/** Writes the results into a Markdown file. */
export function writeMarkdown(results: Results, file: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  writeFileSync(file, replaceResults(text, toMarkdown(results)));
}
