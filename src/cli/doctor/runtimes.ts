/** The other runtimes of this machine, each asked by a doctor of its own. */
import { execFile } from 'node:child_process';
import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Finding, note, ok, type Report, type Section } from './report.js';

const RUNTIMES: readonly [name: string, ...args: string[]][] = [
  ['node'],
  ['bun', 'run'],
  ['deno', 'run', '--allow-all'],
];
const PATIENCE_MS = 30_000;

/** The file that a shell would run, if there is one. */
export function findCommand(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** In one line: the version, and what does not work. */
export function summarize(report: Report): Finding {
  const wrong = report.sections.flatMap(({ findings }) => findings.filter(({ state }) => state === 'bad'));
  if (wrong.length === 0) return ok(report.runtime, 'everything works');
  return note(report.runtime, wrong.map(({ name, text }) => `${name}: ${text}`).join('; '));
}

function ask(command: string, args: readonly string[]): Promise<Finding> {
  const script = fileURLToPath(new URL('../../cli.js', import.meta.url));
  const words = [...args, script, 'doctor', '--json', '--this-runtime'];
  return new Promise((resolve) => {
    execFile(command, words, { timeout: PATIENCE_MS, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      try {
        resolve(summarize(JSON.parse(stdout)));
      } catch {
        const said = stderr.trim().split('\n')[0] || error?.message.split('\n')[0];
        resolve(note(command, `cannot tell: ${said ?? 'no answer'}`));
      }
    });
  });
}

/** Asks the runtimes on the PATH that are not this one. */
export async function otherRuntimes(): Promise<Section> {
  const findings: Finding[] = [];
  for (const [name, ...args] of RUNTIMES) {
    const command = findCommand(name);
    if (command === undefined) findings.push(ok(name, 'not on the PATH'));
    else if (realpathSync(command) !== realpathSync(process.execPath))
      findings.push(await ask(command, args));
  }
  return { title: 'Other runtimes', findings };
}
