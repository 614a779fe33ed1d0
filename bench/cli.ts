/** The command: `npm run bench`, and `fd-selectors bench` from an installed package. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeMarkdown } from './markdown.js';
import { type Options, parseOptions, USAGE, UsageError } from './options.js';
import { writeReport } from './page/write.js';
import type { Results } from './results.js';
import { killAll } from './run.js';
import { cast, runSuite } from './suite.js';
import { toText } from './text.js';
import { Tools } from './tools.js';
import { TRIALS, trials } from './trials.js';

function list(options: Options): string {
  const { participants, absent } = cast(new Tools(), options);
  return [
    'Trials:',
    ...TRIALS.map((name) => `  ${name.padEnd(18)}${trials[name].title}`),
    'Subjects:',
    ...participants.map(({ name, version }) => `  ${name.padEnd(18)}${version}`),
    ...absent.map(({ name, why }) => `  ${name.padEnd(18)}absent: ${why}`),
  ].join('\n');
}

/** The exit codes of a shell for what a signal ended. */
const EXIT = { SIGINT: 130, SIGTERM: 143 } as const;

/** Measures, or takes what was measured. */
async function resultsFor(options: Options, signal: AbortSignal): Promise<Results> {
  if (options.from === undefined) return runSuite(options, signal);
  const results = JSON.parse(readFileSync(options.from, 'utf8'));
  if (results.replaced !== undefined) return results;
  throw new UsageError(`${options.from} is not what --json of this version writes`);
}

/** Writes what was asked for; parts of a run do not take the place of a whole report. */
async function run(options: Options, signal: AbortSignal): Promise<void> {
  const results = await resultsFor(options, signal);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 1)}\n`);
  if (!results.interrupted && options.report !== undefined) writeReport(results, options.report);
  if (!results.interrupted && options.markdown !== undefined) writeMarkdown(results, options.markdown);
  process.stdout.write(`${toText(results)}\n`);
}

/** Runs until it is done or a signal comes; then what was measured by then counts. */
async function runUntilSignal(options: Options): Promise<number> {
  const interruption = new AbortController();
  let code = 0;
  const end = (signal: NodeJS.Signals): void => {
    code = EXIT[signal as keyof typeof EXIT];
    interruption.abort();
    killAll();
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  await run(options, interruption.signal);
  process.off('SIGINT', end).off('SIGTERM', end);
  return code;
}

/** Runs the benchmark as the command line says, and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(argv);
    if (!options.help && !options.list) return await runUntilSignal(options);
    process.stdout.write(`${options.help ? USAGE : list(options)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}\n`);
    return 2;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
