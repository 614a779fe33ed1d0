import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LIMIT } from './limit.js';

/** The top of the repository, from where scripts find the built package. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** How a script ended, and what it wrote to its output. */
export interface Outcome {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

/**
 * Runs an ES module in a process of its own, where it imports the built package by name.
 *
 * @param onLine - called with each line that the script writes, to answer it, say with a signal.
 * @param limit - milliseconds after which the process is killed.
 * @param nofile - how many descriptors the process may have, if not as many as this one.
 */
export async function runScript(
  script: string,
  onLine: (line: string, child: ChildProcess) => void = () => {},
  limit = LIMIT,
  nofile?: number,
): Promise<Outcome> {
  const node = [process.execPath, '--input-type=module', '-e', script];
  const [command, ...args] =
    nofile === undefined ? node : ['/bin/sh', '-c', `ulimit -n ${nofile}; exec "$0" "$@"`, ...node];
  const child = spawn(command as string, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: limit,
    killSignal: 'SIGKILL',
  });
  let output = '';
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    for (let end = output.indexOf('\n', seen); end >= 0; end = output.indexOf('\n', seen)) {
      onLine(output.slice(seen, end), child);
      seen = end + 1;
    }
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, output };
}
