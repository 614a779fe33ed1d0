/** One subject on one workload: its rounds, and what they come to. */
import { type Best, type Conditions, calibrate, Watch } from './noise.js';
import { type Answer, Program } from './process.js';
import type { Measurement } from './results.js';
import { runServers, type Turns } from './server.js';
import { type Figure, median, summarize, summarizeTurns } from './stats.js';
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

/** What runs at once: one case, or all servers of a workload. */
export type Group = readonly [Case, ...Case[]];

/** What running a group takes beside the group. */
export interface Means {
  readonly tools: Tools;
  /** Milliseconds that each process measures for. */
  readonly ms: number;
  readonly signal: AbortSignal;
}

/** Milliseconds until JavaScript is compiled: after an eighth of that, the chain is still 4 % slower. */
const WARMUP_MS = 200;
/** A server is measured for longer, in turns; before each it works unmeasured: others have had the caches. */
export const SERVER_FACTOR = 24;
const TURN = { ms: 60, leadMs: 15 };
/** Milliseconds of load at the start of a server in JavaScript, until what is hot is compiled, and of any other. */
const SERVER_WARMUP_MS = 3000;
const BRIEF_WARMUP_MS = 300;
/** Who measures for less than this has less time for the warm-up, too. */
const USUAL_MS = 100;
/** Milliseconds that each connection adds to a turn and its lead-in, which end when it is answered. */
const ANSWER_MS = 0.02;
/** Milliseconds around each group: two calibrations and the waiting for its end. */
const AROUND_MS = 40;

/** Whether a group consists of servers. */
export function isServed([{ trial, workload }]: Group): boolean {
  return isServer(trial, workload);
}

/** How often and how long each server of a workload works. */
function turnsOf({ trial: { turn = TURN } }: Case, ms: number): Turns {
  return { ...turn, count: Math.max(1, Math.round((ms * SERVER_FACTOR) / turn.ms)) };
}

/** Milliseconds of load before the first turn of a server. */
function serverWarmup({ trial, workload, command }: Case, ms: number): number {
  const enough = command.compiles ? (trial.warmup?.(workload) ?? SERVER_WARMUP_MS) : BRIEF_WARMUP_MS;
  return Math.min(enough, (enough * ms) / USUAL_MS);
}

const warmup = (ms: number): number => Math.max(Math.ceil(ms / 2), WARMUP_MS);

/** Milliseconds that a case presumably takes. */
function caseMs(one: Case, ms: number): number {
  const { trial, workload, subject } = one;
  const overhead = trial.overhead(workload, subject.backend);
  if (!isServer(trial, workload)) return ms + warmup(ms) + overhead;
  const turns = turnsOf(one, ms);
  const turn = turns.leadMs + turns.ms + Number(workload['connections']) * ANSWER_MS;
  return serverWarmup(one, ms) + turns.count * turn + overhead;
}

/** Milliseconds that a round of a group presumably takes. */
export function expectedMs(group: Group, ms: number): number {
  return group.reduce((sum, one) => sum + caseMs(one, ms), AROUND_MS);
}

/** The workload as the programs know it: it may name its part of the trial. */
function parametersOf({ trial, workload }: Case): Workload {
  return { trial: trial.name, ...workload };
}

async function ask(group: Group, { tools, ms, signal }: Means, onTurn: () => void): Promise<Answer[]> {
  const [first] = group;
  if (isServed(group)) {
    const servers = group.map((one) => ({ words: one.command.words, warmup: serverWarmup(one, ms) }));
    return runServers(tools, servers, parametersOf(first), turnsOf(first, ms), signal, onTurn);
  }
  const times = { ms, warmup: warmup(ms) };
  const program = new Program(first.command.words, { ...parametersOf(first), ...times });
  return [await program.lastAnswer(times.ms + times.warmup)];
}

/** Runs a group once; `onTurn` is called now and then if it takes long. */
export async function runGroup(group: Group, means: Means, onTurn: () => void): Promise<Round[]> {
  const before = calibrate();
  const watch = new Watch();
  const answers = await ask(group, means, onTurn);
  const foreign = watch.foreign();
  const conditions = { foreign, calibration: (before + calibrate()) / 2 };
  return answers.map((answer) => ({ answer, conditions }));
}

/** Why a subject cannot do this workload, if a round has found that out. */
export function skippedIn({ rounds }: Case): string | undefined {
  return rounds.find(({ answer }) => answer.skipped !== undefined)?.answer.skipped;
}

/** The figures that the trial shows; a subject may print others. */
function figuresOf(trial: Trial, rounds: readonly Round[]): Record<string, Figure> {
  const given = (list: readonly Answer['figures'][], name: string): number[] =>
    list.map((figures) => figures[name]).filter((value) => value !== undefined);
  return Object.fromEntries(
    trial.figures.flatMap(({ name }): [string, Figure][] => {
      const turns = given(
        rounds.flatMap(({ answer }) => answer.turns ?? []),
        name,
      );
      if (turns.length > 0) return [[name, summarizeTurns(turns)]];
      const values = given(
        rounds.map(({ answer }) => answer.figures),
        name,
      );
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

/** A group in a few words: `chain: ours-epoll, 1 active, fds 1000`. */
export function describeGroup(group: Group): string {
  const [{ trial, workload, subject }] = group;
  const { name, along } = trial;
  const who = group.length === 1 ? subject.name : `${group.length} servers`;
  const words = [who, trial.group(workload), `${along} ${workload[along]}`];
  return `${name}: ${words.filter((word) => word !== '').join(', ')}`;
}
