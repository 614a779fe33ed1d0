/** What a run of the benchmark found: what `--json` writes, and all that the report is made of. */
import { readFileSync } from 'node:fs';
import { UsageError } from './errors.js';
import type { Figure } from './stats.js';
import { type TrialName, trials } from './trials/index.js';
import type { Workload } from './trials/trial.js';

/** How quiet the machine was, in relation to itself at its best. */
export interface Noise {
  /** Cores in use by other programs, on average. */
  readonly foreign: number;
  /** How much slower than at its best the machine was: 1 is as fast. */
  readonly slowdown: number;
}

/** One subject on one workload, and the conditions: the median of each over the rounds. */
export interface Measurement extends Noise {
  readonly trial: TrialName;
  readonly workload: Workload;
  readonly subject: string;
  /** By name: `ns`, `bytes`, `requests`, ... Empty where the subject could not do it. */
  readonly figures: Readonly<Record<string, Figure>>;
  /** Why there are no figures. */
  readonly skipped?: string;
}

/** A subject that took part. */
export interface Participant {
  readonly name: string;
  readonly label: string;
  readonly version: string;
}

/** A subject that could not take part, and why. */
export interface Absent {
  readonly name: string;
  readonly why: string;
}

/** Where it ran. */
export interface Machine {
  readonly kernel: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  /** The load average of a minute when the run began. */
  readonly load: number;
  readonly node: string;
  readonly version: string;
}

/** How the results were recorded: one run of one command at one commit. */
export interface Recording {
  readonly command: string;
  readonly date: string;
  /** Undefined outside of a checkout. */
  readonly commit?: string;
  /** Whether the checkout differed from the commit. */
  readonly modified?: boolean;
  /** How long it took. */
  readonly seconds: number;
  /** Rounds over everything but servers, which take turns within the first. */
  readonly rounds: number;
  /** Whether the first cases have one round more, because no more fitted into the time. */
  readonly partial: boolean;
  /** Whether the run was ended before it had measured everything. */
  readonly interrupted: boolean;
}

/** Raised when the shape of the file changes. */
export const FORMAT = 2;

export interface Results {
  readonly format: typeof FORMAT;
  readonly recording: Recording;
  readonly machine: Machine;
  readonly participants: readonly Participant[];
  readonly absent: readonly Absent[];
  readonly measurements: readonly Measurement[];
}

/** The text of a results file: a line for each measurement, so that two files can be compared. */
export function serialize({ measurements, ...head }: Results): string {
  const start = JSON.stringify(head, null, 1).replace(/\n\}$/, '');
  const lines = measurements.map((one) => `  ${JSON.stringify(one)}`);
  return `${start},\n "measurements": [\n${lines.join(',\n')}\n ]\n}\n`;
}

/**
 * Reads what `--json` wrote.
 *
 * @throws {@link UsageError} for any other file.
 */
export function readResults(file: string): Results {
  let results: Results;
  try {
    results = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`Cannot read results from ${file}: ${(error as Error).message}`);
  }
  const known = (trial: string): boolean => Object.hasOwn(trials, trial);
  if (results?.format === FORMAT && results.measurements.every(({ trial }) => known(trial))) return results;
  throw new UsageError(`${file} does not hold results of this version's --json`);
}
