/** Tables of figures as rows of text: for the terminal, the page and docs/benchmarks.md. */
import { type Baseline, baselineOf, ratio, type Table } from './compare.js';
import { formatCount, formatFigure, formatRatio } from './format.js';
import { isNoisy } from './noise.js';
import type { Measurement, Results } from './results.js';
import { trials } from './trials/index.js';
import type { FigureKind } from './trials/trial.js';

/** Rows of text, the heads first. */
export type Rows = readonly (readonly string[])[];

const BASELINES: readonly [Baseline, string][] = [
  ['c', 'to C'],
  ['plain', 'to plain C'],
  ['cpython', 'to CPython'],
];

function cellText(one: Measurement | undefined, kind: FigureKind): string {
  if (one === undefined) return '';
  const figure = one.figures[kind.name];
  if (figure === undefined) return one.skipped?.startsWith('failed') ? 'failed' : '–';
  return `${isNoisy(one) ? '~' : ''}${formatFigure(figure.median, kind.unit)}`;
}

function headText(value: number | string): string {
  return typeof value === 'number' ? formatCount(value) : value;
}

/** The columns in which any row says something. */
function withoutEmpty(rows: Rows): string[][] {
  const [, ...body] = rows;
  const used = (column: number): boolean => column === 0 || body.some((row) => row[column] !== '');
  return rows.map((row) => row.filter((_, column) => used(column)));
}

/** The figures of a trial that a table has: not each of its workloads has all. */
export function figuresIn({ trial, rows }: Table): readonly FigureKind[] {
  const { figures } = trials[trial];
  const found = figures.filter(({ name }) =>
    rows.some(({ cells }) => cells.some((one) => one?.figures[name])),
  );
  return found.length === 0 ? figures : found;
}

/** The heads, then a row for each subject with its figures, each with a note behind it. */
export function figureRows(
  { columns, rows }: Table,
  kind: FigureKind,
  note: (one: Measurement) => string = () => '',
): string[][] {
  const textOf = (one: Measurement | undefined): string =>
    `${cellText(one, kind)}${one?.figures[kind.name] === undefined ? '' : note(one)}`;
  return withoutEmpty([
    ['', ...columns.map(headText)],
    ...rows.map(({ label, cells }) => [label, ...cells.map(textOf)]),
  ]);
}

/** The same with the ratios in the last column that a row has. */
export function rowsWithRatios(results: Results, table: Table, kind: FigureKind): string[][] {
  const last = table.columns.length - 1;
  const at = last > 0 ? ` at ${headText(table.columns[last] as number | string)}` : '';
  const ratios = table.rows.map(({ cells }) =>
    BASELINES.map(([baseline]) => {
      const one = cells[last];
      return one === undefined
        ? ''
        : formatRatio(ratio(results, one, baselineOf(one.subject, baseline), kind.name));
    }),
  );
  const heads = BASELINES.map(([, title]) => `${title}${at}`);
  const figures = figureRows(table, kind);
  return withoutEmpty(figures.map((row, i) => [...row, ...(i === 0 ? heads : (ratios[i - 1] ?? []))]));
}

/** What a table shows. */
export function tableTitle(table: Table, ...kinds: readonly FigureKind[]): string {
  const { name, along } = trials[table.trial];
  const group = table.group === '' ? '' : `, ${table.group}`;
  return `${name}${group}: ${kinds.map(({ title }) => title).join(' / ')} by ${along}`;
}
