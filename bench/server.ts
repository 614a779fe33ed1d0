/** Runs a subject that is a server, with the load on it from another process on another core. */
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Answer, parseAnswer, start, stop } from './run.js';
import { script } from './subjects.js';
import type { Tools } from './tools.js';
import type { Workload } from './trials.js';

/** The server on one core, the load on the other. */
const SERVER_CORE = 0;
const LOAD_CORE = 1;

/** Proportional resident bytes of the processes of a group: what they share counts once. */
function groupBytes(group: number): number {
  let bytes = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
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
  return [...tools.pin(LOAD_CORE), ...words];
}

/** Starts the server, then the load; asks for the memory in between. */
export async function runServer(tools: Tools, words: readonly string[], workload: Workload): Promise<Answer> {
  const server = start([...tools.pin(SERVER_CORE), ...words], workload);
  const serverLine = linesOf(server);
  const serverErrors = stderrOf(server);
  let load: ChildProcess | undefined;
  try {
    const first = await serverLine();
    const { figures, skipped } = parseAnswer(first, serverErrors());
    const { port } = figures;
    if (port === undefined) return { figures: {}, skipped: skipped ?? 'failed: no port' };
    const before = groupBytes(server.pid as number);
    load = start(loadWords(tools), { ...workload, port });
    const loadLine = linesOf(load);
    const loadErrors = stderrOf(load);
    const opened = parseAnswer(await loadLine(), loadErrors()).figures['opened'];
    const grown = groupBytes(server.pid as number) - before;
    load.stdin?.write('\n');
    const answer = opened === undefined ? undefined : parseAnswer(await loadLine(), loadErrors());
    if (answer !== undefined && answer.skipped === undefined && opened !== undefined) {
      return { figures: { ...answer.figures, bytes: Math.max(0, grown / opened) } };
    }
    // The load failed because the server did; the server says why, if it can.
    await stop(load);
    const why = parseAnswer(await endOf(server, serverLine), serverErrors());
    return { figures: {}, skipped: why.skipped ?? answer?.skipped ?? 'failed' };
  } finally {
    if (load !== undefined) await stop(load);
    await stop(server);
  }
}

/** The last line of a server that has ended or is ended here. */
async function endOf(server: ChildProcess, line: () => Promise<string>): Promise<string> {
  const ended = server.exitCode !== null || server.signalCode !== null;
  if (!ended) setTimeout(() => void stop(server), 200);
  return line();
}
