/** Runs subjects as processes, bounded in time, and leaves none behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Workload } from './trials/trial.js';

/** What a subject printed: its figures, or why there are none. */
export interface Answer {
  readonly figures: Readonly<Record<string, number>>;
  readonly skipped?: string;
}

/** Longer than any subject takes for all but warming up and measuring. */
const TIMEOUT_MS = 180_000;

const running = new Set<ChildProcess>();

/** Ends a process with all that it started: each subject leads a group of its own. */
function kill(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** Ends all subjects, when the benchmark is ended. */
export function killAll(): void {
  for (const child of running) kill(child);
}

/** Starts a subject; what it prints to stderr is kept in case it fails. */
export function start(words: readonly string[], workload: Workload): ChildProcess {
  const [command = '', ...rest] = words;
  const parameters = Object.entries(workload).map(([key, value]) => `${key}=${value}`);
  const child = spawn(command, [...rest, ...parameters], { detached: true, stdio: 'pipe' });
  running.add(child);
  const measuring = Number(workload['warmup'] ?? 0) + Number(workload['ms'] ?? 0);
  const timer = setTimeout(() => kill(child), TIMEOUT_MS + measuring);
  child.on('error', () => running.delete(child));
  child.on('close', () => {
    clearTimeout(timer);
    running.delete(child);
  });
  return child;
}

/** Ends a subject, and waits until it is gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (!running.has(child)) return;
  const closed = once(child, 'close');
  kill(child);
  await closed;
}

/** Reads the answer that a subject printed as its last line. */
export function parseAnswer(stdout: string, stderr: string): Answer {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  try {
    const { skip, error, ...figures } = JSON.parse(line);
    if (skip !== undefined) return { figures: {}, skipped: skip };
    if (error === undefined) return { figures };
    return { figures: {}, skipped: `failed: ${error}` };
  } catch {
    return { figures: {}, skipped: `failed: ${stderr.trim().split('\n').at(-1) || 'no answer'}` };
  }
}

/** Waits for what a subject has to say. */
export async function answerOf(child: ChildProcess): Promise<Answer> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  try {
    await once(child, 'close');
  } catch (error) {
    return { figures: {}, skipped: `failed: ${(error as Error).message}` };
  }
  return parseAnswer(stdout, stderr);
}
