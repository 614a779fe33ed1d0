/** The command line. */
import { parseArgs } from 'node:util';
import { SERVER_FACTOR } from './case.js';
import { UsageError } from './errors.js';
import { subjects, type Wanted } from './subjects.js';
import { HEADLINE, TRIALS, type TrialName } from './trials/index.js';
import { SIZE_NAMES, type Sizes } from './trials/trial.js';

/** What was asked for. */
export interface Options extends Wanted {
  readonly help: boolean;
  readonly list: boolean;
  /** Whether the trials were named, not taken by default. */
  readonly named: boolean;
  /** The sizes that were given. */
  readonly sizes: Sizes;
  readonly rounds: number;
  /** Minutes after which the run ends, but not within the first round. */
  readonly minutes: number;
  /** Milliseconds that each process measures for; servers {@link SERVER_FACTOR} times that. */
  readonly ms: number;
  readonly json: string | undefined;
  readonly report: string | undefined;
  readonly from: string | undefined;
}

const DEFAULT_MINUTES = 5;
const DEFAULT_ROUNDS = 3;
const FULL_ROUNDS = 9;
const DEFAULT_MS = 100;
const QUICK_MS = 10;
/** Where `--report` writes if it names no file. */
export const REPORT = 'bench-report.html';

/** @param called - how the command was called. */
export const usage = (called: string): string => `Usage: ${called} [options]

What to measure; by default ${HEADLINE.join(', ')}, in at most ${DEFAULT_MINUTES} minutes:
  --trial NAME,...   only these trials (chain and echo with one more workload):
                     ${TRIALS.slice(0, 6).join(', ')},
                     ${TRIALS.slice(6).join(', ')}
  --full             everything: all trials, subjects and sizes; with --trial,
                     all subjects and sizes of that trial
  --subject NAME,... only these subjects, or those that begin with NAME
  --fds N,...        numbers of descriptors, for chain, idle, churn and memory
  --connections N,.. numbers of connections, for echo
  --bytes N,...      bytes of a message, for echo

How long:
  --quick            a first look: --rounds 1 --ms ${QUICK_MS}
  --rounds N         rounds over everything but servers, which take turns
                     within one; default ${DEFAULT_ROUNDS}, with --full ${FULL_ROUNDS}
  --minutes N        end after N minutes, but not within the first
                     round; default ${DEFAULT_MINUTES}, unless --full or --rounds is given
  --ms N             milliseconds that each process measures for, servers
                     ${SERVER_FACTOR} times that; default ${DEFAULT_MS}

What comes of it:
  --json FILE        keep the results here; by default in a temporary file
  --report [FILE]    write the report, one HTML page; default ${REPORT}
  --from FILE        measure nothing: take the results that --json wrote
  --list             list the trials and the subjects, and what is absent
  -h, --help         show this text

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 by Ctrl-C.`;

function positive(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`--${name} takes integers above zero. Received ${JSON.stringify(text)}`);
}

function numbers(name: string, text: string): readonly number[] {
  const values = text.split(',').map((one) => positive(name, one, 0));
  return [...new Set(values)].sort((a, b) => a - b);
}

/** The words of an option that may be given again and may hold several, each once. */
function words(given: readonly string[] | undefined): string[] {
  return [...new Set((given ?? []).flatMap((one) => one.split(',')))];
}

function trialsOf(names: readonly string[], full: boolean): readonly TrialName[] {
  const unknown = names.find((name) => !(TRIALS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`There is no trial ${unknown}. The trials are: ${TRIALS.join(', ')}`);
  }
  if (names.length > 0) return TRIALS.filter((name) => names.includes(name));
  return full ? TRIALS : HEADLINE;
}

function subjectsOf(names: readonly string[]): readonly string[] {
  const unknown = names.find((name) => !subjects.some((subject) => subject.name.startsWith(name)));
  if (unknown === undefined) return names;
  const known = subjects.map(({ name }) => name).join(', ');
  throw new UsageError(`There is no subject ${unknown}. The subjects are: ${known}`);
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const many = { type: 'string', multiple: true } as const;
  // The value of --report may be left out, which parseArgs does not know.
  const args = argv.map((word, at) => {
    const next = argv[at + 1];
    return word === '--report' && (next === undefined || next.startsWith('-')) ? `--report=${REPORT}` : word;
  });
  try {
    return parseArgs({
      args,
      options: {
        ...{ help: { ...flag, short: 'h' }, list: flag, full: flag, quick: flag, trial: many, subject: many },
        ...{ fds: text, connections: text, bytes: text, rounds: text, minutes: text, ms: text },
        ...{ json: text, report: text, from: text },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Refuses options that say what to measure where nothing is measured. */
function checkFrom(given: ReturnType<typeof parse>): void {
  const { from, help, report, ...measuring } = given;
  const [useless] = Object.entries(measuring).flatMap(([name, value]) => (value === false ? [] : [name]));
  if (from === undefined || useless === undefined) return;
  throw new UsageError(`--from measures nothing, so --${useless} cannot apply. Use --report`);
}

/**
 * Reads the command line.
 *
 * @throws {@link UsageError} for what it cannot mean.
 */
export function parseOptions(argv: readonly string[]): Options {
  const given = parse(argv);
  checkFrom(given);
  const { help, list, full, quick, json, report, from, minutes } = given;
  const { rounds, ms } = quick ? { rounds: '1', ms: `${QUICK_MS}`, ...given } : given;
  const trials = words(given.trial);
  const unlimited = full || rounds !== undefined;
  return {
    ...{ help, list, full, json, report, from },
    trials: trialsOf(trials, full),
    named: trials.length > 0,
    subjects: subjectsOf(words(given.subject)),
    sizes: Object.fromEntries(
      SIZE_NAMES.flatMap((name) => (given[name] === undefined ? [] : [[name, numbers(name, given[name])]])),
    ),
    rounds: positive('rounds', rounds, full ? FULL_ROUNDS : DEFAULT_ROUNDS),
    minutes: positive('minutes', minutes, unlimited ? Number.POSITIVE_INFINITY : DEFAULT_MINUTES),
    ms: positive('ms', ms, DEFAULT_MS),
  };
}
