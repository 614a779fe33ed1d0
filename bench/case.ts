/** One subject on one workload: its rounds, and what they come to. */
import { type Best, type Conditions, calibrate, Watch } from './noise.js';
import { type Answer, answerOf, start } from './process.js';
import type { Measurement } from './results.js';
import { runServer } from './server.js';
import { type Figure, median, summarize } from './stats.js';
import type { Subject } from './subject.js';
import type { Command, Tools } from './tools.js';
import type { TrialName } from './trials/index.js';
import { isServer, type Trial, type Workload } from './trials/trial.js';

/** What one process of the subject found, and what the machine was like meanwhile. */
export interface Round {
  readonly answer: Answer;
  readonly conditions: Conditions;
}

export interface Case {
  readonly trial: Trial;
  readonly workload: Workload;
  readonly subject: Subject;
  readonly command: Command;
  readonly rounds: Round[];
}

/** A server is measured for longer: thousands of connections take their turns. */
const SERVER_FACTOR = 10;
/** Milliseconds until JavaScript is compiled: after an eighth of that, the chain is still 4 % slower. */
const WARMUP_MS = 200;
/** Milliseconds around each process: two calibrations and the waiting for its end. */
const AROUND_MS = 40;

/** How long a subject warms up and measures for, in milliseconds. */
function timesOf({ trial, workload }: Case, ms: number): { readonly ms: number; readonly warmup: number } {
  const time = isServer(trial, workload) ? ms * SERVER_FACTOR : ms;
  return { ms: time, warmup: Math.max(Math.ceil(time / 2), WARMUP_MS, trial.warmup?.(workload) ?? 0) };
}

/** Milliseconds that a round presumably takes. */
export function expectedMs(one: Case, ms: number): number {
  const times = timesOf(one, ms);
  return times.ms + times.warmup + AROUND_MS + one.trial.overhead(one.workload, one.subject.backend);
}

function ask(one: Case, tools: Tools, ms: number): Promise<Answer> {
  const { command, trial } = one;
  // A workload may name its part of the trial, as the programs know it.
  const workload = { trial: trial.name, ...one.workload, ...timesOf(one, ms) };
  return isServer(trial, one.workload)
    ? runServer(tools, command.words, workload)
    : answerOf(start(command.words, workload));
}

/** Runs a subject once on its workload. */
export async function runRound(one: Case, tools: Tools, ms: number): Promise<Round> {
  const before = calibrate();
  const watch = new Watch();
  const answer = await ask(one, tools, ms);
  const foreign = watch.foreign();
  return { answer, conditions: { foreign, calibration: (before + calibrate()) / 2 } };
}

/** Why a subject cannot do this workload, if a round has found that out. */
export function skippedIn({ rounds }: Case): string | undefined {
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
export function measurementOf(one: Case, best: Best): Measurement {
  const { trial, workload, subject, rounds } = one;
  const skipped = skippedIn(one);
  const noises = rounds.map(({ conditions }) => best.compare(conditions));
  return {
    ...{ trial: trial.name as TrialName, workload, subject: subject.name },
    figures: skipped === undefined ? figuresOf(trial, rounds) : {},
    ...(skipped === undefined ? {} : { skipped }),
    foreign: Number(median(noises.map(({ foreign }) => foreign)).toFixed(3)),
    slowdown: Number(median(noises.map(({ slowdown }) => slowdown)).toFixed(3)),
  };
}

/** A case in a few words: `chain: ours-epoll, 1 active, fds 1000`. */
export function describeCase({ trial, workload, subject }: Case): string {
  const { name, along } = trial;
  const words = [subject.name, trial.group(workload), `${along} ${workload[along]}`];
  return `${name}: ${words.filter((word) => word !== '').join(', ')}`;
}
