/** The goals that the project set itself, as ratios, and whether a run reaches them. */
import { baselineOf, find, ratioBetween } from './compare.js';
import { formatRatio } from './format.js';
import { areComparable } from './noise.js';
import type { Results } from './results.js';
import { labelOf } from './subjects.js';
import { type TrialName, trials } from './trials/index.js';
import { MODELS } from './trials/models.js';
import type { Workload } from './trials/trial.js';

/** A ratio of one subject to another, and its bound. */
interface Goal {
  readonly trial: TrialName;
  readonly workload: Workload;
  readonly subject: string;
  readonly against: string;
  readonly figure: string;
  readonly most?: number;
  readonly least?: number;
}

/** A goal beside what was measured, in words. */
export interface Outcome {
  readonly what: string;
  readonly subject: string;
  readonly against: string;
  readonly bound: string;
  readonly measured: string;
  /** Undefined where the conditions differed. */
  readonly reached: boolean | undefined;
}

/** What rounds of one machine differ by: growth within it is none. */
const FLAT = 1.03;
const CALLS = ['epoll', 'poll', 'select'] as const;
const CHAIN: Workload = { fds: 1000, activity: '100' };

function toC(trial: TrialName, workload: Workload, subject: string, most: number): Goal {
  return { trial, workload, subject, against: baselineOf(subject, 'c'), figure: 'ns', most };
}

function ahead(trial: TrialName, workload: Workload, subject: string, against: string): Goal {
  const [{ name, better }] = trials[trial].figures;
  const goal = { trial, workload, subject, against, figure: name };
  return better === 'more' ? { ...goal, least: 1 } : { ...goal, most: 1 };
}

/** One of ours ahead of CPython's with the same call. */
function aheadOfCPython(trial: TrialName, workload: Workload): Goal[] {
  return CALLS.map((call) => ahead(trial, workload, `ours-${call}`, `cpython-${call}`));
}

/** Bounds on the server's CPU time per request. */
function echoGoals(bytes: number, toNet: number): Goal[] {
  return (trials.echo.sizes.connections?.full ?? []).flatMap((connections): Goal[] => {
    const workload = { bytes, connections };
    const echo = { trial: 'echo', workload, subject: 'ours-epoll', figure: 'cpu' } as const;
    return [
      { ...echo, against: 'c-epoll', most: 1.05 },
      { ...echo, against: 'node-net', most: toNet },
      ...['cpython-epoll', 'asyncio', 'gevent', 'uvloop'].map((peer) =>
        ahead('echo', workload, 'ours-epoll', peer),
      ),
    ];
  });
}

/** A figure of one part of the trial with coroutines. */
function ofCoroutines(part: string, figure: string, against: string, bound: Partial<Goal>): Goal {
  const workload = { trial: part };
  return { trial: 'coroutines', workload, subject: 'ours-coroutines', against, figure, ...bound };
}

const coroutineGoals: readonly Goal[] = [
  ...['gevent', 'async-await'].map((peer) => ofCoroutines('switch', 'ns', peer, { most: 1 })),
  ofCoroutines('echo', 'requests', 'ours-epoll', { least: 0.9 }),
  ofCoroutines('echo', 'requests', 'gevent', { least: 1.4 }),
  ofCoroutines('echo', 'requests', 'asyncio', { least: 3 }),
  ofCoroutines('echo', 'requests', 'async-await', { least: 1 }),
];

const goals: readonly Goal[] = [
  ...CALLS.map((call) => toC('chain', CHAIN, `ours-${call}`, 1.15)),
  ...CALLS.map((call) => toC('chain', CHAIN, `ours-${call}-fds`, 1.1)),
  ...aheadOfCPython('chain', CHAIN),
  toC('idle', { fds: 1000, readiness: '0' }, 'ours-epoll', 1.15),
  toC('idle', { fds: 1000, readiness: '100' }, 'ours-epoll', 1.15),
  toC('idle', { fds: 1000, readiness: 'all' }, 'ours-epoll', 1.2),
  ...['0', '100', 'all'].flatMap((readiness) => aheadOfCPython('idle', { fds: 1000, readiness })),
  toC('churn', { fds: 1000, operation: 'register' }, 'ours-epoll', 1.25),
  toC('churn', { fds: 1000, operation: 'modify' }, 'ours-epoll', 1.4),
  ...['register', 'modify'].flatMap((operation) => aheadOfCPython('churn', { fds: 1000, operation })),
  {
    trial: 'wakeup',
    workload: { when: 'before' },
    subject: 'ours-async',
    against: 'npm-epoll',
    figure: 'ns',
    most: 0.5,
  },
  ...echoGoals(64, 0.67),
  ...echoGoals(16384, 0.56),
  ...MODELS.map((model) => ahead('models', { model }, 'ours-models', 'cpython-models')),
  ...coroutineGoals,
];

