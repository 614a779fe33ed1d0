/** What a trial is: the question asked of each subject, and how its figures are shown. */

/** Parameters of one measurement; a subject gets them as `key=value` words. */
export type Workload = Readonly<Record<string, number | string>>;

export interface FigureKind {
  readonly name: string;
  readonly title: string;
  readonly unit: 'ns' | 'bytes' | 'per second';
  readonly better: 'less' | 'more';
}

/** Sizes that the command line can set. */
export const SIZE_NAMES = ['fds', 'connections', 'bytes'] as const;
export type SizeName = (typeof SIZE_NAMES)[number];

/** The sizes of one run, each a list in ascending order. */
export type Sizes = Readonly<Partial<Record<SizeName, readonly number[]>>>;

/** A line of a chart: its hue names the system call or the family, its stroke whose it is. */
export interface LinePlan {
  readonly subject: string;
  /** Written at the end of the line, if at all. */
  readonly label: string;
  readonly hue: 'select' | 'poll' | 'epoll' | 'uring' | 'node' | 'python' | 'other';
  readonly stroke: 'ours' | 'c' | 'peer';
}

/** A chart of the trial's first figure. */
export interface ChartPlan {
  /** The name of its file. */
  readonly name: string;
  readonly title: string;
  readonly subtitle: string;
  readonly along: string;
  readonly lines: readonly LinePlan[];
  /** Pairs of a stroke and what it stands for. */
  readonly legend: readonly (readonly [LinePlan['stroke'], string])[];
  /** A value on the axis where a line has to end, and why. */
  readonly end?: { readonly at: number; readonly subject: string; readonly label: string };
  readonly shows: (workload: Workload) => boolean;
}

export interface Trial {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly [FigureKind, ...FigureKind[]];
  /** How many of the figures the terminal shows. */
  readonly brief: number;
  /** The parameter along the columns of a table and the axis of a chart. */
  readonly along: string;
  /** Whether the subject is a server under load from another process. */
  readonly server: boolean | ((workload: Workload) => boolean);
  /** The sizes it takes if none are asked for: few of them, or with `--full` all. */
  readonly sizes: Readonly<
    Partial<Record<SizeName, { readonly headline: readonly number[]; readonly full: readonly number[] }>>
  >;
  readonly workloads: (sizes: Sizes, full: boolean) => Workload[];
  /** What a run adds that names the trial, but none of its sizes; with `--full` they are among the others. */
  readonly extra?: readonly Workload[];
  /** Milliseconds of a server's turn and of its work before that, where they are not as usual. */
  readonly turn?: { readonly ms: number; readonly leadMs: number };
  /** Milliseconds of warm-up, where a server that is compiled while it runs needs another time than usual. */
  readonly warmup?: (workload: Workload) => number | undefined;
  /** What workloads in one table share: `1 active`. */
  readonly group: (workload: Workload) => string;
  /** Milliseconds that a subject needs besides warming up and measuring. */
  readonly overhead: (workload: Workload, backend?: string) => number;
  readonly charts: readonly ChartPlan[];
}

/** The sizes of the trials that vary the number of descriptors. */
export const FDS = { headline: [10, 100, 1000, 8000], full: [10, 30, 100, 300, 1000, 3000, 8000] };

export const nanoseconds = (title: string): FigureKind => ({ name: 'ns', title, unit: 'ns', better: 'less' });

/** Whether a workload of a trial is one for a server. */
export function isServer({ server }: Trial, workload: Workload): boolean {
  return typeof server === 'boolean' ? server : server(workload);
}

/** Milliseconds to start a process and to open its socket pairs. */
export function opening(fds: number): number {
  return 110 + fds * 0.05;
}

/** The counts that are possible with `most` descriptors, each once. */
export function distinct(counts: readonly number[], most: number): number[] {
  return [...new Set(counts.filter((count) => count <= most))];
}

/** Where select ends: it cannot name descriptors from here on. */
export const FD_SETSIZE = 1024;

/** What the charts of the three system calls share. */
const callChart: Pick<ChartPlan, 'lines' | 'legend' | 'end'> = {
  lines: (['select', 'poll', 'epoll'] as const).flatMap((call): LinePlan[] => [
    { subject: `c-${call}`, label: '', hue: call, stroke: 'c' },
    { subject: `cpython-${call}`, label: '', hue: call, stroke: 'peer' },
    { subject: `ours-${call}`, label: call, hue: call, stroke: 'ours' },
  ]),
  legend: [
    ['ours', 'fd-selectors'],
    ['c', 'C, idle thread'],
    ['peer', 'CPython'],
  ],
  end: { at: FD_SETSIZE, subject: 'ours-select', label: 'select ends at 1,024' },
};

/** A chart of the three system calls, for the workloads in which `parameter` has a value, or the one of `fds`. */
export function chartOfCalls(
  plan: Pick<ChartPlan, 'name' | 'title' | 'subtitle' | 'along'>,
  parameter: string,
  value: number | 'all',
): ChartPlan {
  const shows = (workload: Workload): boolean =>
    workload[parameter] === (value === 'all' ? workload['fds'] : value);
  return { ...plan, ...callChart, shows };
}

/** What the trials share that vary the number of descriptors that are registered. */
export const BY_FDS = { brief: 1, along: 'fds', server: false, sizes: { fds: FDS } } as const;
