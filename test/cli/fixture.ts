/** The built command as a process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { pipe } from 'fd-selectors/fds';
import { LIMIT } from '../support/limit.js';

export const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Milliseconds that a test may take whose processes start on a busy machine. */
export const PATIENCE = 2 * LIMIT;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Without what npm and the test runner set. */
const environment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_|_COLOR$/i.test(name)),
);

/** Runs `fd-selectors` with these arguments to its end. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...environment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT,
    killSignal: 'SIGKILL',
  });
  const closed = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await closed;
  return { code, stdout, stderr };
}

/** Runs it with an output that nobody reads: every write fails with EPIPE. */
export async function runUnread(args: readonly string[]): Promise<Pick<Ended, 'code' | 'stderr'>> {
  const [reader, writer] = pipe();
  reader.close();
  const child = spawn(process.execPath, [cli, ...args], {
    env: environment,
    stdio: ['ignore', writer.fileno(), 'pipe'],
    timeout: LIMIT,
    killSignal: 'SIGKILL',
  });
  writer.close();
  const closed = once(child, 'close');
  const stderr = await text(child.stderr!);
  const [code] = await closed;
  return { code, stderr };
}
