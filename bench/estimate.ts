/** How long a run takes: what is known of its groups, and what is presumed of the others. */
import type { Group } from './case.js';
import type { Trial } from './trials/trial.js';

/** What a group has taken. */
interface Record {
  ms: number;
  rounds: number;
}

/** How many groups that took what was presumed stand against those that are known. */
const DOUBT = 4;

/** Learns from each round what the rest will take. */
export class Estimate {
  readonly #presumed: (group: Group) => number;
  readonly #records = new Map<Group, Record>();
  readonly #skipping = new Set<Group>();
  /** By trial, until another round is noted. */
  readonly #corrections = new Map<Trial, number>();

  constructor(presumed: (group: Group) => number) {
    this.#presumed = presumed;
  }

  /** Notes what a round took, and whether nobody in the group can do this workload. */
  note(group: Group, ms: number, skipped: boolean): void {
    const record = this.#records.get(group) ?? { ms: 0, rounds: 0 };
    this.#records.set(group, { ms: record.ms + ms, rounds: record.rounds + 1 });
    if (skipped) this.#skipping.add(group);
    this.#corrections.clear();
  }

  /** Milliseconds that another round of these groups takes. */
  costOf(groups: readonly Group[]): number {
    return groups.reduce((sum, group) => sum + this.#costOf(group), 0);
  }

  #costOf(group: Group): number {
    if (this.#skipping.has(group)) return 0;
    const record = this.#records.get(group);
    return record === undefined
      ? this.#presumed(group) * this.#correctionOf(group[0].trial)
      : record.ms / record.rounds;
  }

  #correctionOf(trial: Trial): number {
    const correction = this.#corrections.get(trial) ?? this.#correct(trial);
    this.#corrections.set(trial, correction);
    return correction;
  }

  /** What groups of the same trial, or else all, took in relation to what was presumed. */
  #correct(trial: Trial): number {
    const known = [...this.#records].filter(([group]) => !this.#skipping.has(group));
    const alike = known.filter(([group]) => group[0].trial === trial);
    const used = alike.length > 0 ? alike : known;
    const took = used.reduce((sum, [, { ms, rounds }]) => sum + ms / rounds, 0);
    const presumed = used.reduce((sum, [group]) => sum + this.#presumed(group), 0);
    // A few groups that were lucky or not say little about the others.
    const doubt = used.length === 0 ? 1 : (presumed / used.length) * DOUBT;
    return (took + doubt) / (presumed + doubt);
  }
}
