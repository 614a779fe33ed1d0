/** The goals that the project set itself, as ratios, and whether a run reaches them. */
import { baselineOf, ratioBetween } from './compare.js';
import type { Results } from './results.js';
import type { TrialName, Workload } from './trials.js';

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

/** A goal beside what was measured: null where the loads differed, undefined where one did not run. */
export interface Outcome extends Goal {
  readonly ratio: number | null | undefined;
}

const CALLS = ['epoll', 'poll', 'select'] as const;
const CHAIN: Workload = { fds: 1000, activity: '100' };

function toC(trial: TrialName, workload: Workload, subject: string, most: number): Goal {
  return { trial, workload, subject, against: baselineOf(subject, 'c'), figure: 'ns', most };
}

function ahead(trial: TrialName, workload: Workload, subject: string, against: string): Goal {
  return trial === 'echo'
    ? { trial, workload, subject, against, figure: 'requests', least: 1 }
    : { trial, workload, subject, against, figure: 'ns', most: 1 };
}

function echoGoals(bytes: number, aheadOfNet: number): Goal[] {
  return [1, 100, 1000, 8000].flatMap((connections): Goal[] => {
    const workload = { bytes, connections };
    const echo = { trial: 'echo', workload, subject: 'ours-epoll', figure: 'requests' } as const;
    return [
      { ...echo, against: 'c-epoll', least: 0.95 },
      { ...echo, against: 'node-net', least: aheadOfNet },
      ...['cpython-epoll', 'asyncio', 'gevent', 'uvloop'].map((peer) =>
        ahead('echo', workload, 'ours-epoll', peer),
      ),
    ];
  });
}

export const goals: readonly Goal[] = [
  ...CALLS.map((call) => toC('chain', CHAIN, `ours-${call}`, 1.15)),
  ...CALLS.map((call) => toC('chain', CHAIN, `ours-${call}-fds`, 1.1)),
  ...CALLS.map((call) => ahead('chain', CHAIN, `ours-${call}`, `cpython-${call}`)),
  toC('idle', { fds: 1000, readiness: '0' }, 'ours-epoll', 1.15),
  toC('idle', { fds: 1000, readiness: '100' }, 'ours-epoll', 1.15),
  toC('idle', { fds: 1000, readiness: 'all' }, 'ours-epoll', 1.2),
  ...CALLS.map((call) => ahead('idle', { fds: 1000, readiness: '100' }, `ours-${call}`, `cpython-${call}`)),
  toC('churn', { fds: 1000, operation: 'register' }, 'ours-epoll', 1.25),
  toC('churn', { fds: 1000, operation: 'modify' }, 'ours-epoll', 1.4),
  {
    trial: 'wakeup',
    workload: { when: 'before' },
    subject: 'ours-async',
    against: 'npm-epoll',
    figure: 'ns',
    most: 0.5,
  },
  ...echoGoals(64, 1.5),
  ...echoGoals(16384, 1.8),
];

/** Each goal beside what a run measured; those of trials that did not run are left out. */
export function outcomes(results: Results): Outcome[] {
  return goals
    .map((goal) => ({ ...goal, ratio: ratioBetween(results, goal) }))
    .filter((outcome) => outcome.ratio !== undefined);
}

/** Whether the goal is reached. */
export function isReached({ ratio, most, least }: Outcome): boolean {
  if (ratio === null || ratio === undefined) return false;
  return ratio <= (most ?? Number.POSITIVE_INFINITY) && ratio >= (least ?? 0);
}
