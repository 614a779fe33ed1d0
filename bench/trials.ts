/** The trials: what is asked of each subject. */

export const TRIALS = ['chain', 'idle', 'churn', 'wakeup', 'memory', 'echo', 'models'] as const;
export type TrialName = (typeof TRIALS)[number];

/** Those of a quick run: models starts processes of Node's by the dozen. */
export const QUICK_TRIALS: readonly TrialName[] = TRIALS.filter((name) => name !== 'models');

/** Parameters of one measurement; a subject gets them as `key=value` words. */
export type Workload = Readonly<Record<string, number | string>>;

/** What a figure is, and what its better direction is. */
export interface FigureKind {
  readonly name: string;
  readonly title: string;
  readonly unit: 'ns' | 'bytes' | 'per second';
  readonly better: 'less' | 'more';
}

export interface Trial {
  readonly name: TrialName;
  readonly title: string;
  readonly figures: readonly [FigureKind, ...FigureKind[]];
  /** The parameter that a table has along its columns and a chart along its axis. */
  readonly along: string;
  /** Whether the subject is a server under load from another process. */
  readonly server: boolean;
  /** Milliseconds of warm-up at least, where a compiler at run time needs longer than usual. */
  readonly warmup?: number;
  readonly workloads: (sizes: Sizes) => Workload[];
}

/** How large the workloads are. */
export interface Sizes {
  /** Numbers of descriptors. */
  readonly fds: readonly number[];
  /** Numbers of connections to an echo server. */
  readonly connections: readonly number[];
  /** Bytes of a message to an echo server. */
  readonly bytes: readonly number[];
  /** Whether one degree of activity is enough. */
  readonly quick: boolean;
}

/** The sizes if none are asked for. */
export const SIZES: Sizes = {
  fds: [10, 30, 100, 300, 1000, 3000, 8000],
  connections: [1, 100, 1000, 8000],
  bytes: [64, 16384],
  quick: false,
};
export const QUICK_SIZES: Sizes = { fds: [100, 1000], connections: [100], bytes: [64, 16384], quick: true };

const ns = (title: string): FigureKind => ({ name: 'ns', title, unit: 'ns', better: 'less' });

function distinct(values: readonly number[], most: number): number[] {
  return [...new Set(values.filter((value) => value <= most))];
}

/** A run of the chain has at least this many writes, and ten for each active pair. */
const WRITES = 200;

/** The architectures of a server. */
export const MODELS = ['process', 'thread', 'pool', 'select', 'poll', 'epoll'] as const;
/** Few: a process of Node's for each of them takes its time and its memory. */
const MODELS_CONNECTIONS = 20;

export const trials: Readonly<Record<TrialName, Trial>> = {
  chain: {
    name: 'chain',
    title: 'A byte passed along N socket pairs, A of them active at a time',
    figures: [ns('time per event')],
    along: 'fds',
    server: false,
    workloads: ({ fds, quick }) =>
      fds.flatMap((n) =>
        distinct(quick ? [100] : [1, 10, 100, n], n).map((active) => ({
          // "all" is a line of its own in the chart, also where N is 100.
          activity: active === n && !quick ? 'all' : `${active}`,
          fds: n,
          active,
          writes: Math.max(WRITES, 10 * active),
        })),
      ),
  },
  idle: {
    name: 'idle',
    title: 'One select(0) with N descriptors registered and K ready',
    figures: [ns('time per call')],
    along: 'fds',
    server: false,
    workloads: ({ fds, quick }) =>
      fds.flatMap((n) =>
        distinct(quick ? [0, 100] : [0, 1, 100, n], n).map((ready) => ({
          readiness: ready === n && !quick ? 'all' : `${ready}`,
          fds: n,
          ready,
        })),
      ),
  },
  churn: {
    name: 'churn',
    title: 'Registering and unregistering a descriptor, and changing what it is watched for',
    figures: [ns('time per operation')],
    along: 'fds',
    server: false,
    workloads: ({ fds, quick }) =>
      (quick ? fds.slice(-1) : fds).flatMap((n) =>
        ['register', 'modify'].map((operation) => ({ operation, fds: n })),
      ),
  },
  wakeup: {
    name: 'wakeup',
    title: 'A byte written to oneself and one asynchronous wake-up for it',
    figures: [ns('time per wake-up')],
    along: 'when',
    server: false,
    workloads: () => [{ when: 'before' }, { when: 'after' }],
  },
  memory: {
    name: 'memory',
    title: 'What the process grows by for each descriptor registered',
    figures: [{ name: 'bytes', title: 'bytes per descriptor', unit: 'bytes', better: 'less' }],
    along: 'fds',
    server: false,
    workloads: ({ fds }) => [{ fds: Math.max(...fds) }],
  },
  echo: {
    name: 'echo',
    title: 'An echo server in one thread, under load from another process',
    figures: [
      { name: 'requests', title: 'requests per second', unit: 'per second', better: 'more' },
      { name: 'p50', title: 'median latency', unit: 'ns', better: 'less' },
      { name: 'p99', title: '99th percentile of latency', unit: 'ns', better: 'less' },
      { name: 'cpu', title: "the server's CPU time per request", unit: 'ns', better: 'less' },
    ],
    along: 'connections',
    server: true,
    workloads: ({ connections, bytes }) =>
      bytes.flatMap((size) => connections.map((count) => ({ bytes: size, connections: count }))),
  },
  models: {
    name: 'models',
    title: 'An echo server of each architecture, one connection for each request',
    figures: [
      { name: 'requests', title: 'requests per second', unit: 'per second', better: 'more' },
      { name: 'bytes', title: 'memory per open connection', unit: 'bytes', better: 'less' },
      { name: 'startup', title: 'until the first reply', unit: 'ns', better: 'less' },
    ],
    along: 'model',
    server: true,
    // Each worker of a pool compiles for itself, and has a twentieth of the requests to find out what.
    warmup: 5000,
    workloads: () =>
      MODELS.map((model) => ({
        model,
        connections: MODELS_CONNECTIONS,
        bytes: 64,
        reconnect: 1,
      })),
  },
};

/** The name of a workload without what stands along the axis: `active=100`. */
export function groupOf(trial: Trial, workload: Workload): string {
  const { activity, readiness, operation, bytes } = workload;
  if (trial.name === 'chain') return `${activity} active`;
  if (trial.name === 'idle') return `${readiness} ready`;
  if (trial.name === 'churn') return `${operation}`;
  return trial.name === 'echo' ? `${bytes} bytes` : '';
}
