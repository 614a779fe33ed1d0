/** Ratios: a subject beside the same call in C and in CPython. */
import { areComparable } from './noise.js';
import type { Measurement, Results } from './results.js';
import { subjects } from './subjects.js';
import { groupOf, trials, type Workload } from './trials.js';

/** What stands in a row of a table, in the order of {@link subjects}. */
export interface Row {
  readonly subject: string;
  readonly label: string;
  readonly cells: readonly (Measurement | undefined)[];
}

/** One table: the subjects down, one parameter along. */
export interface Table {
  readonly trial: keyof typeof trials;
  readonly group: string;
  readonly columns: readonly (number | string)[];
  readonly rows: readonly Row[];
}

/** Who a subject is compared with. */
export type Baseline = 'c' | 'plain' | 'cpython';

/** The subject that a baseline names for the system call that another waits with. */
export function baselineOf(name: string, baseline: Baseline): string {
  if (name.endsWith('-models')) return `${baseline}-models`;
  const backend = subjects.find((subject) => subject.name === name)?.backend ?? 'epoll';
  if (baseline === 'cpython') return `cpython-${backend}`;
  return baseline === 'c' ? `c-${backend}` : `c-${backend}-plain`;
}

function sameWorkload(a: Workload, b: Workload): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * The ratio of a measurement to its baseline: undefined where there is none, null where the two ran
 * under different loads, so that a ratio would say nothing.
 */
export function ratio(
  results: Results,
  measurement: Measurement,
  baseline: Baseline,
  figure: string,
): number | null | undefined {
  const name = baselineOf(measurement.subject, baseline);
  const other = results.measurements.find(
    ({ trial, subject, workload }) =>
      trial === measurement.trial && subject === name && sameWorkload(workload, measurement.workload),
  );
  const ours = measurement.figures[figure]?.median;
  const theirs = other?.figures[figure]?.median;
  if (other === undefined || ours === undefined || theirs === undefined || theirs <= 0) return undefined;
  return areComparable(measurement, other) ? ours / theirs : null;
}

/** All tables of a run, in the order of the trials. */
export function tablesOf({ measurements, participants }: Results): Table[] {
  const tables = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    const key = `${measurement.trial} ${groupOf(trials[measurement.trial], measurement.workload)}`;
    tables.set(key, [...(tables.get(key) ?? []), measurement]);
  }
  return [...tables.values()].map((found) => {
    const { trial, workload } = found[0] as Measurement;
    const { along } = trials[trial];
    const columns = [...new Set(found.map((one) => one.workload[along] as number | string))];
    const rows = participants.flatMap(({ name, label }) => {
      const mine = found.filter(({ subject }) => subject === name);
      if (mine.length === 0) return [];
      return {
        subject: name,
        label,
        cells: columns.map((at) => mine.find((one) => one.workload[along] === at)),
      };
    });
    return { trial, group: groupOf(trials[trial], workload), columns, rows };
  });
}
