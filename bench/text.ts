/** The tables as text: for the terminal, and as Markdown for docs/benchmarks.md. */
import { type Baseline, ratio, type Table, tablesOf } from './compare.js';
import { formatFigure, formatRatio } from './format.js';
import { goalRows } from './goals.js';
import { describeNoise, isNoisy } from './noise.js';
import type { Measurement, Results } from './results.js';
import { type FigureKind, trials } from './trials.js';

const BASELINES: readonly [Baseline, string][] = [
  ['c', 'to C'],
  ['plain', 'to plain C'],
  ['cpython', 'to CPython'],
];

function cellText(cell: Measurement | undefined, kind: FigureKind): string {
  const figure = cell?.figures[kind.name];
  if (cell === undefined) return '';
  if (figure === undefined) return cell.skipped?.startsWith('failed') ? 'failed' : '–';
  return `${isNoisy(cell) ? '~' : ''}${formatFigure(figure.median, kind.unit)}`;
}

/** Rows of text: the heads, then a row for each subject with its ratios. */
export function lines(results: Results, table: Table, kind: FigureKind): string[][] {
  const { columns, rows } = table;
  const last = columns.length - 1;
  const heads = BASELINES.map(([, title]) => (last > 0 ? `${title} at ${columns[last]}` : title));
  return [
    ['', ...columns.map(String), ...heads],
    ...rows.map(({ label, cells }) => [
      label,
      ...cells.map((cell) => cellText(cell, kind)),
      ...BASELINES.map(([baseline]) => {
        const cell = cells[last];
        return cell === undefined ? '' : formatRatio(ratio(results, cell, baseline, kind.name));
      }),
    ]),
  ];
}

/** What a table shows. */
export function tableTitle(table: Table, kind: FigureKind): string {
  const trial = trials[table.trial];
  const group = table.group === '' ? '' : `, ${table.group}`;
  return `${trial.name}${group}: ${kind.title} by ${trial.along}`;
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((text, column) =>
          column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function markdown(rows: readonly (readonly string[])[]): string {
  const [heads = [], ...rest] = rows;
  const rule = heads.map((_, column) => (column === 0 ? '---' : '---:'));
  return [heads, rule, ...rest].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function each(results: Results, show: (title: string, rows: string[][]) => string): string[] {
  return tablesOf(results).flatMap((table) =>
    trials[table.trial].figures.map((kind) => show(tableTitle(table, kind), lines(results, table, kind))),
  );
}

/** Where and when, and who was absent. */
export function preamble({
  machine,
  rounds,
  serverRounds,
  replaced,
  remark,
  interrupted,
  absent,
  measurements,
}: Results): string {
  const { date, kernel, cpu, cores, memory, load, node, version } = machine;
  return [
    `fd-selectors ${version}, Node ${node}, ${kernel}, ${cores} cores (${cpu}), ${memory}; ${date}, ${rounds} rounds (servers ${serverRounds}).`,
    `${describeNoise(measurements)} The load average was ${load.toFixed(2)} when it began.`,
    ...(replaced === 0
      ? []
      : [`${replaced} rounds were run a second time, the machine not being quiet at the first.`]),
    ...(remark === undefined ? [] : [remark]),
    ...(interrupted ? ['The run was interrupted: not all was measured.'] : []),
    ...absent.map(({ name, why }) => `Absent: ${name}: ${why}.`),
  ].join('\n');
}

function document(
  results: Results,
  draw: (rows: string[][]) => string,
  head: (text: string) => string,
): string {
  const goals = goalRows(results);
  return [
    preamble(results),
    ...each(results, (title, rows) => `${head(title)}\n${draw(rows)}`),
    ...(goals.length === 0 ? [] : [`${head('The goals')}\n${draw(goals)}`]),
  ].join('\n\n');
}

/** For the terminal: the goals come last, where one looks first. */
export function toText(results: Results): string {
  return document(results, align, (title) => title);
}

/** For docs/benchmarks.md. */
export function toMarkdown(results: Results): string {
  return document(results, markdown, (title) => `**${title}**\n`);
}
