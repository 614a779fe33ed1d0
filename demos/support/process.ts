/** A demo as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Demo } from './catalog.js';

/** How many seconds a server may take to log what we expect, on a busy machine. */
const PATIENCE = 60;

/** Seconds that Ctrl-C may take to reach this process after others. */
const GRACE = 0.1;

/** With this exit code, a demo refuses its command line. */
const WRONG_OPTIONS = 2;

const running = new Set<ChildProcess>();
let ending = false;
process.on('exit', () => {
  for (const child of running) child.kill();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Ctrl-C reaches our children too, and those that serve close their sockets: we end when they have.
  process.once(signal, async () => {
    ending = true;
    const patience = setTimeout(() => process.exit(128 + constants.signals[signal]), PATIENCE * 1e3);
    const children = [...running];
    for (const child of children) child.kill(signal);
    await Promise.all(children.map((child) => once(child, 'exit')));
    clearTimeout(patience);
    // One that had no time to watch the signal has no sockets.
    const clean = children.every(({ exitCode, signalCode }) => exitCode === 0 || signalCode === signal);
    process.exit(clean ? 0 : 128 + constants.signals[signal]);
  });
}

/** Waits, perhaps forever, if Ctrl-C has come, because the program is about to end. */
export async function interrupted(): Promise<void> {
  // What it did to others may be known first.
  await new Promise((resolve) => setTimeout(resolve, GRACE * 1e3));
  if (ending) await new Promise(() => {});
}

function start(demo: Demo, args: readonly string[], stdout: 'pipe' | 'inherit'): ChildProcess {
  const child = spawn(process.execPath, [demo.file, ...args], { stdio: ['ignore', stdout, 'inherit'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Runs a demo to its end, and returns its exit code. */
export async function run(demo: Demo, args: readonly string[]): Promise<number> {
  const [code] = await once(start(demo, args, 'inherit'), 'exit');
  return code ?? 1;
}

/** A running server demo, and its log. */
export class Server {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #hear: (line: string) => void;

  /** @param hear - called with each line of the log that {@link Server.says} reads. */
  constructor(demo: Demo, args: readonly string[], hear: (line: string) => void) {
    this.#process = start(demo, args, 'pipe');
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
    this.#hear = hear;
  }

  /** Waits until the server listens, and returns its address and what it says that it does. */
  async listening(): Promise<{ host: string; port: number; does: string }> {
    const line = await this.says('listening on', (said) => said.startsWith('listening on '));
    const [, host, port, does] = /^listening on (.*):(\d+), (.*)/.exec(line) ?? [];
    return { host: String(host), port: Number(port), does: String(does) };
  }

  /**
   * Waits for a line, and returns it.
   *
   * @throws Error if it does not appear in time, or the server ends first.
   */
  async says(wanted: string, matches = (line: string) => line === wanted): Promise<string> {
    for (;;) {
      const line = await this.#next(wanted);
      this.#hear(line);
      if (matches(line)) return line;
    }
  }

  async #next(wanted: string): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`the server did not say '${wanted}' within ${PATIENCE} seconds`);
      timer = setTimeout(reject, PATIENCE * 1e3, error);
    });
    try {
      const { value, done } = await Promise.race([this.#lines.next(), late]);
      if (!done) return value;
      if (this.#process.exitCode === null && this.#process.signalCode === null)
        await once(this.#process, 'exit');
      // It has said what is wrong with the command line.
      if (this.#process.exitCode === WRONG_OPTIONS) process.exit(WRONG_OPTIONS);
      throw new Error(`the server ended before it said '${wanted}'`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the server. */
  stop(): void {
    this.#process.kill();
  }

  /**
   * Ends the server as Ctrl-C does.
   *
   * @throws Error when it does not close its sockets and end with exit code 0.
   */
  async interrupt(): Promise<void> {
    this.#process.kill('SIGINT');
    await this.says('closing', (line) => line.startsWith('interrupted'));
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
    if (this.#process.exitCode !== 0) throw new Error(`the server ended with code ${this.#process.exitCode}`);
  }
}
