/** A run of the benchmark: plans it, measures, and says how it was recorded. */
import { describeGroup, expectedMs, type Group, measurementOf, runGroup } from './case.js';
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
function announce(schedule: Schedule, cases: number, remarks: readonly string[]): void {
  const time = clock(schedule.position().leftMs / 1e3);
  const most = schedule.most === 1 ? '1 round' : `up to ${schedule.most} rounds`;
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
  const means = { tools, ms: options.ms, signal };
  const runner = {
    run: (group: Group, onTurn: () => void) => runGroup(group, means, onTurn),
    presume: (group: Group) => expectedMs(group, options.ms),
    now: () => performance.now(),
    onProgress: (group: Group, position: Position) => progress.show(describeGroup(group), position),
  };
  // The minutes count from the start of this process to its end.
  const ms = options.minutes * 60_000 - performance.now() - SHOWING_MS;
  const limits = { rounds: options.rounds, ms };
  const schedule = new Schedule(tables, runner, limits, signal);
  announce(schedule, cases.length, remarks);
  await schedule.run();
  progress.end();
  const { rounds, partial } = schedule;
  return {
    format: FORMAT,
    recording: {
      ...{ command, date: date.toISOString().slice(0, 10), ...checkout, rounds, partial },
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
