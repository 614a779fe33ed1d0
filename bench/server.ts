/** Runs subjects that are servers: all of a workload at once, each under load of its own, in turns. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Answer, Program } from './process.js';
import { script } from './subject.js';
import type { Tools } from './tools.js';
import type { Workload } from './trials/trial.js';

/** Servers and loads share one core: how far apart two cores are changes, and with it every figure. */
const CORE = 0;
/** Milliseconds that a server has to say why it failed. */
const LAST_WORDS_MS = 200;

/** How often each server works, for how long, and for how long before that without being measured. */
export interface Turns {
  readonly count: number;
  readonly ms: number;
  readonly leadMs: number;
}

/** A server to be run. */
export interface ServerPlan {
  readonly words: readonly string[];
  /** Milliseconds of load before its first turn. */
  readonly warmup: number;
}

/** Proportional resident bytes of the processes of a group: what they share counts once. */
function memoryOf(group: number): number {
  let bytes = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      // The group is field 5, counted behind the name, which may hold blanks.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      if (Number(fields[2]) !== group) continue;
      const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
      bytes += Number(pss?.[1] ?? 0) * 1024;
    } catch {
      // It has ended since the folder was read.
    }
  }
  return bytes;
}

/** The load, in C where there is a compiler. */
function loadWords(tools: Tools): readonly string[] {
  const inC = tools.compiled('load');
  const { words } = typeof inC === 'string' ? script('load') : inC;
  return [...tools.pin(CORE), ...words];
}

/** A server with the load on it. */
class LoadedServer {
  readonly #server: Program;
  readonly #turns: Answer['figures'][] = [];
  #load: Program | undefined;
  /** What opening the connections took. */
  #opening: Answer['figures'] = {};
  #skipped: string | undefined;

  constructor(tools: Tools, words: readonly string[], workload: Workload) {
    this.#server = new Program([...tools.pin(CORE), ...words], workload);
  }

  /** Waits for its port, then lets the load open all connections. */
  async open(tools: Tools, workload: Workload): Promise<void> {
    const { figures, skipped } = await this.#server.answer();
    const { port } = figures;
    if (port === undefined) {
      this.#skipped = skipped ?? 'failed: no port';
      return;
    }
    const { pid } = this.#server;
    const before = memoryOf(pid);
    this.#load = new Program(loadWords(tools), { ...workload, port, server: pid });
    const { opened, startup } = (await this.#ofLoad(this.#load.answer())) ?? {};
    if (opened === undefined || startup === undefined) return;
    this.#opening = { bytes: Math.max(0, (memoryOf(pid) - before) / opened), startup };
  }

  /** Works, unmeasured; not if it has failed. */
  async work(ms: number): Promise<Answer['figures'] | undefined> {
    if (this.#load === undefined || this.#skipped !== undefined) return undefined;
    this.#load.ask(`${ms}`);
    return this.#ofLoad(this.#load.answer(ms));
  }

  /** Takes a turn: works for a while to get its caches back, then is measured. */
  async takeTurn({ ms, leadMs }: Turns): Promise<void> {
    if (leadMs > 0) await this.work(leadMs);
    const figures = await this.work(ms);
    if (figures !== undefined) this.#turns.push(figures);
  }

  /** The figures of an answer of the load; if it has none, the server has failed. */
  async #ofLoad(answer: Promise<Answer>): Promise<Answer['figures'] | undefined> {
    const { figures, skipped } = await answer;
    if (skipped === undefined) return figures;
    this.#skipped = await this.#lastWords();
    return undefined;
  }

  /** Why the server cannot do this, or what broke it. */
  async #lastWords(): Promise<string> {
    const timer = setTimeout(() => void this.#server.stop(), LAST_WORDS_MS);
    const { skipped } = await this.#server.answer();
    clearTimeout(timer);
    return skipped ?? 'failed under load';
  }

  /** What it did in the first turns, or why it could not; one that was ended later has not failed by itself. */
  answer(turns: number): Answer {
    if (turns > 0 && this.#turns.length >= turns) {
      return { figures: this.#opening, turns: this.#turns.slice(0, turns) };
    }
    return { figures: {}, skipped: this.#skipped ?? 'interrupted' };
  }

  async stop(): Promise<void> {
    await this.#load?.stop();
    await this.#server.stop();
  }
}

/** The same in random order: none always works after the same other. */
function shuffled<T>(list: readonly T[]): T[] {
  const places = list.map((one) => [Math.random(), one] as const);
  return places.sort(([a], [b]) => a - b).map(([, one]) => one);
}

/** Has all servers at once work in turns until each has had its number, or the signal comes: then the whole turns count. */
export async function runServers(
  tools: Tools,
  plans: readonly ServerPlan[],
  workload: Workload,
  turns: Turns,
  signal: AbortSignal,
  onTurn: () => void,
): Promise<Answer[]> {
  const servers: LoadedServer[] = [];
  try {
    for (const { words, warmup } of plans) {
      if (signal.aborted) break;
      const server = new LoadedServer(tools, words, workload);
      servers.push(server);
      await server.open(tools, workload);
      await server.work(warmup);
      onTurn();
    }
    let complete = 0;
    while (complete < turns.count && !signal.aborted) {
      for (const server of shuffled(servers)) await server.takeTurn(turns);
      if (!signal.aborted) complete++;
      onTurn();
    }
    return servers.map((server) => server.answer(complete));
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}
