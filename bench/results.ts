/** The shape of what a run of the benchmark found: what `--json` writes and the report reads. */
import type { Noise } from './noise.js';
import type { Figure } from './stats.js';
import type { TrialName, Workload } from './trials.js';

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

/** Where and when it ran. */
export interface Machine {
  readonly date: string;
  readonly kernel: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  /** The load average of a minute when the run began. */
  readonly load: number;
  readonly node: string;
  readonly version: string;
}

export interface Results {
  readonly machine: Machine;
  readonly rounds: number;
  /** Those of the trials that have a server. */
  readonly serverRounds: number;
  /** Rounds in the place of which a second try stands, the machine not being quiet at the first. */
  readonly replaced: number;
  /** What else a reader must know of how it was recorded; put in by hand. */
  readonly remark?: string;
  /** Whether the run was ended before it had measured all. */
  readonly interrupted: boolean;
  readonly participants: readonly Participant[];
  readonly absent: readonly Absent[];
  readonly measurements: readonly Measurement[];
}
