/** Ratios: a subject beside the same call in C and in CPython. */
import { areComparable } from './noise.js';
import type { Measurement, Results } from './results.js';
import { ratioOf } from './stats.js';
import { subjects } from './subjects.js';
import { type TrialName, trials } from './trials/index.js';
import type { Workload } from './trials/trial.js';

/** What stands in a row of a table, in the order of {@link subjects}. */
export interface Row {
  readonly subject: string;
  readonly label: string;
  readonly cells: readonly (Measurement | undefined)[];
}

/** One table: the subjects down, one parameter along. */
export interface Table {
  readonly trial: TrialName;
  readonly group: string;
  readonly columns: readonly (number | string)[];
  readonly rows: readonly Row[];
}

/** Who a subject is compared with. */
export type Baseline = 'c' | 'plain' | 'cpython';

/** The subject that a baseline names for another: the same call to wait, the same calls to read. */
export function baselineOf(name: string, baseline: Baseline): string {
  if (name.endsWith('-models')) return `${baseline}-models`;
  const backend = subjects.find((subject) => subject.name === name)?.backend ?? 'epoll';
  if (baseline === 'cpython') return `cpython-${backend}`;
  if (baseline === 'plain') return `c-${backend}-plain`;
  return `c-${backend}`;
}

/** Whether a workload has these parameters, among others. */
function matches(workload: Workload, wanted: Workload): boolean {
  return Object.entries(wanted).every(([key, value]) => workload[key] === value);
}

/** One subject on the first workload with these parameters. */
export function find(
  { measurements }: Results,
  trial: TrialName,
  workload: Workload,
  subject: string,
): Measurement | undefined {
  return measurements.find(
    (one) => one.trial === trial && one.subject === subject && matches(one.workload, workload),
  );
}

/**
 * The ratio of a measurement to another subject's of the same workload: undefined where one of them is missing,
 * null where the two ran under different conditions, so that a ratio would say nothing.
 */
export function ratio(
  results: Results,
  one: Measurement,
  against: string,
  figure: string,
): number | null | undefined {
  const other = find(results, one.trial, one.workload, against);
  const [ours, theirs] = [one.figures[figure], other?.figures[figure]];
  if (other === undefined || ours === undefined || !theirs?.median) return undefined;
  return areComparable(one, other) ? ratioOf(ours, theirs) : null;
}

/** All tables of a run, in the order of the trials. */
export function tablesOf({ measurements, participants }: Results): Table[] {
  const tables = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    const key = `${measurement.trial} ${trials[measurement.trial].group(measurement.workload)}`;
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
    return { trial, group: trials[trial].group(workload), columns, rows };
  });
}
