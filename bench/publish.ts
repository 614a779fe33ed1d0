/**
 * Makes what the repository shows of the committed results: the charts, and the tables in docs/benchmarks.md.
 * Run it after a recording: `node dist/bench/publish.js`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { baselineOf, ratio, type Table, tablesOf } from './compare.js';
import { UsageError } from './errors.js';
import { formatRatio } from './format.js';
import { CHART_STYLE, chart, WIDE } from './page/chart.js';
import { chartsOf } from './page/charts.js';
import { type Measurement, type Results, readResults } from './results.js';
import { noiseText } from './summary.js';
import { figureRows, type Rows, tableTitle } from './tables.js';
import { absentText, recordingText } from './text.js';
import { ROOT } from './tools.js';
import { HEADLINE, trials } from './trials/index.js';
import type { FigureKind } from './trials/trial.js';

const REPORT = join(ROOT, 'bench/report');
export const RESULTS = join(REPORT, 'results.json');
export const DOCUMENT = join(ROOT, 'docs/benchmarks.md');
/** The charts that README.md and docs/ show. */
const CHARTS = ['chain', 'idle', 'echo'];

const BEGIN = '<!-- results: begin, written by bench/publish.ts -->';
const END = '<!-- results: end -->';

function markdown(rows: Rows): string {
  const [heads = [], ...rest] = rows;
  const rule = heads.map((_, column) => (column === 0 ? '---' : '---:'));
  return [heads, rule, ...rest].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Tables of the same shape as one, with the figures of each in its cells. */
function joined([first = [], ...others]: readonly Rows[]): Rows {
  return first.map((row, y) =>
    row.map((text, x) => {
      const more = y === 0 || x === 0 ? [] : others.map((rows) => rows[y]?.[x] ?? '');
      return [...new Set([text, ...more])].join(' / ');
    }),
  );
}

const RATIOS =
  "In brackets: the server's CPU time as a ratio to that of the loop on epoll in C, the median of the same turns.";

/** Where servers took turns, the ratio to C: ` (1.02)`. */
function ratioNote(results: Results, one: Measurement, { name }: FigureKind): string {
  if (one.figures[name]?.turns === undefined) return '';
  const found = ratio(results, one, baselineOf(one.subject, 'c'), name);
  return typeof found === 'number' ? ` (${formatRatio(found).slice(1)})` : '';
}

function block(results: Results, table: Table): string {
  const { figures, brief } = trials[table.trial];
  const kinds = figures.slice(0, brief);
  const rows = kinds.map((kind, i) =>
    figureRows(table, kind, (one) => (i === 0 ? ratioNote(results, one, kind) : '')),
  );
  return `**${tableTitle(table, ...kinds)}**\n\n${markdown(joined(rows))}`;
}

/** The tables of the headline, and how they were recorded. */
export function summaryTables(results: Results): string {
  const tables = tablesOf(results);
  const blocks = HEADLINE.flatMap((name) => {
    const found = tables.filter(({ trial }) => trial === name);
    if (found.length === 0) throw new UsageError(`The results have no ${name}, which the documents show`);
    const own = found.map((table) => block(results, table));
    return trials[name].server === true ? [RATIOS, ...own] : own;
  });
  const notes = [recordingText(results), noiseText(results), absentText(results)].filter(
    (text) => text !== '',
  );
  return [notes.join('\n'), `Recorded with \`${results.recording.command}\`.`, ...blocks].join('\n\n');
}

/** A text with the part between the marks replaced. */
export function replaceResults(text: string, part: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin)
    throw new UsageError('docs/benchmarks.md has lost the marks around its results');
  return `${text.slice(0, begin)}${BEGIN}\n\n${part}\n\n${text.slice(end)}`;
}

/** The charts of the repository, as pairs of a file and its text. */
export function publishedCharts(results: Results): [file: string, text: string][] {
  const found = chartsOf(results);
  return CHARTS.map((name) => {
    const spec = found.find((one) => one.name === name);
    if (spec === undefined)
      throw new UsageError(`The results have no chart ${name}, which the documents show`);
    return [join(REPORT, `${name}.svg`), `${chart(spec, WIDE, CHART_STYLE)}\n`];
  });
}

/** Refuses what nobody could record again: a part of a run, or a state that is not a commit. */
export function checkRecording({ recording: { interrupted, commit, modified } }: Results): void {
  if (interrupted) throw new UsageError('The run was interrupted. Record again');
  if (commit === undefined || modified) {
    throw new UsageError('The run was not of a commit. Commit everything, build, record again');
  }
}

function main(): void {
  const results = readResults(RESULTS);
  checkRecording(results);
  const document = replaceResults(readFileSync(DOCUMENT, 'utf8'), summaryTables(results));
  for (const [file, text] of [...publishedCharts(results), [DOCUMENT, document] as const]) {
    writeFileSync(file, text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
