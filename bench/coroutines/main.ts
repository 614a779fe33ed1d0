/**
 * Coroutines beside others, one after the other in each round: `node dist/bench/coroutines/main.js [ROUNDS]`.
 *
 * It prints medians. Servers are compared by their CPU time for a request, too: that does not depend on how far their
 * core is from that of the load.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Tools } from '../tools.js';

type Figures = Readonly<Record<string, number>>;

const tools = new Tools();
const rounds = Number(process.argv[2] ?? 5);
const here = (file: string): string[] => {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return [process.execPath, '--expose-gc', path];
};
const words = (command: ReturnType<Tools['python']>): string[] | undefined =>
  typeof command === 'string' ? undefined : [...command.words];

const python = (loop: string): string[] | undefined => {
  const module = loop === 'gevent' ? 'gevent' : 'asyncio';
  return words(tools.python('coroutines.py', module, `loop=${loop}`));
};
const coroutines = {
  ours: here('ours.js'),
  gevent: python('gevent'),
  asyncio: python('asyncio'),
  'async/await': here('node.js'),
};
const servers = {
  ...coroutines,
  'our callbacks': [...here('../subjects/ours/echo.js'), 'backend=epoll'],
  'C epoll': words(tools.compiled('epoll', '', 'thread=1')),
};

function lines(child: ChildProcess): () => Promise<Figures> {
  const read = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  return async () => {
    const { value, done } = await read.next();
    if (done) throw new Error(`${child.spawnargs.join(' ')} ended without an answer`);
    return JSON.parse(value) as Figures;
  };
}

function start(command: readonly string[], ...more: string[]): ChildProcess {
  const [program = '', ...rest] = [...command, ...more];
  return spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'], timeout: 60_000, killSignal: 'SIGKILL' });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Nanoseconds of CPU that a process has used. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 1e7;
}

async function measure(command: readonly string[], trial: string): Promise<Figures> {
  const child = start(command, `trial=${trial}`);
  try {
    return await lines(child)();
  } finally {
    await end(child);
  }
}

async function measureEcho(command: readonly string[], connections: number): Promise<Figures> {
  const load = words(tools.compiled('load'));
  if (load === undefined) throw new Error('the load needs a C compiler');
  const server = start([...tools.pin(0), ...command], 'trial=echo');
  const children = [server];
  try {
    const { port } = await lines(server)();
    const parameters = [`port=${port}`, `connections=${connections}`, 'bytes=64', 'warmup=700', 'ms=1500'];
    const client = start([...tools.pin(1), ...load], ...parameters, 'trial=echo');
    children.push(client);
    const next = lines(client);
    await next();
    const before = cpuOf(server.pid as number);
    client.stdin?.write('\n');
    const { requests = 0, served = 1 } = await next();
    return { requests, cpu: (cpuOf(server.pid as number) - before) / served };
  } finally {
    for (const child of children) await end(child);
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Runs all of them in turn, round after round, and prints the medians with ratios to ours. */
async function compare(
  title: string,
  subjects: Readonly<Record<string, readonly string[] | undefined>>,
  once: (command: readonly string[]) => Promise<Figures>,
): Promise<void> {
  console.log(`\n${title}`);
  const found = new Map<string, Figures[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of Object.entries(subjects)) {
      if (command !== undefined) found.set(name, [...(found.get(name) ?? []), await once(command)]);
    }
  }
  const keys = Object.keys(found.get('ours')?.[0] ?? {});
  const medianOf = (name: string, key: string) => median(found.get(name)?.map((one) => one[key] ?? 0) ?? []);
  for (const name of found.keys()) {
    const cells = keys.map((key) => {
      const [value, ours] = [medianOf(name, key), medianOf('ours', key)];
      return `${key} ${value.toFixed(0).padStart(8)} (${(value / ours).toFixed(2)} x ours)`;
    });
    console.log(`  ${name.padEnd(14)} ${cells.join('   ')}`);
  }
}

const by = (trial: string) => (command: readonly string[]) => measure(command, trial);
await compare('switch between two tasks, ns', coroutines, by('switch'));
await compare(
  '100,000 sleeping tasks, bytes each (Python: resident), ns to start one',
  coroutines,
  by('memory'),
);
await compare('100,000 timers, ns of CPU each', coroutines, by('timers'));
for (const connections of [100, 1000]) {
  await compare(`echo, ${connections} connections, 64 bytes; cpu in ns for a request`, servers, (command) =>
    measureEcho(command, connections),
  );
}
