/** One subject on one workload: its rounds, and what they come to. */
import { type Best, type Conditions, calibrate, Watch } from './noise.js';
import type { Measurement } from './results.js';
import { type Answer, answerOf, start } from './run.js';
import { measureHandoff, runServer } from './server.js';
import { type Figure, median, summarize } from './stats.js';
import type { Subject } from './subjects.js';
import type { Command, Tools } from './tools.js';
import type { Trial, Workload } from './trials.js';

/** What one process of the subject found, and what the machine was like meanwhile. */
export interface Round {
  readonly answer: Answer;
  readonly conditions: Conditions;
}

export interface Cell {
  readonly trial: Trial;
  readonly workload: Workload;
  readonly subject: Subject;
  readonly command: Command;
  readonly rounds: Round[];
}

/** A server is measured for longer, as thousands of connections take their turns, */
const SERVER_FACTOR = 10;
/** and for that in fewer rounds: one for so many of the others. */
const ROUNDS_PER_SERVER_ROUND = 3;

/** How many rounds a trial has, of those that are asked for. */
export function roundsOf({ server }: Pick<Trial, 'server'>, rounds: number): number {
  return server ? Math.ceil(rounds / ROUNDS_PER_SERVER_ROUND) : rounds;
}

/** Milliseconds until JavaScript is compiled: after an eighth of that, the chain is still 4 % slower. */
const WARMUP_MS = 200;

function ask({ command, trial, ...cell }: Cell, tools: Tools, ms: number): Promise<Answer> {
  const time = trial.server ? ms * SERVER_FACTOR : ms;
  const warmup = Math.max(Math.ceil(time / 2), trial.warmup ?? WARMUP_MS);
  const workload = { trial: trial.name, ...cell.workload, ms: time, warmup };
  return trial.server ? runServer(tools, command.words, workload) : answerOf(start(command.words, workload));
}

/** Runs a subject once on its workload. */
export async function runRound(cell: Cell, tools: Tools, ms: number): Promise<Round> {
  const handoff = () => (cell.trial.server ? measureHandoff(tools) : undefined);
  const before = { calibration: calibrate(), handoff: handoff() };
  const watch = new Watch();
  const answer = await ask(cell, tools, ms);
  const foreign = watch.foreign();
  const calibration = (before.calibration + calibrate()) / 2;
  const after = handoff();
  const farther = before.handoff && after && Math.max(before.handoff, after);
  return { answer, conditions: { foreign, calibration, handoff: farther } };
}

/** Why a subject cannot do this workload, if a round has found that out. */
export function skippedIn({ rounds }: Cell): string | undefined {
  return rounds.find(({ answer }) => answer.skipped !== undefined)?.answer.skipped;
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

/** What the rounds come to. */
export function measurementOf(cell: Cell, best: Best): Measurement {
  const { trial, workload, subject, rounds } = cell;
  const skipped = skippedIn(cell);
  const noises = rounds.map(({ conditions }) => best.compare(conditions));
  return {
    ...{ trial: trial.name, workload, subject: subject.name },
    figures: skipped === undefined ? figuresOf(trial, rounds) : {},
    ...(skipped === undefined ? {} : { skipped }),
    foreign: median(noises.map(({ foreign }) => foreign)),
    slowdown: median(noises.map(({ slowdown }) => slowdown)),
    distance: median(noises.map(({ distance }) => distance)),
  };
}
