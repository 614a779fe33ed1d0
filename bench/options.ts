/** The command line. */
import { parseArgs } from 'node:util';
import { subjects } from './subjects.js';
import { QUICK_SIZES, QUICK_TRIALS, SIZES, type Sizes, TRIALS, type TrialName } from './trials.js';

/** What was asked for. */
export interface Options {
  readonly help: boolean;
  readonly list: boolean;
  readonly quick: boolean;
  readonly trials: readonly TrialName[];
  /** Names, or beginnings of names: `ours` is all of ours. Empty: all. */
  readonly subjects: readonly string[];
  readonly sizes: Sizes;
  readonly rounds: number;
  /** Milliseconds that each subject measures for, after a warm-up of half as long, 200 at least; servers ten times that. */
  readonly ms: number;
  readonly json: string | undefined;
  readonly report: string | undefined;
  readonly markdown: string | undefined;
  readonly from: string | undefined;
}

/** The command line is wrong; the message says how. */
export class UsageError extends Error {}

export const USAGE = `Usage: fd-selectors bench [options]

  --quick            a first impression, in less than a minute: fewer trials, subjects and rounds
  --trial NAME       only this trial (again for another): ${TRIALS.join(', ')}
  --subject NAME     only this subject, or those that begin with NAME (again for another)
  --fds N,N,...      numbers of descriptors; default ${SIZES.fds.join(',')}
  --connections N,N  numbers of connections to an echo server; default ${SIZES.connections.join(',')}
  --bytes N,N        bytes of a message to an echo server; default ${SIZES.bytes.join(',')}
  --rounds N         rounds, of servers a third of them; default 9, quick 1
  --ms N             milliseconds to measure in each process, for servers ten times that; default 100, quick 20
  --json FILE        write the results
  --report DIR       write the report: index.html and the charts
  --markdown FILE    write the tables for docs/benchmarks.md into FILE
  --from FILE        measure nothing: take the results of an earlier --json
  --list             say what there is, and what is absent
  --help             this text`;

function positive(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`--${name} is a number above zero, not ${text}`);
  return value;
}

function listOf(name: string, text: string | undefined, otherwise: readonly number[]): readonly number[] {
  if (text === undefined) return otherwise;
  const values = text.split(',').map((one) => positive(name, one, 0));
  return [...new Set(values)].sort((a, b) => a - b);
}

function trialsOf(names: readonly string[] | undefined, quick: boolean): readonly TrialName[] {
  for (const name of names ?? []) {
    if (!(TRIALS as readonly string[]).includes(name)) {
      throw new UsageError(`there is no trial ${name}: ${TRIALS.join(', ')}`);
    }
  }
  return (names as TrialName[] | undefined) ?? (quick ? QUICK_TRIALS : TRIALS);
}

function subjectsOf(names: readonly string[] | undefined): readonly string[] {
  for (const name of names ?? []) {
    if (!subjects.some((subject) => subject.name.startsWith(name))) {
      throw new UsageError(
        `there is no subject ${name}: ${subjects.map((subject) => subject.name).join(', ')}`,
      );
    }
  }
  return names ?? [];
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const many = { type: 'string', multiple: true } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        ...{ help: flag, list: flag, quick: flag, trial: many, subject: many, fds: text, rounds: text },
        ...{ connections: text, bytes: text, ms: text, json: text, report: text, markdown: text, from: text },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/**
 * Reads the command line.
 *
 * @throws {@link UsageError} for what it cannot mean.
 */
export function parseOptions(argv: readonly string[]): Options {
  const { help, list, quick, trial, subject, rounds, ms, json, report, markdown, from, ...sizes } =
    parse(argv);
  const otherwise = quick ? QUICK_SIZES : SIZES;
  return {
    ...{ help, list, quick, json, report, markdown, from },
    trials: trialsOf(trial, quick),
    subjects: subjectsOf(subject),
    sizes: {
      fds: listOf('fds', sizes.fds, otherwise.fds),
      connections: listOf('connections', sizes.connections, otherwise.connections),
      bytes: listOf('bytes', sizes.bytes, otherwise.bytes),
      quick,
    },
    rounds: positive('rounds', rounds, quick ? 1 : 9),
    ms: positive('ms', ms, quick ? 20 : 100),
  };
}
