/** How long a run takes: what is known of its cases, and what is presumed of the others. */
import type { Case } from './case.js';
import type { Trial } from './trials/trial.js';

/** What a case has taken. */
interface Record {
  ms: number;
  rounds: number;
}

/** The share of the rounds' time that second tries may take. */
export const SECOND_TRIES = 0.1;

/** How many cases that took what was presumed stand against those that are known. */
const DOUBT = 4;

/** Learns from each round what the rest will take. */
export class Estimate {
  readonly #cases: readonly Case[];
  readonly #presumed: (one: Case) => number;
  readonly #records = new Map<Case, Record>();
  readonly #skipping = new Set<Case>();
  /** By trial, until another round is noted. */
  readonly #corrections = new Map<Trial, number>();

  constructor(cases: readonly Case[], presumed: (one: Case) => number) {
    this.#cases = cases;
    this.#presumed = presumed;
  }

  /** Notes what a round took, and whether the subject cannot do this workload. */
  note(one: Case, ms: number, skipped: boolean): void {
    const record = this.#records.get(one) ?? { ms: 0, rounds: 0 };
    this.#records.set(one, { ms: record.ms + ms, rounds: record.rounds + 1 });
    if (skipped) this.#skipping.add(one);
    this.#corrections.clear();
  }

  /** Milliseconds that another round of a case takes. */
  costOf(one: Case): number {
    if (this.#skipping.has(one)) return 0;
    const record = this.#records.get(one);
    return record === undefined
      ? this.#presumed(one) * this.#correctionOf(one.trial)
      : record.ms / record.rounds;
  }

  #correctionOf(trial: Trial): number {
    const correction = this.#corrections.get(trial) ?? this.#correct(trial);
    this.#corrections.set(trial, correction);
    return correction;
  }

  /** What cases of the same trial, or else all, took in relation to what was presumed. */
  #correct(trial: Trial): number {
    const known = [...this.#records].filter(([one]) => !this.#skipping.has(one));
    const alike = known.filter(([one]) => one.trial === trial);
    const used = alike.length > 0 ? alike : known;
    const took = used.reduce((sum, [, { ms, rounds }]) => sum + ms / rounds, 0);
    const presumed = used.reduce((sum, [one]) => sum + this.#presumed(one), 0);
    // A few cases that were lucky or not say little about the others.
    const doubt = used.length === 0 ? 1 : (presumed / used.length) * DOUBT;
    return (took + doubt) / (presumed + doubt);
  }

  /** Milliseconds of a whole round over all cases. */
  round(): number {
    return this.#cases.reduce((sum, one) => sum + this.costOf(one), 0);
  }
}
