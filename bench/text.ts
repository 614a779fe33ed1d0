/** The results as short text for a terminal of 80 columns. */
import { tablesOf } from './compare.js';
import { clock } from './progress.js';
import type { Absent, Results } from './results.js';
import { summaryOf } from './summary.js';
import { figureRows, figuresIn, type Rows, tableTitle } from './tables.js';
import { trials } from './trials/index.js';

function align(rows: Rows): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const pad = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join(' ').trimEnd()).join('\n');
}

/** Text in lines of at most `width`, all but the first indented. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string;
    if (line !== '' && line.length + 1 + word.length > width) lines.push(indent + word);
    else lines[lines.length - 1] = line.trim() === '' ? line + word : `${line} ${word}`;
  }
  return lines.join('\n');
}

const COLUMNS = 80;
const TOPIC = 13;

/** Where and how it was recorded. */
export function recordingText({ machine, recording }: Results): string {
  const { kernel, cpu, cores, memory, load, node, version } = machine;
  const { date, commit, modified, rounds, partial, seconds, interrupted } = recording;
  const at = commit === undefined ? '' : ` at ${commit}${modified ? ' with changes' : ''}`;
  const counts = ['part of a round', 'one round'];
  const count = counts[rounds] ?? `${rounds} rounds`;
  return [
    `fd-selectors ${version}${at}, Node ${node}, ${kernel}, ${cores} cores (${cpu}), ${memory}.`,
    `${date}, ${count}${partial ? ' and part of another' : ''} in ${clock(seconds)} minutes, load average ${load.toFixed(2)} at the start.`,
    ...(interrupted ? ['Interrupted: not everything was measured.'] : []),
  ].join(' ');
}

/** Who took part and has no figures at all, with the first reason: a ring where io_uring is forbidden. */
function withoutFigures({ participants, measurements }: Results): Absent[] {
  return participants.flatMap(({ name }) => {
    const mine = measurements.filter(({ subject }) => subject === name);
    const why = mine.every(({ skipped }) => skipped !== undefined) ? mine[0]?.skipped : undefined;
    return why === undefined ? [] : [{ name, why }];
  });
}

/** Who could not take part, by reason, in one line; empty if everyone could. */
export function absentText(results: Results): string {
  const names = new Map<string, string[]>();
  for (const { name, why } of [...results.absent, ...withoutFigures(results)]) {
    names.set(why, [...(names.get(why) ?? []), name]);
  }
  const texts = [...names].map(([why, those]) => `${those.join(', ')} (${why})`);
  return texts.length === 0 ? '' : `Absent: ${texts.join('; ')}.`;
}

function summaryLines(results: Results): string {
  const lines = summaryOf(results).map(([topic, text]) =>
    wrap(`${topic.padEnd(TOPIC - 1)} ${text}`, COLUMNS - 1, ' '.repeat(TOPIC)),
  );
  return lines.join('\n');
}

/** The summary, then the tables of the main figures; the rest is on the page. */
export function toText(results: Results): string {
  const tables = tablesOf(results).flatMap((table) => {
    const { brief } = trials[table.trial];
    return figuresIn(table)
      .slice(0, brief)
      .map((kind) => `${tableTitle(table, kind)}\n${align(figureRows(table, kind))}`);
  });
  return [
    summaryLines(results),
    ...tables,
    ...[recordingText(results), absentText(results)]
      .filter((text) => text !== '')
      .map((text) => wrap(text, COLUMNS - 1)),
  ].join('\n\n');
}
