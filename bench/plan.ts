/** What a run consists of: the workloads, and for each the subjects that have it. */
import type { Case } from './case.js';
import { UsageError } from './errors.js';
import type { Options } from './options.js';
import type { Subject } from './subject.js';
import { type Found, findSubjects, isWanted, subjects } from './subjects.js';
import type { Tools } from './tools.js';
import { type TrialName, trials } from './trials/index.js';
import {
  FD_SETSIZE,
  SIZE_NAMES,
  type SizeName,
  type Sizes,
  type Trial,
  type Workload,
} from './trials/trial.js';

/** The cases of one workload. */
export type Table = readonly [Case, ...Case[]];

export interface Plan extends Omit<Found, 'present'> {
  readonly tables: readonly Table[];
  /** What the machine's limits leave out. */
  readonly remarks: readonly string[];
}

/** Descriptors that a subject has beside those of its workload. */
const SPARE = 100;
/** Descriptors for one of each size: a pair, a connection. */
const COSTS: Readonly<Record<SizeName, number>> = { fds: 2, connections: 1, bytes: 0 };

function named(list: readonly { readonly name: string }[]): string {
  return list.map(({ name }) => name).join(', ');
}

/** Refuses a subject that none of the trials has, a trial that none of the subjects has. */
function checkSubjects(options: Options): void {
  const { trials: wanted, subjects: names } = options;
  for (const start of names) {
    const meant = subjects.filter(({ name }) => name.startsWith(start));
    if (meant.some((subject) => wanted.some((trial) => subject.trials.includes(trial)))) continue;
    const possible = [...new Set(meant.flatMap((subject) => subject.trials))].join(', ');
    throw new UsageError(`${start} is not in the trial ${wanted.join(', ')}. It is in: ${possible}`);
  }
  for (const trial of options.named ? wanted : []) {
    if (subjects.some((subject) => isWanted(subject, trial, options))) continue;
    const possible = named(subjects.filter((subject) => subject.trials.includes(trial)));
    throw new UsageError(`The trial ${trial} does not have ${names.join(', ')}. It has: ${possible}`);
  }
}

/** Refuses a size that none of the trials takes, or the machine does not allow. */
function checkSizes({ trials: wanted, sizes }: Options, limit: number): void {
  for (const name of SIZE_NAMES) {
    const most = Math.floor((limit - SPARE) / COSTS[name]);
    const [largest] = (sizes[name] ?? []).slice(-1);
    if (largest === undefined) continue;
    const takes = (trial: Trial): boolean => trial.sizes[name] !== undefined;
    if (!wanted.some((trial) => takes(trials[trial]))) {
      const possible = named(Object.values(trials).filter(takes));
      throw new UsageError(`--${name} does not apply to ${wanted.join(', ')}. It applies to: ${possible}`);
    }
    if (largest > most) {
      throw new UsageError(`--${name} is at most ${most} here (ulimit -n is ${limit}). Received ${largest}`);
    }
  }
}

/** The sizes of one trial, of those that the machine allows. */
function sizesOf(trial: Trial, { sizes, full }: Options, limit: number): Sizes {
  return Object.fromEntries(
    SIZE_NAMES.flatMap((name) => {
      const usual = trial.sizes[name];
      if (usual === undefined) return [];
      const asked = sizes[name] ?? usual[full ? 'full' : 'headline'];
      return [[name, asked.filter((size) => size * COSTS[name] <= limit - SPARE)]];
    }),
  );
}

/** What a machine with few descriptors leaves out. */
function remarksOn(options: Options, limit: number): string[] {
  return options.trials.flatMap((name) => {
    const left = sizesOf(trials[name], options, Number.POSITIVE_INFINITY);
    const kept = sizesOf(trials[name], options, limit);
    return SIZE_NAMES.flatMap((size) => {
      const missing = (left[size] ?? []).filter((one) => !kept[size]?.includes(one));
      return missing.length === 0
        ? []
        : [`${name} without ${missing.join(', ')} ${size}: ulimit -n is ${limit}.`];
    });
  });
}

/** Whether select cannot name all descriptors of a case. */
function isBeyondSelect({ subject, workload }: Case): boolean {
  return subject.backend === 'select' && Number(workload['fds'] ?? workload['connections']) >= FD_SETSIZE;
}

/** The workloads of one trial. */
function workloadsOf(trial: Trial, options: Options, limit: number): Workload[] {
  const { extra = [] } = trial;
  const { named: isNamed, full, sizes } = options;
  const list = trial.workloads(sizesOf(trial, options, limit), full);
  const isSized = SIZE_NAMES.some((name) => trial.sizes[name] !== undefined && sizes[name] !== undefined);
  if (!isNamed || full || isSized) return list;
  const fits = (one: Workload): boolean =>
    SIZE_NAMES.every((name) => Number(one[name] ?? 0) * COSTS[name] <= limit - SPARE);
  return [...list, ...extra.filter(fits)];
}

function tablesOf(
  name: TrialName,
  present: readonly Subject[],
  options: Options,
  tools: Tools,
  limit: number,
) {
  const trial = trials[name];
  return workloadsOf(trial, options, limit).map((workload) =>
    present
      .filter((subject) => isWanted(subject, name, options) && (subject.does?.(name, workload) ?? true))
      .flatMap((subject): Case[] => {
        const command = subject.command(tools, name);
        return typeof command === 'string' ? [] : [{ trial, workload, subject, command, rounds: [] }];
      }),
  );
}

/**
 * Plans a run on a machine that allows `limit` descriptors.
 *
 * @throws {@link UsageError} where nothing could be measured; the message says what could.
 */
export function planRun(options: Options, tools: Tools, limit: number): Plan {
  checkSubjects(options);
  checkSizes(options, limit);
  const { present, ...others } = findSubjects(tools, options);
  const tables = options.trials
    .flatMap((name) => tablesOf(name, present, options, tools, limit))
    .filter((table): table is [Case, ...Case[]] => table.length > 0);
  const cases = tables.flat();
  const remarks = remarksOn(options, limit);
  if (cases.length === 0) {
    const why = [...others.absent.map(({ name, why }) => `${name}: ${why}`), ...remarks].join('; ');
    throw new UsageError(`Nothing of this can be measured here (${why}). See --list`);
  }
  if (cases.every(isBeyondSelect)) {
    throw new UsageError(
      `select takes descriptors below ${FD_SETSIZE}. Possible are fewer, or poll and epoll`,
    );
  }
  return { tables, remarks, ...others };
}
