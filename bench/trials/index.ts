/** The trials, the headline first. To add one: add its file, and its name here. */
import { chain } from './chain.js';
import { churn } from './churn.js';
import { coroutines } from './coroutines.js';
import { echo } from './echo.js';
import { idle } from './idle.js';
import { memory } from './memory.js';
import { models } from './models.js';
import type { Trial } from './trial.js';
import { wakeup } from './wakeup.js';

const all = { chain, echo, idle, churn, wakeup, memory, models, coroutines };

export type TrialName = keyof typeof all;
export const trials: Readonly<Record<TrialName, Trial>> = all;
export const TRIALS = Object.keys(all) as readonly TrialName[];
/** The trials of a run that asks for nothing else. */
export const HEADLINE: readonly TrialName[] = ['chain', 'echo', 'idle'];
