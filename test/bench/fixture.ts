/** A run with chosen figures. */
import type { Measurement, Results } from '../../bench/results.js';
import { subjects } from '../../bench/subjects.js';

/** One subject on the chain with one active pair, on a quiet machine unless told otherwise. */
export function chained(
  subject: string,
  fds: number,
  ns: number,
  more: Partial<Measurement> = {},
): Measurement {
  return {
    trial: 'chain',
    workload: { activity: '100', fds, active: 100, writes: 1000 },
    subject,
    figures: { ns: { median: ns, min: ns, max: ns } },
    foreign: 0,
    slowdown: 1,
    distance: 1,
    ...more,
  };
}

/** A run that found these. */
export function resultsOf(measurements: readonly Measurement[]): Results {
  const names = new Set(measurements.map(({ subject }) => subject));
  return {
    machine: {
      date: '2026-01-02',
      kernel: 'Linux 6.1',
      cpu: 'A <fast> CPU',
      cores: 2,
      memory: '8 GiB',
      load: 0.1,
      node: '20.19.0',
      version: '1.2.3',
    },
    rounds: 3,
    serverRounds: 1,
    replaced: 0,
    interrupted: false,
    participants: subjects
      .filter(({ name }) => names.has(name))
      .map(({ name, label }) => ({ name, label, version: 'one' })),
    absent: [{ name: 'libev', why: 'libev is not installed' }],
    measurements,
  };
}
