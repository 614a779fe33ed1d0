import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';
import { differences, translated } from './differences.js';
import { generate } from './generate.js';
import { interpret, type Target } from './interpret.js';

const SEEDS = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89];
const OPERATIONS = 400;
const SELECTORS: Target[] = ['Select', 'Poll', 'Epoll'];
const TARGETS: Target[] = [...SELECTORS, 'select', 'poll', 'epoll'];

interface Script {
  readonly name: string;
  readonly target: Target;
  readonly lines: string[];
  /** By line, the name of the difference that it shows. */
  readonly shows: (string | undefined)[];
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

function handwritten(file: string): Script[] {
  const module = basename(file, '.txt');
  const targets = module === 'selectors' ? SELECTORS : [module as Target];
  const sections = readFileSync(here(`scripts/${file}`), 'utf8')
    .split(/^== /m)
    .slice(1);
  return sections.flatMap((section) => {
    const [name, ...rest] = section.trim().split('\n') as [string, ...string[]];
    const lines = rest.map((line) => line.split(' !') as [string, string?]);
    return targets.map((target) => ({
      name: `${target}: ${name}`,
      target,
      lines: lines.map(([line]) => line),
      shows: lines.map(([, shown]) => shown),
    }));
  });
}

function generated(seed: number, target: Target): Script {
  return { name: `${target}: seed ${seed}`, target, lines: generate(seed, target, OPERATIONS), shows: [] };
}

/** The logs of CPython, or null where there is none. */
function cpython(scripts: readonly Script[]): string[][] | null {
  const { status, stdout, stderr, error } = spawnSync('python3', ['-B', here('interpret.py')], {
    input: JSON.stringify(scripts),
    encoding: 'utf8',
    timeout: LIMIT,
    maxBuffer: 1 << 27,
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return null;
  if (status !== 0) throw new Error(`python3 failed: ${stderr}`, { cause: error });
  return JSON.parse(stdout) as string[][];
}

/** A log to read: the number of each line, the operation, and what it printed. */
function told({ lines }: Script, log: readonly string[]): string[] {
  return log.map((result, i) => `${i + 1}. ${lines[i]} -> ${result}`);
}

function shownHere({ shows, target }: Script, line: number): boolean {
  const name = shows[line];
  if (name === undefined) return false;
  const difference = differences[name];
  if (difference === undefined) throw new Error(`no difference is called ${name}`);
  return difference.targets?.includes(target) ?? true;
}

function compare(script: Script, theirs: readonly string[], ours: readonly string[]): void {
  const expected = theirs.map(translated);
  for (const [line, result] of ours.entries()) {
    if (!shownHere(script, line)) continue;
    expect(result, `${script.lines[line]} shows ${script.shows[line]}`).not.toBe(theirs[line]);
    expected[line] = result;
  }
  expect(told(script, ours)).toEqual(told(script, expected));
}

const files = readdirSync(here('scripts'));
const scripts = [
  ...files.flatMap(handwritten),
  ...TARGETS.flatMap((target) => SEEDS.map((seed) => generated(seed, target))),
];
const logs = cpython(scripts);
const word = logs === null ? ' (skipped: no python3 on this machine)' : '';

describe.skipIf(logs === null)(`parity with CPython${word}`, () => {
  it.each(scripts.map((script, i) => ({ ...script, i })))('$name', (script) => {
    compare(script, logs?.[script.i] as string[], interpret(script.target, script.lines));
  });

  it('every difference is shown by a line of a script', () => {
    const shown = new Set(scripts.flatMap(({ shows }) => shows.filter((name) => name !== undefined)));
    expect([...shown].sort()).toEqual(Object.keys(differences).sort());
  });
});
