/**
 * The list of demos: every file next to `run.js` whose name begins with two digits.
 *
 * The first line of its first comment is its summary.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** How a demo is run: a server with clients that talk to it, a client with a server to talk to, others alone. */
export type Kind = 'server' | 'client' | 'alone';

/** The demos that are not run alone. Importing a demo runs it, so its kind is said here. */
const kinds: Readonly<Record<string, Kind>> = {
  '01-select-echo': 'server',
  '02-select-queues': 'server',
  '03-selectors-callback': 'server',
  '04-ten-thousand-clients': 'client',
};

/** One demo. */
export interface Demo {
  readonly name: string;
  readonly kind: Kind;
  readonly file: string;
  readonly summary: string;
  /** What its first comment says below the summary. */
  readonly about: string;
}

const folder = fileURLToPath(new URL('..', import.meta.url));

function read(name: string): Demo {
  const file = `${folder}${name}.js`;
  const comment = /^\/\*\*\n(.*?)\n \*\//s.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  const [summary = '', ...about] = comment.split('\n').map((line) => line.slice(' * '.length));
  return { name, kind: kinds[name] ?? 'alone', file, summary, about: about.join('\n').trim() };
}

/** All demos, in reading order. */
export const demos: readonly Demo[] = readdirSync(folder)
  .filter((file) => /^\d\d-.*\.js$/.test(file))
  .sort()
  .map((file) => read(file.replace(/\.js$/, '')));

/** The demos that `name` may mean: a full name, a number, or the start of a name, with or without its number. */
export function find(name: string): readonly Demo[] {
  const number = /^\d+$/.test(name) ? `${name.padStart(2, '0')}-` : name;
  const named = demos.filter((demo) => [demo.name, demo.name.slice(3)].includes(name));
  if (named.length > 0) return named;
  return demos.filter((demo) => demo.name.startsWith(number) || demo.name.slice(3).startsWith(name));
}

/** The demos as a table of two columns. */
export function list(): string {
  const width = Math.max(...demos.map((demo) => demo.name.length));
  return demos.map((demo) => `${demo.name.padEnd(width)}  ${demo.summary}`).join('\n');
}
