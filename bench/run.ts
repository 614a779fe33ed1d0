/** A run of the benchmark: plans it, measures, and says how it was recorded. */
import { type Case, describeCase, expectedMs, measurementOf, runRound } from './case.js';
import { describeCheckout, describeMachine, descriptorLimit } from './machine.js';
import type { Options } from './options.js';
import { planRun } from './plan.js';
import { clock, Progress } from './progress.js';
import { FORMAT, type Results } from './results.js';
import { type Position, Schedule } from './schedule.js';
import { Tools } from './tools.js';

/** Milliseconds to keep and to show the results. */
const SHOWING_MS = 1000;

/** Says what will happen, and how long it presumably takes. */
function announce(schedule: Schedule, cases: number, { rounds }: Options, remarks: readonly string[]): void {
  const time = clock(schedule.position().leftMs / 1e3);
  const most = rounds === 1 ? '1 round' : `up to ${rounds} rounds`;
  process.stderr.write([...remarks, `${cases} cases, ${most}: about ${time} minutes.`, ''].join('\n'));
}

/** Measures what the options ask for; if the signal ends it, the results are of what was measured by then. */
export async function measureAll(options: Options, command: string, signal: AbortSignal): Promise<Results> {
  const machine = describeMachine();
  const checkout = describeCheckout();
  const tools = new Tools();
  const { tables, remarks, participants, absent } = planRun(options, tools, descriptorLimit());
  const cases = tables.flat();
  const date = new Date();
  const progress = new Progress();
  const runner = {
    run: (one: Case) => runRound(one, tools, options.ms),
    presume: (one: Case) => expectedMs(one, options.ms),
    now: () => performance.now(),
    onBegin: (one: Case, position: Position) => progress.begin(describeCase(one), position),
  };
  // The minutes count from the start of this process to its end.
  const ms = options.minutes * 60_000 - performance.now() - SHOWING_MS;
  const limits = { rounds: options.rounds, ms };
  const schedule = new Schedule(tables, runner, limits, signal);
  announce(schedule, cases.length, options, remarks);
  await schedule.run();
  progress.end();
  const { rounds, partial, replaced } = schedule;
  return {
    format: FORMAT,
    recording: {
      ...{ command, date: date.toISOString().slice(0, 10), ...checkout, rounds, partial, replaced },
      seconds: Math.round((Date.now() - date.getTime()) / 1e3),
      interrupted: signal.aborted,
    },
    ...{ machine, participants, absent },
    // An interrupted run has cases without rounds.
    measurements: cases
      .filter((one) => one.rounds.length > 0)
      .map((one) => measurementOf(one, schedule.best)),
  };
}
