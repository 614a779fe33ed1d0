/** `fd-selectors doctor`: what works on this machine, and what limits it. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { painter, wantsColor } from './color.js';
import { limits } from './limits.js';
import { print } from './print.js';
import type { Report, Section } from './report.js';
import { otherRuntimes } from './runtimes.js';
import { addon, runtimeName, system } from './system.js';

const usage = (called: string): string => `Usage: ${called} [options]

Says what works on this machine, which fallbacks are taken, and what the limits
are. Include its output when you report a defect.

Options:
  --json           print the report as JSON
  --this-runtime   do not ask the other runtimes on the PATH
  -h, --help       show this text

Exit codes: 0 if the package works, 1 if a line marked with ✗ needs you, 2 wrong usage.`;

async function examine(others: boolean): Promise<Report> {
  const manifest = new URL('../../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const { section, native } = await addon();
  const sections: Section[] = [system(), section];
  if (native !== undefined) {
    // Loaded only now: they need the addon.
    const { calls } = await import('./calls.js');
    const { features } = await import('./features.js');
    sections.push(calls(native), await features());
  }
  sections.push(limits());
  if (others) sections.push(await otherRuntimes());
  return { version, runtime: runtimeName(), sections };
}

function parse(argv: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const options = { json: flag, 'this-runtime': flag, help: { ...flag, short: 'h' } } as const;
  return parseArgs({ args: [...argv], options }).values;
}

/** Prints the report, and returns the exit code. */
export async function main(argv: readonly string[], called: string): Promise<number> {
  let given: ReturnType<typeof parse>;
  try {
    given = parse(argv);
  } catch (error) {
    console.error(`${(error as Error).message}\nSee ${called} --help.`);
    return 2;
  }
  if (given.help) {
    console.log(usage(called));
    return 0;
  }
  const report = await examine(!given['this-runtime']);
  if (given.json) console.log(JSON.stringify(report, null, 2));
  else console.log(print(report, painter(wantsColor(process.stdout.isTTY))));
  const isBad = report.sections.some(({ findings }) => findings.some(({ state }) => state === 'bad'));
  return isBad ? 1 : 0;
}
