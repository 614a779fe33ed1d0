/**
 * The programs of the course: every file of `demos/` and its folders whose first comment has an order.
 *
 * A program declares itself in that comment. Its first line is the summary, and its last is not for readers:
 * `Order: 42` is its place in the course; the tens are the chapter. How it is run, if not by itself, is in the
 * tables below.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** How a program is run: a server with clients that talk to it, a client with a server, any other by itself. */
export type Kind = 'server' | 'client' | 'alone';

/** One program. */
export interface Demo {
  /** Its path in `demos/`: `events/reactor`. */
  readonly name: string;
  readonly file: string;
  readonly order: number;
  readonly kind: Kind;
  readonly summary: string;
  /** What its first comment says below the summary. */
  readonly about: string;
}

const SERVERS: ReadonlySet<string> = new Set([
  '01-select-echo',
  '02-select-queues',
  '03-selectors-callback',
  '07-coroutine-echo',
  'chat',
  'events/proactor',
  'events/reactor',
  'http',
  'keyvalue',
  'servers/one-thread',
  'servers/process-per-request',
  'servers/process-pool',
  'servers/thread-per-core',
  'servers/worker-per-request',
  'servers/worker-pool',
]);

/** The clients, and the server to start for each. */
export const TALKS_TO: ReadonlyMap<string, string> = new Map([
  ['three-parts', '01-select-echo'],
  ['04-ten-thousand-clients', '03-selectors-callback'],
]);

/** By the tens of the order. */
const CHAPTERS = [
  '',
  'The five I/O models',
  'select() and selectors',
  'Server models',
  'Events and handlers',
  'Whole servers',
  'A page to look at',
  'Coroutines',
];

const folder = fileURLToPath(new URL('..', import.meta.url));

/** Reads a program; undefined for a file that is not one. */
function read(file: string): Demo | undefined {
  const comment =
    /^(?:#!.*\n)?\/\*\*\n(.*?)\n \*\//s.exec(readFileSync(`${folder}${file}`, 'utf8'))?.[1] ?? '';
  const lines = comment.split('\n').map((line) => line.slice(' * '.length));
  const order = /^Order: (\d+)$/.exec(lines.at(-1) ?? '')?.[1];
  if (order === undefined) return undefined;
  const [summary = '', ...about] = lines.slice(0, -1);
  const name = file.replace(/\.js$/, '');
  return {
    name,
    file: `${folder}${file}`,
    order: Number(order),
    kind: SERVERS.has(name) ? 'server' : TALKS_TO.has(name) ? 'client' : 'alone',
    summary,
    about: about.join('\n').trim(),
  };
}

/** All programs, in reading order. */
export const demos: readonly Demo[] = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.js') && !file.startsWith('support/'))
  .map(read)
  .filter((demo) => demo !== undefined)
  .sort((a, b) => a.order - b.order || (a.name < b.name ? -1 : 1));

/** The name without its folder. */
function base({ name }: Demo): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** A name, and what it may be shortened to: its folder and its number left out. */
function namesOf(demo: Demo): string[] {
  return [demo.name, base(demo), base(demo).replace(/^\d+-/, '')];
}

/** The programs that `name` may mean: one of its names, a number, or how a name begins. */
export function find(name: string): readonly Demo[] {
  const wanted = /^\d+$/.test(name) ? `${name.padStart(2, '0')}-` : name;
  for (const same of [
    (one: string) => one === wanted,
    (one: string) => wanted !== '' && one.startsWith(wanted),
  ]) {
    const found = demos.filter((demo) => namesOf(demo).some(same));
    if (found.length > 0) return found;
  }
  return [];
}

/** The programs by chapter, as a table of two columns. */
export function list(): string {
  const width = Math.max(...demos.map((demo) => demo.name.length));
  const lines: string[] = [];
  let chapter = -1;
  for (const { name, order, summary } of demos) {
    if (Math.floor(order / 10) !== chapter) {
      chapter = Math.floor(order / 10);
      lines.push(`${lines.length > 0 ? '\n' : ''}${CHAPTERS[chapter] ?? `Chapter ${chapter}`}`);
    }
    lines.push(`  ${name.padEnd(width)}  ${summary}`);
  }
  return lines.join('\n');
}

/** What else belongs to a program, by its name or that of its folder: what tours it, what compares it. */
export function companion(demo: Demo, kind: 'tours' | 'compare'): string | undefined {
  const files = [base(demo), demo.name.split('/')[0]].map((name) => `${folder}support/${kind}/${name}.js`);
  return files.find((file) => existsSync(file));
}
