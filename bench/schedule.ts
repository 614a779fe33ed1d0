/** The order of the rounds: subjects alternate, and disturbed rounds run again. */
import { type Case, type Round, skippedIn } from './case.js';
import { Estimate, SECOND_TRIES } from './estimate.js';
import { Best, isNoisy } from './noise.js';
import type { Table } from './plan.js';

/** How far a run is. */
export interface Position {
  /** From 0 to 1. */
  readonly done: number;
  readonly leftMs: number;
}

/** What runs the cases. */
export interface Runner {
  /** Runs a case once. */
  readonly run: (one: Case) => Promise<Round>;
  /** Milliseconds that a round of a case presumably takes. */
  readonly presume: (one: Case) => number;
  /** Milliseconds on a clock. */
  readonly now: () => number;
  /** Called before each round of a case. */
  readonly onBegin: (one: Case, position: Position) => void;
}

export interface Limits {
  readonly rounds: number;
  /** Milliseconds that the run may take; the first round runs in any case. */
  readonly ms: number;
}

/** Fills the rounds of cases: all cases once, then all again. */
export class Schedule {
  readonly best = new Best();
  readonly #tables: readonly Table[];
  readonly #runner: Runner;
  readonly #limits: Limits;
  readonly #signal: AbortSignal;
  readonly #estimate: Estimate;
  readonly #began: number;
  /** The cases of this round that are left. */
  #left: Case[] = [];
  #completed = 0;
  #partial = false;
  #isOver = false;
  #replaced = 0;

  constructor(tables: readonly Table[], runner: Runner, limits: Limits, signal: AbortSignal) {
    this.#tables = tables;
    this.#runner = runner;
    this.#limits = limits;
    this.#signal = signal;
    this.#estimate = new Estimate(tables.flat(), runner.presume);
    this.#began = runner.now();
  }

  /** Rounds over all cases that were completed. */
  get rounds(): number {
    return this.#completed;
  }

  /** Whether the first cases have one more round. */
  get partial(): boolean {
    return this.#partial;
  }

  /** Rounds replaced by a second try. */
  get replaced(): number {
    return this.#replaced;
  }

  /** What the whole run takes, and is left of it. */
  position(): Position {
    const elapsed = this.#elapsed();
    const left = this.#roundsLeft(elapsed);
    const leftMs = left + this.#secondTries(elapsed, elapsed + left);
    return { done: elapsed === 0 ? 0 : elapsed / (elapsed + leftMs), leftMs };
  }

  /** Runs everything that fits. A table goes forwards and backwards in turn: nobody always follows the same subject. */
  async run(): Promise<void> {
    while (this.#completed < this.#limits.rounds) {
      const forwards = this.#completed % 2 === 0;
      this.#left = this.#tables.flatMap((table) => (forwards ? table : table.toReversed()));
      const whole = this.#left.length;
      for (let one = this.#left[0]; one !== undefined; one = this.#left[0]) {
        if (!this.#fits(one)) return this.#end(this.#left.length < whole);
        if (skippedIn(one) === undefined) await this.#take(one);
        if (this.#signal.aborted) return;
        this.#left.shift();
      }
      this.#completed++;
    }
    return this.#end(false);
  }

  /** Whether a case ends within the limit; the first round runs in any case. */
  #fits(one: Case): boolean {
    return this.#completed === 0 || this.#elapsed() + this.#estimate.costOf(one) <= this.#limits.ms;
  }

  async #end(partial: boolean): Promise<void> {
    this.#partial = partial;
    this.#isOver = true;
    await this.#tryAgain();
  }

  /** Milliseconds until the rounds end: what is left of this one, and the others as far as they fit. */
  #roundsLeft(elapsed: number): number {
    if (this.#isOver) return 0;
    const current = this.#left.reduce((sum, one) => sum + this.#estimate.costOf(one), 0);
    const begun = this.#left.length === 0 ? 0 : 1;
    const others = this.#estimate.round() * (this.#limits.rounds - this.#completed - begun);
    const first = this.#completed === 0 ? (begun === 0 ? this.#estimate.round() : current) : 0;
    return Math.max(first, Math.min(current + others, Math.max(0, this.#limits.ms - elapsed)));
  }

  #elapsed(): number {
    return this.#runner.now() - this.#began;
  }

  async #take(one: Case): Promise<void> {
    const round = await this.#run(one);
    if (round !== undefined) one.rounds.push(round);
  }

  /** One round; none when the signal came: what is ended in the middle fails for no reason of its own. */
  async #run(one: Case): Promise<Round | undefined> {
    this.#runner.onBegin(one, this.position());
    const began = this.#runner.now();
    const round = await this.#runner.run(one);
    if (this.#signal.aborted) return undefined;
    this.#estimate.note(one, this.#runner.now() - began, round.answer.skipped !== undefined);
    this.best.note(round.conditions);
    return round;
  }

  #isDisturbed({ conditions }: Round): boolean {
    return isNoisy(this.best.compare(conditions));
  }

  /** Milliseconds that second tries of the rounds so far would take. */
  #disturbed(): number {
    const cost = (one: Case): number =>
      one.rounds.filter((round) => this.#isDisturbed(round)).length * this.#estimate.costOf(one);
    return this.#tables.flat().reduce((sum, one) => sum + cost(one), 0);
  }

  /** Milliseconds that second tries presumably take: as many as until now, within their share. */
  #secondTries(elapsed: number, rounds: number): number {
    if (elapsed === 0) return 0;
    const room = Math.min(rounds * SECOND_TRIES, Math.max(0, this.#limits.ms - rounds));
    return Math.min(room, (this.#disturbed() * rounds) / elapsed);
  }

  /** Tries disturbed rounds a second time, each once, while there is time. */
  async #tryAgain(): Promise<void> {
    const end = Math.min(this.#limits.ms, this.#elapsed() * (1 + SECOND_TRIES));
    for (const one of this.#tables.flat().filter((each) => skippedIn(each) === undefined)) {
      for (const [at, round] of one.rounds.entries()) {
        if (this.#signal.aborted) return;
        if (!this.#isDisturbed(round) || this.#elapsed() + this.#estimate.costOf(one) > end) continue;
        const again = await this.#run(one);
        if (again === undefined || again.answer.skipped !== undefined || this.#isDisturbed(again)) continue;
        one.rounds[at] = again;
        this.#replaced++;
      }
    }
  }
}
