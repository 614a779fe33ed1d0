/** What a subject is: a program that is compared with others. */
import { fileURLToPath } from 'node:url';
import type { Command, Tools } from './tools.js';
import { isEcho } from './trials/coroutines.js';
import type { TrialName } from './trials/index.js';
import type { Workload } from './trials/trial.js';

export const BACKENDS = ['select', 'poll', 'epoll'] as const;
export type Backend = (typeof BACKENDS)[number];

export interface Subject {
  readonly name: string;
  readonly label: string;
  readonly trials: readonly TrialName[];
  /** The trials in which it runs without `--full` and without being named; left out, all of them. */
  readonly main?: readonly TrialName[];
  /** Whether it does a workload of the trial; left out, it does all. */
  readonly does?: (trial: TrialName, workload: Workload) => boolean;
  /** The system call it waits with, if not epoll: it is compared with the same call in C and CPython. */
  readonly backend?: Backend;
  /** Its command for one trial, or why it cannot take part. */
  readonly command: (tools: Tools, trial: TrialName) => Command | string;
}

/** The trials of a loop on one of the system calls. */
export const LOOP_TRIALS: readonly TrialName[] = ['chain', 'echo', 'idle', 'churn', 'memory'];

/** Of those the main ones: echo servers and memory are compared on epoll alone. */
export function mainTrials(backend: Backend): readonly TrialName[] {
  return backend === 'epoll' ? loopTrials(backend) : ['chain', 'idle', 'churn'];
}

/** All trials of a loop: that on epoll serves beside the coroutines, too. */
export function loopTrials(backend: Backend): readonly TrialName[] {
  return backend === 'epoll' ? [...LOOP_TRIALS, 'coroutines'] : LOOP_TRIALS;
}

/** A loop has no tasks: of the trial with coroutines it does the server. */
export function withoutTasks(trial: TrialName, workload: Workload): boolean {
  return trial !== 'coroutines' || isEcho(workload);
}

/** A script of bench/subjects. */
export function script(file: string, ...words: string[]): Command {
  const path = fileURLToPath(new URL(`subjects/${file}.js`, import.meta.url));
  return {
    words: [process.execPath, '--expose-gc', path, ...words],
    version: `Node ${process.versions.node}`,
    compiles: true,
  };
}
