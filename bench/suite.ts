/** A run of the benchmark: who takes part, with which workloads, and what came of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cell, measurementOf, roundsOf, runRound, skippedIn } from './cell.js';
import { describeMachine, descriptorLimit } from './machine.js';
import type { Options } from './options.js';
import { Progress } from './progress.js';
import type { Absent, Participant, Results } from './results.js';
import { PATIENCE_MS, Schedule } from './schedule.js';
import { measureHandoff } from './server.js';
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

/** The cells of one workload. */
type Table = [Cell, ...Cell[]];

/** Runs what the options ask for; if the signal ends it, the results are of what was measured by then. */
export async function runSuite(options: Options, signal: AbortSignal): Promise<Results> {
  const machine = describeMachine();
  const tools = new Tools();
  const { present, participants, absent } = cast(tools, options);
  const sizes = sizesWithin(options);
  const tables = options.trials
    .flatMap((name) =>
      trials[name].workloads(sizes).map((workload) => cellsOf(trials[name], workload, present, tools)),
    )
    .filter((table): table is Table => table.length > 0);
  const cells = tables.flat();
  const planned = ({ trial }: Cell): number => roundsOf(trial, options.rounds);
  const progress = new Progress(cells.reduce((sum, cell) => sum + planned(cell), 0));
  const world = {
    run: (cell: Cell) => {
      progress.begin(`${cell.trial.name} ${JSON.stringify(cell.workload)} ${cell.subject.name}`);
      return runRound(cell, tools, options.ms);
    },
    handoff: () => measureHandoff(tools),
    pause: sleep,
    now: () => performance.now(),
    onDone: () => progress.step(),
  };
  const schedule = new Schedule(world, options.rounds, options.quick ? 0 : PATIENCE_MS, signal);
  for (const table of tables) await schedule.run(table);
  progress.end();
  return {
    machine,
    rounds: options.rounds,
    serverRounds: roundsOf({ server: true }, options.rounds),
    replaced: schedule.replaced,
    interrupted: cells.some((cell) => skippedIn(cell) === undefined && cell.rounds.length < planned(cell)),
    participants,
    absent,
    // An interrupted run has cells without rounds.
    measurements: cells
      .filter(({ rounds }) => rounds.length > 0)
      .map((cell) => measurementOf(cell, schedule.best)),
  };
}
