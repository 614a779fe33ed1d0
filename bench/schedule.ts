/** The order of the rounds: subjects alternate; servers take turns of their own, in the first round. */
import { type Group, isServed, type Round, skippedIn } from './case.js';
import { Estimate } from './estimate.js';
import { Best } from './noise.js';
import type { Table } from './plan.js';

/** How far a run is. */
export interface Position {
  /** From 0 to 1. */
  readonly done: number;
  readonly leftMs: number;
}

/** What runs the groups. */
export interface Runner {
  /** Runs a group once, a round for each of its cases; calls `onTurn` now and then. */
  readonly run: (group: Group, onTurn: () => void) => Promise<readonly Round[]>;
  /** Milliseconds that a round of a group presumably takes. */
  readonly presume: (group: Group) => number;
  /** Milliseconds on a clock. */
  readonly now: () => number;
  /** Called before each round of a group, and now and then within. */
  readonly onProgress: (group: Group, position: Position) => void;
}

export interface Limits {
  readonly rounds: number;
  /** Milliseconds that the run may take; the first round runs in any case. */
  readonly ms: number;
}

/** Fills the rounds of cases: all cases once, then all again but servers. */
export class Schedule {
  readonly best = new Best();
  /** The most rounds that there will be: one where there are only servers. */
  readonly most: number;
  readonly #tables: readonly (readonly Group[])[];
  readonly #runner: Runner;
  readonly #ms: number;
  readonly #signal: AbortSignal;
  readonly #estimate: Estimate;
  readonly #began: number;
  /** The groups of this round that are left. */
  #left: Group[];
  /** When the first of them began. */
  #groupBegan: number;
  #completed = 0;
  #partial = false;
  #isOver = false;

  constructor(tables: readonly Table[], runner: Runner, limits: Limits, signal: AbortSignal) {
    this.#tables = tables.map((table) => (isServed(table) ? [table] : table.map((one): Group => [one])));
    this.#runner = runner;
    this.most = this.#groupsOf(1).length === 0 ? 1 : limits.rounds;
    this.#ms = limits.ms;
    this.#signal = signal;
    this.#estimate = new Estimate(runner.presume);
    this.#began = runner.now();
    this.#groupBegan = this.#began;
    this.#left = this.#groupsOf(0);
  }

  /** Rounds over all cases that were completed. */
  get rounds(): number {
    return this.#completed;
  }

  /** Whether the first cases have one more round. */
  get partial(): boolean {
    return this.#partial;
  }

  /** What the whole run takes, and is left of it. */
  position(): Position {
    const elapsed = this.#elapsed();
    const leftMs = this.#isOver ? 0 : this.#roundsLeft(elapsed);
    return { done: elapsed === 0 ? 0 : elapsed / (elapsed + leftMs), leftMs };
  }

  /** Runs everything that fits. */
  async run(): Promise<void> {
    while (this.#completed < this.most) {
      this.#left = this.#groupsOf(this.#completed);
      const whole = this.#left.length;
      for (let group = this.#left[0]; group !== undefined; group = this.#left[0]) {
        if (!this.#fits(group)) return this.#end(this.#left.length < whole);
        if (group.some((one) => skippedIn(one) === undefined)) await this.#take(group);
        if (this.#signal.aborted) return;
        this.#left.shift();
      }
      this.#completed++;
    }
    return this.#end(false);
  }

  /** A round: a table goes forwards and backwards in turn, so that nobody always follows the same subject. */
  #groupsOf(round: number): Group[] {
    return this.#tables
      .flatMap((groups) => (round % 2 === 0 ? groups : groups.toReversed()))
      .filter((group) => round === 0 || !isServed(group));
  }

  /** Whether a group ends within the limit; the first round runs in any case. */
  #fits(group: Group): boolean {
    return this.#completed === 0 || this.#elapsed() + this.#estimate.costOf([group]) <= this.#ms;
  }

  #end(partial: boolean): void {
    this.#partial = partial;
    this.#isOver = true;
  }

  /** Milliseconds until the rounds end: what is left of this one, and the others as far as they fit. */
  #roundsLeft(elapsed: number): number {
    const current = Math.max(0, this.#estimate.costOf(this.#left) - this.#spent());
    const others = this.#estimate.costOf(this.#groupsOf(1)) * (this.most - this.#completed - 1);
    const first = this.#completed === 0 ? current : 0;
    return Math.max(first, Math.min(current + others, Math.max(0, this.#ms - elapsed)));
  }

  /** Milliseconds that the first of the groups that are left has taken already, of those that it presumably takes. */
  #spent(): number {
    return Math.min(this.#runner.now() - this.#groupBegan, this.#estimate.costOf(this.#left.slice(0, 1)));
  }

  #elapsed(): number {
    return this.#runner.now() - this.#began;
  }

  /** One round. When the signal came, only what was measured counts: a subject that is ended fails for no reason of its own. */
  async #take(group: Group): Promise<void> {
    this.#groupBegan = this.#runner.now();
    const report = (): void => this.#runner.onProgress(group, this.position());
    report();
    const rounds = await this.#runner.run(group, report);
    const skipped = rounds.every(({ answer }) => answer.skipped !== undefined);
    this.#estimate.note(group, this.#runner.now() - this.#groupBegan, skipped);
    for (const [i, round] of rounds.entries()) {
      if (this.#signal.aborted && round.answer.skipped !== undefined) continue;
      group[i]?.rounds.push(round);
      this.best.note(round.conditions);
    }
  }
}
