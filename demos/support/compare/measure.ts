/** Two servers under the same load, in turn: how many requests each answers, and what one costs. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';

/** Seconds that a server may take to listen. */
const PATIENCE = 60;
const SERVER_CORE = 0;
const LOAD_CORE = 1;
/** Microseconds in a clock tick of /proc/PID/stat. */
const TICK = 10_000;

/** Whether a program is installed. */
export function isInstalled(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 10_000 }).error === undefined;
}

const pins = availableParallelism() > 1 && isInstalled('taskset', '--version');

function pinned(core: number, words: readonly string[]): [string, string[]] {
  const [program = '', ...args] = pins ? ['taskset', '-c', String(core), ...words] : words;
  return [program, args];
}

/** Says on which core what runs. */
export function placement(): string {
  if (!pins)
    return 'The servers and the load share the cores (taskset is not installed, or there is one core).';
  return `The servers run on core ${SERVER_CORE}, the load on core ${LOAD_CORE}.`;
}

/** A server under comparison. */
export class Subject {
  readonly name: string;
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(name: string, port: number, process: ChildProcess) {
    this.name = name;
    this.port = port;
    this.#process = process;
  }

  /** Starts a server that says `listening on HOST:PORT`. */
  static async start(name: string, words: readonly string[]): Promise<Subject> {
    const [program, args] = pinned(SERVER_CORE, words);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    process.once('exit', () => child.kill());
    for await (const line of createInterface({ input: child.stdout })) {
      const [, port] = /^listening on .*:(\d+)/.exec(line) ?? [];
      if (port !== undefined) return new Subject(name, Number(port), child);
    }
    throw new Error(`${name} ended before it listened`);
  }

  /** Starts a server that has to be told its port, and says nothing. */
  static async startOn(name: string, port: number, words: readonly string[]): Promise<Subject> {
    const [program, args] = pinned(SERVER_CORE, words);
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    process.once('exit', () => child.kill());
    for (const end = Date.now() + PATIENCE * 1e3; Date.now() < end && child.exitCode === null; ) {
      if ((await answers(port)) && child.exitCode === null) return new Subject(name, port, child);
    }
    child.kill();
    throw new Error(`${name} does not listen on port ${port}`);
  }

  /** Microseconds of CPU that the server has used, in user and kernel mode. */
  cpu(): number {
    const fields =
      readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return TICK * (Number(fields[11]) + Number(fields[12]));
  }

  async stop(): Promise<void> {
    this.#process.kill();
    if (this.#process.exitCode === null && this.#process.signalCode === null)
      await once(this.#process, 'exit');
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return false;
  } finally {
    socket.destroy();
  }
}

/** Runs a program that makes the load to its end, and returns what it says. */
export async function load(words: readonly string[]): Promise<string> {
  const [program, args] = pinned(LOAD_CORE, words);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (more) => {
    said += more;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${words[0]} failed: ${said}`);
  return said;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]];
  return (low + high) / 2;
}

export function show(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}
