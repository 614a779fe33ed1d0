/** The key-value server against Redis: the same commands, from redis-benchmark, in turn. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Demo } from '../catalog.js';
import { integer, parseOptions } from '../options.js';
import { isInstalled, load, measure, median, placement, ratio, Subject, show } from './measure.js';

const ROUNDS = 3;
/** How often a port is looked for. */
const ATTEMPTS = 5;
const COMMANDS = ['SET', 'GET', 'INCR'];
/** Commands that a client sends at a time. */
const PIPELINES = [1, 16];

export async function compare(demo: Demo, args: readonly string[]): Promise<void> {
  const values = parseOptions({ requests: { type: 'string', default: '50000' } }, args);
  const requests = integer('requests', values.requests, 1000, 100_000_000);
  for (const program of ['redis-benchmark', 'redis-server']) {
    if (isInstalled(program, '--version')) continue;
    console.log(`not compared: ${program} is not installed (Debian: apt install redis-server redis-tools)`);
    return;
  }
  console.log(`redis-benchmark, 50 clients, ${ROUNDS} rounds, the servers in turn; medians. ${placement()}`);
  console.log('A CPU second is a second of CPU time that the server has used.\n');
  const subjects: Subject[] = [];
  try {
    subjects.push(await Subject.start('this demo', [process.execPath, demo.file, '--quiet']));
    subjects.push(await startRedis());
    for (const pipeline of PIPELINES)
      await compareWith(pipeline, subjects, requests * (pipeline > 1 ? 4 : 1));
  } finally {
    for (const subject of subjects) await subject.stop();
  }
}

/** Starts redis-server. Another program may take the free port first: then it gets another one. */
async function startRedis(): Promise<Subject> {
  const options = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return await Subject.startOn('redis-server', port, [
        'redis-server',
        '--port',
        String(port),
        ...options,
      ]);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

async function compareWith(pipeline: number, subjects: readonly Subject[], requests: number): Promise<void> {
  const each = `${String(pipeline).padStart(2)} at a time`;
  for (const command of COMMANDS) {
    const [own, redis] = await measure(subjects, ROUNDS, async ({ port }) => {
      const options = { '-p': port, '-t': command.toLowerCase(), '-n': requests, '-P': pipeline };
      const said = await load(['redis-benchmark', ...Object.entries(options).flat().map(String), '--csv']);
      const [, rate] = /^"[A-Z]+","([\d.]+)"/m.exec(said) ?? [];
      if (rate === undefined) throw new Error(`redis-benchmark did not measure ${command}: ${said}`);
      return { rate: Number(rate), requests };
    });
    if (own === undefined || redis === undefined) throw new Error('nothing was measured');
    const [here, there] = [own, redis].map(({ perCpu }) => show(median(perCpu)).padStart(9));
    console.log(
      `compared: ${command.padEnd(4)} ${each}: ${here} per CPU second, redis-server ${there}: ${ratio(own.perCpu, redis.perCpu)} times; per second: ${ratio(own.rates, redis.rates)} times`,
    );
  }
}
