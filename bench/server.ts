/** Runs a subject that is a server, with the load on it from another process on another core. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Answer, parseAnswer, start, stop } from './run.js';
import { script } from './subjects.js';
import type { Tools } from './tools.js';
import type { Workload } from './trials.js';

/** The server on one core, the load on the other. */
const SERVER_CORE = 0;
const LOAD_CORE = 1;

/**
 * Nanoseconds that a cache line takes from the server's core to the load's and back. In a virtual machine
 * the host moves the cores, and a server and its load lose a quarter when they are far from each other.
 * Undefined where that cannot be found out.
 */
export function measureHandoff(tools: Tools): number | undefined {
  const command = tools.compiled('handoff');
  if (typeof command === 'string' || tools.pin(SERVER_CORE).length === 0) return undefined;
  const [program = ''] = command.words;
  const cores = [`server=${SERVER_CORE}`, `load=${LOAD_CORE}`];
  const { stdout, stderr } = spawnSync(program, cores, { encoding: 'utf8', timeout: 5_000 });
  return parseAnswer(stdout ?? '', stderr ?? '').figures['ns'];
}

/** Nanoseconds in a clock tick of /proc/PID/stat. */
const TICK = 1e7;

/** What the processes of a group use. */
interface Usage {
  /** Proportional resident bytes: what processes share counts once. */
  readonly bytes: number;
  /** Nanoseconds of CPU, those of ended children that were waited for included. */
  readonly cpu: number;
}

function usageOf(group: number): Usage {
  let bytes = 0;
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      // Counted behind the name, which may hold blanks: the group is field 5, the times 14 to 17.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      if (Number(fields[2]) !== group) continue;
      ticks += fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
      const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
      bytes += Number(pss?.[1] ?? 0) * 1024;
    } catch {
      // It has ended since the folder was read.
    }
  }
  return { bytes, cpu: ticks * TICK };
}

/** The lines that a process prints, one at a time; empty when there are no more. */
function linesOf(child: ChildProcess): () => Promise<string> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  return async () => (await lines.next()).value ?? '';
}

function stderrOf(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (more) => {
    text += more;
  });
  return () => text;
}

/** The load, in C where there is a compiler. */
function loadWords(tools: Tools): readonly string[] {
  const inC = tools.compiled('load');
  const { words } = typeof inC === 'string' ? script('load') : inC;
  return [...tools.pin(LOAD_CORE), ...words];
}

/** Lets the load do its work; undefined where it or the server failed. */
async function underLoad(load: ChildProcess, group: number): Promise<Answer | undefined> {
  const line = linesOf(load);
  const errors = stderrOf(load);
  const before = usageOf(group);
  const { opened } = parseAnswer(await line(), errors()).figures;
  if (opened === undefined) return undefined;
  const open = usageOf(group);
  load.stdin?.write('\n');
  const { figures, skipped } = parseAnswer(await line(), errors());
  const { served } = figures;
  if (skipped !== undefined || served === undefined) return undefined;
  const cpu = (usageOf(group).cpu - open.cpu) / served;
  return { figures: { ...figures, bytes: Math.max(0, (open.bytes - before.bytes) / opened), cpu } };
}

/** What a server says that failed under load: why it cannot do this, or what broke it. */
async function whyOf(
  server: ChildProcess,
  line: () => Promise<string>,
  errors: () => string,
): Promise<Answer> {
  const timer = setTimeout(() => void stop(server), 200);
  const { skipped } = parseAnswer(await line(), errors());
  clearTimeout(timer);
  return { figures: {}, skipped: skipped ?? 'failed under load' };
}

/** Starts the server, then the load on it. */
export async function runServer(tools: Tools, words: readonly string[], workload: Workload): Promise<Answer> {
  const server = start([...tools.pin(SERVER_CORE), ...words], workload);
  const line = linesOf(server);
  const errors = stderrOf(server);
  let load: ChildProcess | undefined;
  try {
    const { figures, skipped } = parseAnswer(await line(), errors());
    if (figures['port'] === undefined) return { figures: {}, skipped: skipped ?? 'failed: no port' };
    load = start(loadWords(tools), { ...workload, port: figures['port'] });
    return (await underLoad(load, server.pid as number)) ?? (await whyOf(server, line, errors));
  } finally {
    if (load !== undefined) await stop(load);
    await stop(server);
  }
}
