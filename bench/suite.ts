/** Runs the trials: workload by workload, subjects alternating, round after round. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cell, measurementOf, roundsOf, runRound, skippedIn } from './cell.js';
import { describeMachine, descriptorLimit } from './machine.js';
import { Best, isNoisy } from './noise.js';
import type { Options } from './options.js';
import { Progress } from './progress.js';
import type { Absent, Measurement, Participant, Results } from './results.js';
import { handoff } from './server.js';
import { isMain, type Subject, subjects } from './subjects.js';
import { Tools } from './tools.js';
import { type Sizes, type Trial, trials, type Workload } from './trials.js';

/** Descriptors that a subject has beside its pairs. */
const SPARE = 100;

/** The subjects that are asked for, and can or cannot take part. */
export interface Cast {
  readonly present: readonly Subject[];
  readonly participants: readonly Participant[];
  readonly absent: readonly Absent[];
}

/** Those that were named, or all, or for a quick run the main ones. */
function isWanted(subject: Subject, { subjects: named, quick }: Options): boolean {
  if (named.length > 0) return named.some((start) => subject.name.startsWith(start));
  return !quick || isMain(subject);
}

/** Finds out which subjects can take part; what needs a compiler is compiled. */
export function cast(tools: Tools, options: Options): Cast {
  const present: Subject[] = [];
  const participants: Participant[] = [];
  const absent: Absent[] = [];
  for (const subject of subjects) {
    const { name, label } = subject;
    const trial = subject.trials.find((one) => options.trials.includes(one));
    if (trial === undefined || !isWanted(subject, options)) continue;
    const command = subject.command(tools, trial);
    if (typeof command === 'string') {
      absent.push({ name, why: command });
    } else {
      present.push(subject);
      participants.push({ name, label, version: command.version });
    }
  }
  return { present, participants, absent };
}

/** The rows of one workload: every subject that has this trial. */
function cellsOf(trial: Trial, workload: Workload, present: readonly Subject[], tools: Tools): Cell[] {
  return present
    .filter((subject) => subject.trials.includes(trial.name))
    .flatMap((subject) => {
      const command = subject.command(tools, trial.name);
      return typeof command === 'string' ? [] : [{ trial, workload, subject, command, rounds: [] }];
    });
}

/** The sizes that the limit of open files allows. */
function sizesWithin({ sizes }: Options): Sizes {
  const most = descriptorLimit() - SPARE;
  const fds = sizes.fds.filter((n) => n <= most / 2);
  const connections = sizes.connections.filter((n) => n <= most);
  if (fds.length < sizes.fds.length || connections.length < sizes.connections.length) {
    process.stderr.write(
      `The limit of open files (ulimit -n) leaves out more than ${Math.floor(most / 2)} pairs or ${most} connections.\n`,
    );
  }
  return { ...sizes, fds, connections };
}

/** Seconds for each table that go into waiting for a quiet machine, and into rounds that are run again. */
const PATIENCE = 120;
/** Milliseconds until a machine that is not quiet is looked at again. */
const PAUSE_MS = 500;

/** A run of the benchmark. */
class Suite {
  readonly #best = new Best();
  readonly #tools: Tools;
  readonly #options: Options;
  readonly #signal: AbortSignal;
  readonly #progress: Progress;
  #repeated = 0;
  #patience = 0;

  constructor(tools: Tools, options: Options, signal: AbortSignal, steps: number) {
    this.#tools = tools;
    this.#options = options;
    this.#signal = signal;
    this.#progress = new Progress(steps);
  }

  /** Rounds that were run again. */
  get repeated(): number {
    return this.#repeated;
  }

  /** Each cell's rounds, forwards and backwards in turn: nobody always runs behind the same neighbor. */
  async run(table: readonly Cell[]): Promise<void> {
    this.#patience = this.#options.quick ? 0 : PATIENCE * 1e3;
    const [{ trial } = {}] = table;
    const rounds = trial === undefined ? 0 : roundsOf(trial, this.#options.rounds);
    for (let round = 0; round < rounds; round++) {
      for (const cell of round % 2 === 0 ? table : table.toReversed()) {
        await this.#settle(cell);
        await this.#step(cell, round);
        this.#progress.step();
      }
    }
    while (await this.#repeat(table));
  }

  summarize(cells: readonly Cell[]): Measurement[] {
    this.#progress.end();
    // An interrupted run has cells without rounds.
    return cells.filter(({ rounds }) => rounds.length > 0).map((cell) => measurementOf(cell, this.#best));
  }

  /** Runs a cell once. What skipped a workload is not asked again. */
  async #step(cell: Cell, round: number): Promise<void> {
    if (this.#signal.aborted || skippedIn(cell) !== undefined) return;
    this.#progress.begin(`${cell.trial.name} ${JSON.stringify(cell.workload)} ${cell.subject.name}`);
    const found = await runRound(cell, this.#tools, this.#options.ms);
    // What was ended in the middle has failed for no reason of its own.
    if (this.#signal.aborted) return;
    this.#best.note(found.conditions);
    cell.rounds[round] = found;
  }

  /** Runs the disturbed rounds again while there is patience, and returns whether there were any. */
  async #repeat(table: readonly Cell[]): Promise<boolean> {
    const disturbed = table
      .filter((cell) => skippedIn(cell) === undefined)
      .flatMap((cell) => cell.rounds.map((round, index) => ({ cell, round, index })))
      .filter(({ round }) => isNoisy(this.#best.compare(round.conditions)));
    for (const { cell, index } of disturbed) {
      await this.#settle(cell);
      if (this.#patience <= 0 || this.#signal.aborted) return false;
      const began = performance.now();
      await this.#step(cell, index);
      this.#patience -= performance.now() - began;
      this.#repeated++;
    }
    return disturbed.length > 0;
  }

  /** Waits, while there is patience, until the cores of a server and its load are near each other. */
  async #settle({ trial }: Cell): Promise<void> {
    while (trial.server && this.#patience > 0 && !this.#signal.aborted) {
      if (this.#best.isNear(handoff(this.#tools))) return;
      await sleep(PAUSE_MS);
      this.#patience -= PAUSE_MS;
    }
  }
}

/** Runs what the options ask for; if the signal ends it, the results are of what was measured by then. */
export async function runSuite(options: Options, signal: AbortSignal): Promise<Results> {
  const machine = describeMachine();
  const tools = new Tools();
  const { present, participants, absent } = cast(tools, options);
  const sizes = sizesWithin(options);
  const tables = options.trials.flatMap((name) =>
    trials[name].workloads(sizes).map((workload) => cellsOf(trials[name], workload, present, tools)),
  );
  const cells = tables.flat();
  const steps = cells.reduce((sum, { trial }) => sum + roundsOf(trial, options.rounds), 0);
  const suite = new Suite(tools, options, signal, steps);
  for (const table of tables) await suite.run(table);
  const measurements = suite.summarize(cells);
  const { repeated } = suite;
  const { rounds } = options;
  return { machine, rounds, repeated, interrupted: signal.aborted, participants, absent, measurements };
}