/** The parameters of a workload, as a person reads them: `fds 1000`, `readiness 0`. */
function workloadText(workload: Workload): string[] {
  return Object.entries(workload).map(([key, value]) => `${key} ${value}`);
}

function outcomeOf(results: Results, goal: Goal): Outcome[] {
  const { trial, workload, subject, against, most, least } = goal;
  const ratio = ratioBetween(results, goal);
  if (ratio === undefined) return [];
  const within = ratio !== null && ratio <= (most ?? ratio) && ratio >= (least ?? ratio);
  return [
    {
      what: [trial, ...workloadText(workload)].join(', '),
      subject: labelOf(subject),
      against: labelOf(against),
      bound: most === undefined ? `at least ×${least}` : `at most ×${most}`,
      measured: formatRatio(ratio),
      reached: ratio === null ? undefined : within,
    },
  ];
}

/** Nanoseconds that a wake-up may cost above a bare turn of Node's loop. */
const WAKEUP_NS = 150;

/** The wake-up beside a bare `setImmediate`: a difference, not a ratio. */
function wakeupOutcome(results: Results): Outcome[] {
  const before = (subject: string) => find(results, 'wakeup', { when: 'before' }, subject);
  const [one, other] = [before('ours-async'), before('set-immediate')];
  const [ours, theirs] = [one?.figures['ns']?.median, other?.figures['ns']?.median];
  if (!one || !other || ours === undefined || theirs === undefined) return [];
  const comparable = areComparable(one, other);
  return [
    {
      what: 'wakeup, when before',
      subject: labelOf('ours-async'),
      against: labelOf('set-immediate'),
      bound: `at most ${WAKEUP_NS} ns more`,
      measured: comparable ? `${(ours - theirs).toFixed(0)} ns` : formatRatio(null),
      reached: comparable ? ours - theirs <= WAKEUP_NS : undefined,
    },
  ];
}

/** Whether epoll's time per event grows no more than C's does, from the fewest pairs to the most. */
function flatOutcome(results: Results): Outcome[] {
  const at = (fds: number): number | null | undefined =>
    ratioBetween(results, {
      ...{ trial: 'chain', workload: { fds, active: 100 }, figure: 'ns' },
      ...{ subject: 'ours-epoll', against: 'c-epoll' },
    });
  const [few, many] = [at(100), at(8000)];
  if (few === undefined || many === undefined) return [];
  const growth = few === null || many === null ? null : many / few;
  return [
    {
      what: 'chain, growth from fds 100 to 8000, active 100',
      subject: labelOf('ours-epoll'),
      against: labelOf('c-epoll'),
      bound: `at most ×${FLAT}`,
      measured: formatRatio(growth),
      reached: growth === null ? undefined : growth <= FLAT,
    },
  ];
}

/** Each goal beside what a run measured; those of what did not run are left out. */
export function outcomes(results: Results): Outcome[] {
  return [
    ...goals.flatMap((goal) => outcomeOf(results, goal)),
    ...flatOutcome(results),
    ...wakeupOutcome(results),
  ];
}

/** The outcomes as rows of a table, the heads first; nothing where there are none. */
export function goalRows(results: Results): string[][] {
  const rows = outcomes(results).map(({ what, subject, against, bound, measured, reached }) => {
    const verdict = reached === undefined ? '' : reached ? 'reached' : 'missed';
    return [what, subject, against, bound, measured, verdict];
  });
  return rows.length === 0 ? [] : [['goal', 'subject', 'against', 'bound', 'measured', ''], ...rows];
}
