/** Runs the trials: workload by workload, subjects alternating, round after round. */
import { describeMachine, descriptorLimit } from './machine.js';
import { calibrate, Watch } from './noise.js';
import type { Options } from './options.js';
import { Progress } from './progress.js';
import type { Absent, Measurement, Participant, Results } from './results.js';
import { type Answer, answerOf, start } from './run.js';
import { runServer } from './server.js';
import { type Figure, median, summarize } from './stats.js';
import { isMain, type Subject, subjects } from './subjects.js';
import { type Command, Tools } from './tools.js';
import { type Trial, type TrialName, trials, type Workload } from './trials.js';

/** One subject on one workload, and what its rounds found. */
interface Cell {
  readonly trial: Trial;
  readonly workload: Workload;
  readonly subject: Subject;
  readonly command: Command;
  readonly rounds: Round[];
}

interface Round {
  readonly answer: Answer;
  readonly foreign: number;
  /** Milliseconds of the calibration, before and after. */
  readonly calibration: number;
}

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
    .map((subject) => ({ subject, command: subject.command(tools, trial.name) }))
    .filter((cell): cell is { subject: Subject; command: Command } => typeof cell.command !== 'string')
    .map((cell) => ({ trial, workload, rounds: [], ...cell }));
}

function workloadsOf(name: TrialName, options: Options): Workload[] {
  const most = (descriptorLimit() - SPARE) / 2;
  const fds = options.fds.filter((n) => n <= most);
  if (fds.length < options.fds.length) {
    process.stderr.write(
      `The limit of open files (ulimit -n) leaves out more than ${Math.floor(most)} pairs.\n`,
    );
  }
  return trials[name].workloads(fds, options.quick);
}

/** A server needs longer: thousands of connections take their turns. */
const SERVER_FACTOR = 5;

async function measure(cell: Cell, tools: Tools, { ms }: Options): Promise<Answer> {
  const { command, trial } = cell;
  const time = trial.server ? ms * SERVER_FACTOR : ms;
  const workload = { trial: trial.name, ...cell.workload, ms: time, warmup: Math.ceil(time / 2) };
  return trial.server ? runServer(tools, command.words, workload) : answerOf(start(command.words, workload));
}

/** Runs a cell once. What skipped a workload is not asked again. */
async function runCell(cell: Cell, tools: Tools, options: Options): Promise<void> {
  if (cell.rounds.some(({ answer }) => answer.skipped !== undefined)) return;
  const before = calibrate();
  const watch = new Watch();
  const answer = await measure(cell, tools, options);
  const foreign = watch.foreign();
  cell.rounds.push({ answer, foreign, calibration: (before + calibrate()) / 2 });
}

/** The figures that the trial shows; a subject may print others. */
function figuresOf(trial: Trial, rounds: readonly Round[]): Record<string, Figure> {
  return Object.fromEntries(
    trial.figures.flatMap(({ name }) => {
      const values = rounds.map(({ answer }) => answer.figures[name]).filter((value) => value !== undefined);
      return values.length === 0 ? [] : [[name, summarize(values)]];
    }),
  );
}

function measurementOf({ trial, workload, subject, rounds }: Cell, best: number): Measurement {
  const skipped = rounds.find(({ answer }) => answer.skipped !== undefined)?.answer.skipped;
  return {
    trial: trial.name,
    workload,
    subject: subject.name,
    figures: skipped === undefined ? figuresOf(trial, rounds) : {},
    ...(skipped === undefined ? {} : { skipped }),
    foreign: median(rounds.map((round) => round.foreign)),
    slowdown: median(rounds.map((round) => round.calibration)) / best,
  };
}

/** Runs what the options ask for. */
export async function runSuite(options: Options): Promise<Results> {
  const machine = describeMachine();
  const tools = new Tools();
  const { present, participants, absent } = cast(tools, options);
  const tables = options.trials.flatMap((name) =>
    workloadsOf(name, options).map((workload) => cellsOf(trials[name], workload, present, tools)),
  );
  const cells = tables.flat();
  const progress = new Progress(cells.length * options.rounds);
  for (const table of tables) {
    for (let round = 0; round < options.rounds; round++) {
      // Forwards and backwards in turn, so that nobody always runs behind the same neighbor.
      for (const cell of round % 2 === 0 ? table : table.toReversed()) {
        progress.begin(`${cell.trial.name} ${JSON.stringify(cell.workload)} ${cell.subject.name}`);
        await runCell(cell, tools, options);
        progress.step();
      }
    }
  }
  progress.end();
  const best = Math.min(...cells.flatMap(({ rounds }) => rounds.map((round) => round.calibration)));
  const measurements = cells.map((cell) => measurementOf(cell, best));
  return { machine, rounds: options.rounds, participants, absent, measurements };
}
