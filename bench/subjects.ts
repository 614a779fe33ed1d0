/** The subjects that there are, and those that can take part. To add some: a file of families/, named here. */
import { c } from './families/c.js';
import { node } from './families/node.js';
import { ours } from './families/ours.js';
import { python } from './families/python.js';
import type { Absent, Participant } from './results.js';
import type { Subject } from './subject.js';
import type { Tools } from './tools.js';
import type { TrialName } from './trials/index.js';

export const subjects: readonly Subject[] = [...ours, ...c, ...python, ...node];

/** What a subject is called in tables and charts. */
export function labelOf(name: string): string {
  return subjects.find((subject) => subject.name === name)?.label ?? name;
}

/** What was asked for of the subjects. */
export interface Wanted {
  readonly trials: readonly TrialName[];
  /** Names, or beginnings of names: `ours` is all of ours. Empty: the main ones. */
  readonly subjects: readonly string[];
  /** All subjects in place of the main ones, and all sizes. */
  readonly full: boolean;
}

/** Whether a subject was asked for in a trial: by name, or as one of the main ones, or of all. */
export function isWanted(subject: Subject, trial: TrialName, { subjects: named, full }: Wanted): boolean {
  if (!subject.trials.includes(trial)) return false;
  if (named.length > 0) return named.some((start) => subject.name.startsWith(start));
  return full || (subject.main ?? subject.trials).includes(trial);
}

/** The subjects that were asked for, and can or cannot take part. */
export interface Found {
  readonly present: readonly Subject[];
  readonly participants: readonly Participant[];
  readonly absent: readonly Absent[];
}

/** Finds out which subjects can take part; what needs a compiler is compiled. */
export function findSubjects(tools: Tools, wanted: Wanted): Found {
  const present: Subject[] = [];
  const participants: Participant[] = [];
  const absent: Absent[] = [];
  for (const subject of subjects) {
    const { name, label } = subject;
    const trial = wanted.trials.find((one) => isWanted(subject, one, wanted));
    if (trial === undefined) continue;
    const command = subject.command(tools, trial);
    if (typeof command === 'string') {
      absent.push({ name, why: command });
    } else {
      present.push(subject);
      participants.push({ name, label, version: command.version });
    }
  }
  return { present, participants, absent };
}
