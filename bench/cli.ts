/** The command: `npm run bench`, and `fd-selectors bench` from an installed package. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UsageError } from './errors.js';
import { type Options, parseOptions, usage } from './options.js';
import { checkWritable, temporaryFile } from './outputs.js';
import { page } from './page/page.js';
import { killAll } from './process.js';
import { type Results, readResults, serialize } from './results.js';
import { measureAll } from './run.js';
import { findSubjects } from './subjects.js';
import { toText } from './text.js';
import { Tools } from './tools.js';
import { TRIALS, trials } from './trials/index.js';

function list(options: Options): string {
  const { participants, absent } = findSubjects(new Tools(), { ...options, trials: TRIALS, full: true });
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

/** Writes the page, and prints the text. An interrupted run does not take the place of a whole report. */
function show(results: Results, { report }: Options): void {
  process.stdout.write(`${toText(results)}\n`);
  if (report === undefined) return;
  if (results.recording.interrupted) process.stderr.write('No report: the run was interrupted.\n');
  else writeFileSync(report, page(results));
}

/** Measures and keeps what it measured, before it shows anything. */
async function measure(options: Options, argv: readonly string[], signal: AbortSignal): Promise<Results> {
  const json = options.json ?? temporaryFile();
  checkWritable('json', json);
  const command = ['npm run bench', ...(argv.length > 0 ? ['--', ...argv] : [])].join(' ');
  const results = await measureAll(options, command, signal);
  writeFileSync(json, serialize(results));
  process.stderr.write(`Results: ${json}\n\n`);
  return results;
}

async function run(options: Options, argv: readonly string[], signal: AbortSignal): Promise<void> {
  if (options.report !== undefined) checkWritable('report', options.report);
  const { from } = options;
  show(from === undefined ? await measure(options, argv, signal) : readResults(from), options);
}

/** Runs until it is done or a signal comes; then what was measured by then counts. */
async function runUntilSignal(options: Options, argv: readonly string[]): Promise<number> {
  const interruption = new AbortController();
  let code = 0;
  const end = (signal: NodeJS.Signals): void => {
    code = EXIT[signal as keyof typeof EXIT];
    interruption.abort();
    killAll();
  };
  // Also where a closed pipe ends the process: each subject leads a group of its own, and would stay.
  process.once('SIGINT', end).once('SIGTERM', end).once('exit', killAll);
  await run(options, argv, interruption.signal);
  process.off('SIGINT', end).off('SIGTERM', end).off('exit', killAll);
  return code;
}

/**
 * Runs the benchmark as the command line says, and returns the exit code.
 *
 * @param called - how the command was called.
 */
export async function main(argv: readonly string[], called = 'npm run bench --'): Promise<number> {
  try {
    const options = parseOptions(argv);
    if (!options.help && !options.list) return await runUntilSignal(options, argv);
    process.stdout.write(`${options.help ? usage(called) : list(options)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\nSee ${called} --help.\n`);
    return 2;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
