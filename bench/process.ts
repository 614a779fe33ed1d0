/** Runs subjects as processes, bounded in time, and leaves none behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Workload } from './trials/trial.js';

/** What a subject printed: its figures, or why there are none. */
export interface Answer {
  readonly figures: Readonly<Record<string, number>>;
  /** Of a server: the figures of each turn. */
  readonly turns?: readonly Answer['figures'][];
  readonly skipped?: string;
}

/** Longer than any answer takes beside warming up and measuring. */
const TIMEOUT_MS = 180_000;

const running = new Set<ChildProcess>();

/** Ends a process with all that it started: each subject leads a group of its own. */
function kill(child: ChildProcess): void {
  try {
    if (running.has(child) && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** Ends all subjects, when the benchmark is ended. */
export function killAll(): void {
  for (const child of running) kill(child);
}

/** Reads a line that a subject printed; where there is none, stderr says why. */
export function parseAnswer(line: string, stderr: string): Answer {
  try {
    const { skip, error, ...figures } = JSON.parse(line);
    if (skip !== undefined) return { figures: {}, skipped: skip };
    if (error === undefined) return { figures };
    return { figures: {}, skipped: `failed: ${error}` };
  } catch {
    return { figures: {}, skipped: `failed: ${stderr.trim().split('\n').at(-1) || 'no answer'}` };
  }
}

/** A subject as a process, which answers in lines. */
export class Program {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #lines: AsyncIterator<string, undefined>;
  #stderr = '';

  constructor(words: readonly string[], workload: Workload) {
    const [command = '', ...rest] = words;
    const parameters = Object.entries(workload).map(([key, value]) => `${key}=${value}`);
    const child = spawn(command, [...rest, ...parameters], { detached: true, stdio: 'pipe' });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.#closed = new Promise((resolve) => child.on('close', resolve));
    running.add(child);
    void this.#closed.then(() => running.delete(child));
    const note = (text: string): void => {
      this.#stderr += text;
    };
    child.stderr.setEncoding('utf8').on('data', note);
    child.on('error', ({ message }) => note(message));
    // What is written to a process that has ended is lost; that it gives no answer says so.
    child.stdin.on('error', () => undefined);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Asks for another answer. */
  ask(question: string): void {
    this.#child.stdin?.write(`${question}\n`);
  }

  /** The next line, of a process that measures for `ms`. */
  answer(ms = 0): Promise<Answer> {
    return this.#bounded(ms, async () => {
      const { value, done } = await this.#lines.next();
      if (done) await this.#closed;
      return value ?? '';
    });
  }

  /** The last line, of a process that measures for `ms` and ends. */
  lastAnswer(ms: number): Promise<Answer> {
    return this.#bounded(ms, async () => {
      let last = '';
      for await (const line of { [Symbol.asyncIterator]: () => this.#lines }) last = line;
      await this.#closed;
      return last;
    });
  }

  /** Reads a line; a process that takes longer than any has to is ended, and so has no more. */
  async #bounded(ms: number, read: () => Promise<string>): Promise<Answer> {
    const timer = setTimeout(() => kill(this.#child), TIMEOUT_MS + ms);
    const line = await read();
    clearTimeout(timer);
    return parseAnswer(line, this.#stderr);
  }

  /** Ends the process, and waits until it is gone. */
  async stop(): Promise<void> {
    kill(this.#child);
    await this.#closed;
  }
}
