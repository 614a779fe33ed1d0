/**
 * Two servers under the same load, in turn: how many requests each answers, and how much CPU time one takes.
 *
 * The servers and the load run on one core. On two, the distance between the cores decides how fast a server is, and
 * in a virtual machine that distance changes from minute to minute: docs/decisions/0012-one-core.md.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/** Seconds that a server may take to listen. */
const PATIENCE = 60;
/** Milliseconds in a clock tick of /proc/PID/stat. */
const TICK = 10;

/** Whether a program is installed. */
export function isInstalled(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 10_000 }).error === undefined;
}

/** The last core that this process may use. */
const core = /^Cpus_allowed_list:.*?(\d+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
const pins = isInstalled('taskset', '--version');

function pinned(words: readonly string[]): [string, string[]] {
  const [program = '', ...args] = pins ? ['taskset', '-c', core, ...words] : words;
  return [program, args];
}

/** Says where the programs run. */
export function placement(): string {
  return pins
    ? `The servers and the load share core ${core}.`
    : 'The servers and the load share all cores: taskset is not installed.';
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
    const [program, args] = pinned(words);
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
    const [program, args] = pinned(words);
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    process.once('exit', () => child.kill());
    for (const end = Date.now() + PATIENCE * 1e3; Date.now() < end && child.exitCode === null; ) {
      if ((await answers(port)) && child.exitCode === null) return new Subject(name, port, child);
    }
    child.kill();
    throw new Error(`${name} does not listen on port ${port}`);
  }

  /** Milliseconds of CPU time that the server has used, in all its threads. */
  cpu(): number {
    const folder = `/proc/${this.#process.pid}`;
    try {
      const threads = readdirSync(`${folder}/task`).map((thread) =>
        readFileSync(`${folder}/task/${thread}/schedstat`, 'utf8'),
      );
      return threads.reduce((sum, text) => sum + Number(text.split(' ')[0]) / 1e6, 0);
    } catch {
      // Not every kernel has schedstat. This counts in ticks.
      const fields = readFileSync(`${folder}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return TICK * (Number(fields[11]) + Number(fields[12]));
    }
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
  const [program, args] = pinned(words);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (more) => {
    said += more;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${words[0]} failed: ${said}`);
  return said;
}

/** What a server did in each round. */
export interface Figures {
  readonly subject: Subject;
  /** Requests a second. */
  readonly rates: number[];
  /** Requests for each second of the server's CPU time. */
  readonly perCpu: number[];
}

/** Has `count` rounds measured, each server in turn, and the other one first in the next round. */
export async function measure(
  subjects: readonly Subject[],
  count: number,
  run: (subject: Subject) => Promise<{ rate: number; requests: number }>,
  done: (round: number, figures: Figures) => void = () => {},
): Promise<Figures[]> {
  const all = subjects.map((subject): Figures => ({ subject, rates: [], perCpu: [] }));
  // The first round warms up, and does not count.
  for (let round = 0; round <= count; round++) {
    for (const figures of round % 2 === 0 ? all : all.toReversed()) {
      const before = figures.subject.cpu();
      const { rate, requests } = await run(figures.subject);
      if (round === 0) continue;
      figures.rates.push(rate);
      figures.perCpu.push((1e3 * requests) / (figures.subject.cpu() - before));
      done(round, figures);
    }
  }
  return all;
}

/** How many times as much the first did as the second in the same round: the median of the rounds. */
export function ratio(own: readonly number[], other: readonly number[]): string {
  return median(own.map((figure, round) => figure / (other[round] ?? Number.NaN))).toFixed(2);
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
