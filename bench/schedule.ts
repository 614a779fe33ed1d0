/** The order of the rounds: subjects alternate, and what was disturbed is run again. */
import { type Cell, type Round, roundsOf, skippedIn } from './cell.js';
import { Best, isNoisy } from './noise.js';

/** Milliseconds for each table that go into waiting for near cores, and into rounds that are run again. */
export const PATIENCE_MS = 120_000;
/** Milliseconds until cores that are far from each other are looked at again. */
const PAUSE_MS = 500;

/** What a schedule does to the world, and learns of it. */
export interface World {
  /** Runs a cell once. */
  readonly run: (cell: Cell) => Promise<Round>;
  /** How long two cores take to hand a cache line over and back. */
  readonly handoff: () => number | undefined;
  readonly pause: (ms: number) => Promise<unknown>;
  /** Milliseconds on a clock. */
  readonly now: () => number;
  /** Called when a round of the plan is done, or needs not be run. */
  readonly onDone: () => void;
}

/** Fills the rounds of cells. */
export class Schedule {
  readonly best = new Best();
  readonly #world: World;
  readonly #rounds: number;
  readonly #limitMs: number;
  readonly #signal: AbortSignal;
  #patienceMs = 0;
  #replaced = 0;

  constructor(world: World, rounds: number, limitMs: number, signal: AbortSignal) {
    this.#world = world;
    this.#rounds = rounds;
    this.#limitMs = limitMs;
    this.#signal = signal;
  }

  /** Rounds in the place of which a second try stands. */
  get replaced(): number {
    return this.#replaced;
  }

  /** Runs a table, forwards and backwards in turn: nobody always runs behind the same neighbor. */
  async run(table: readonly [Cell, ...Cell[]]): Promise<void> {
    this.#patienceMs = this.#limitMs;
    const rounds = roundsOf(table[0].trial, this.#rounds);
    for (let round = 0; round < rounds; round++) {
      for (const cell of round % 2 === 0 ? table : table.toReversed()) {
        await this.#plan(cell);
        if (this.#signal.aborted) return;
        this.#world.onDone();
      }
    }
    while (await this.#repeat(table));
  }

  /** Runs a cell once. What has skipped a workload is not asked again. */
  async #plan(cell: Cell): Promise<void> {
    if (skippedIn(cell) !== undefined) return;
    await this.#settle(cell);
    const round = await this.#run(cell);
    if (round !== undefined) cell.rounds.push(round);
  }

  /** One round; none when the signal came: what is ended in the middle fails for no reason of its own. */
  async #run(cell: Cell): Promise<Round | undefined> {
    if (this.#signal.aborted) return undefined;
    const round = await this.#world.run(cell);
    if (this.#signal.aborted) return undefined;
    this.best.note(round.conditions);
    return round;
  }

  #isDisturbed({ conditions }: Round): boolean {
    return isNoisy(this.best.compare(conditions));
  }

  /** Tries the disturbed rounds again while there is patience, and returns whether that mended any. */
  async #repeat(table: readonly Cell[]): Promise<boolean> {
    const before = this.#replaced;
    for (const cell of table.filter((one) => skippedIn(one) === undefined)) {
      for (const [at, round] of cell.rounds.entries()) {
        if (this.#isDisturbed(round)) await this.#mend(cell, at);
      }
    }
    return this.#replaced > before;
  }

  async #mend(cell: Cell, at: number): Promise<void> {
    await this.#settle(cell);
    if (this.#patienceMs <= 0) return;
    const began = this.#world.now();
    const round = await this.#run(cell);
    this.#patienceMs -= this.#world.now() - began;
    if (round === undefined || round.answer.skipped !== undefined || this.#isDisturbed(round)) return;
    cell.rounds[at] = round;
    this.#replaced++;
  }

  /** Waits, while there is patience, until the cores of a server and its load are near each other. */
  async #settle({ trial }: Cell): Promise<void> {
    while (trial.server && this.#patienceMs > 0 && !this.#signal.aborted) {
      if (this.best.isNear(this.#world.handoff())) return;
      await this.#world.pause(PAUSE_MS);
      this.#patienceMs -= PAUSE_MS;
    }
  }
}
