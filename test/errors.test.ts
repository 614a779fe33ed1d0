/** Runs the tables of bad input in docs/errors.md, so that they stay true. */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as selectors from 'fd-selectors';
import { type BaseSelector, EVENT_WRITE } from 'fd-selectors';
import * as batch from 'fd-selectors/batch';
import { close } from 'fd-selectors/fds';
import * as select from 'fd-selectors/select';
import * as socket from 'fd-selectors/socket';
import ts from 'typescript';
import { describe, expect, it, onTestFinished } from 'vitest';
import { check } from '../src/errors.js';
import { native } from '../src/native.js';
import { classes } from './selectors/classes.js';
import { closing, pair } from './support/descriptors.js';

interface Row {
  readonly input: string;
  readonly call: string;
  readonly on: string;
  readonly class: string;
  readonly code: string;
}

const path = fileURLToPath(new URL('../docs/errors.md', import.meta.url));
const lines = readFileSync(path, 'utf8').split('\n');
/** The tables of bad input are those of five columns; heads and rules are no rows. */
const rows: Row[] = lines.flatMap((line) => {
  if (!line.startsWith('|')) return [];
  const cells = line.slice(1, -1).split(' | ');
  const [input, call, on, name, code] = cells.map((cell) => cell.replaceAll('`', '').trim());
  if (cells.length !== 5 || input === 'input' || /^-+$/.test(input ?? '')) return [];
  return [{ input, call, on, class: name, code } as Row];
});

/** The classes that a row names; one stands for all where it names none. */
function classesOf({ on }: Row): typeof classes {
  const named = classes.filter(([name]) => on === 'all' || on === name);
  if (on === 'EpollSelector') return [...named, ...classes.filter(([name]) => name === 'DefaultSelector')];
  return named.length > 0 ? named : classes.slice(-1);
}

const cases = rows.flatMap((row) =>
  classesOf(row).map(([name, Class]) => ({ title: `${name}: ${row.input}: ${row.call}`, row, Class })),
);

/**
 * The number of a closed descriptor that none opened meanwhile takes. It was open once: select(2) does
 * not look beyond the table of descriptors, which grows with the highest.
 */
const CLOSED = check(native.dup2(openSync(path, 'r'), 987), 'dup2');
check(native.close(CLOSED), 'close');

type Compiled = (names: object) => Promise<void>;

/** The function of each call: most run on several classes. */
const compiled = new Map<string, Compiled>();

function compile(call: string, names: readonly string[]): Compiled {
  const source = `export default async ({ ${names.join(', ')} }) => { ${call}; };`;
  const options = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS };
  const { outputText } = ts.transpileModule(source, { compilerOptions: options });
  const exported = {} as { default: Compiled };
  new Function('exports', outputText)(exported);
  compiled.set(call, exported.default);
  return exported.default;
}

async function run(call: string, sel: BaseSelector, live: socket.Socket): Promise<void> {
  const [a] = pair();
  const file = openSync(path, 'r');
  onTestFinished(() => closeSync(file));
  const scope = { ...socket, ...batch, ...select, ...selectors, sel, live, a, file, close, closed: CLOSED };
  await (compiled.get(call) ?? compile(call, Object.keys(scope)))(scope);
}

describe('docs/errors.md', () => {
  it.each(cases)('$title', async ({ row, Class }) => {
    const sel = closing(new Class());
    const [live] = pair();
    sel.register(live, EVENT_WRITE);
    const error = await run(row.call, sel, live).then(
      () => undefined,
      (thrown: Error & { code?: string }) => thrown,
    );
    expect(`${error?.constructor.name} ${error?.code}`, error?.stack).toBe(`${row.class} ${row.code}`);
    expect(error?.name).toBe(row.class);
    if (row.call.includes('sel.close()')) return;
    for (const { fileobj } of [...sel.getMap().values()]) if (fileobj !== live) sel.unregister(fileobj);
    expect(sel.select(0)).toEqual([[sel.getKey(live), EVENT_WRITE]]);
  });

  it('has the rows that the tests found', () => {
    const calls = lines.filter((line) => /^\|.*\| `\w*(Error)`\s*\| `[A-Z_]+`\s*\|$/.test(line));
    expect(rows).toHaveLength(calls.length);
    expect(rows.length).toBeGreaterThan(70);
  });
});
