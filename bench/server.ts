/** Runs a subject that is a server, with the load on it from another process. */
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Answer, parseAnswer, start, stop } from './process.js';
import { script } from './subject.js';
import type { Tools } from './tools.js';
import type { Workload } from './trials/trial.js';

/** Server and load share one core: how far apart two cores are changes, and with it every figure. */
const CORE = 0;

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
  return [...tools.pin(CORE), ...words];
}

/** Lets the load do its work; undefined where it or the server failed. */
async function underLoad(load: ChildProcess, group: number): Promise<Answer | undefined> {
  const line = linesOf(load);
  const errors = stderrOf(load);
  const before = memoryOf(group);
  const { opened } = parseAnswer(await line(), errors()).figures;
  if (opened === undefined) return undefined;
  const bytes = Math.max(0, (memoryOf(group) - before) / opened);
  load.stdin?.write('\n');
  const { figures, skipped } = parseAnswer(await line(), errors());
  return skipped === undefined ? { figures: { ...figures, bytes } } : undefined;
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
  const server = start([...tools.pin(CORE), ...words], workload);
  const line = linesOf(server);
  const errors = stderrOf(server);
  let load: ChildProcess | undefined;
  try {
    const { figures, skipped } = parseAnswer(await line(), errors());
    if (figures['port'] === undefined) return { figures: {}, skipped: skipped ?? 'failed: no port' };
    const pid = server.pid as number;
    load = start(loadWords(tools), { ...workload, port: figures['port'], server: pid });
    return (await underLoad(load, pid)) ?? (await whyOf(server, line, errors));
  } finally {
    if (load !== undefined) await stop(load);
    await stop(server);
  }
}
