/** The HTTP server against `node:http`: the same file, the same load, in turn. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Demo } from '../catalog.js';
import { seconds as checkSeconds } from '../options.js';
import { isInstalled, load, median, placement, Subject, show } from './measure.js';

const ROUNDS = 5;
const CONNECTIONS = 64;
const SIZE = 4096;

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What one server did in each round. */
interface Figures {
  readonly subject: Subject;
  readonly perSecond: number[];
  /** Microseconds of CPU for each request. */
  readonly cpu: number[];
}

export async function compare(demo: Demo, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { seconds: { type: 'string', default: '1' } } });
  const hasWrk = isInstalled('wrk', '-v');
  const wanted = checkSeconds('seconds', values.seconds, 0.1, 60);
  const duration = hasWrk ? Math.ceil(wanted) : wanted; // wrk counts whole seconds.
  const folder = mkdtempSync(join(tmpdir(), 'fd-selectors-http-'));
  writeFileSync(join(folder, 'file.html'), 'x'.repeat(SIZE));
  console.log(
    `Both serve a file of ${SIZE} bytes to ${CONNECTIONS} connections, in ${ROUNDS} rounds of ${duration} s each, in turn.`,
  );
  console.log(`${placement()} The load is ${hasWrk ? 'wrk' : 'our own: wrk is not installed'}.\n`);
  const subjects: Subject[] = [];
  try {
    subjects.push(
      await Subject.start('this demo', [process.execPath, demo.file, '--root', folder, '--quiet']),
      await Subject.start('node:http', [process.execPath, script('nodehttp.js'), folder]),
    );
    const [own, node] = await measureAll(subjects, duration, hasWrk);
    if (own === undefined || node === undefined) throw new Error('nothing was measured');
    report(own, node);
  } finally {
    for (const subject of subjects) await subject.stop();
    rmSync(folder, { recursive: true });
  }
}

async function measureAll(
  subjects: readonly Subject[],
  duration: number,
  hasWrk: boolean,
): Promise<Figures[]> {
  const figures = subjects.map((subject): Figures => ({ subject, perSecond: [], cpu: [] }));
  // The first round warms up, and does not count.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { subject, perSecond, cpu } of round % 2 === 0 ? figures : figures.toReversed()) {
      const before = subject.cpu();
      const { rate, requests } = await loaded(subject, duration, hasWrk);
      if (round === 0) continue;
      perSecond.push(rate);
      cpu.push((subject.cpu() - before) / requests);
      console.log(`round ${round}: ${subject.name} answers ${show(rate).padStart(7)} requests per second`);
    }
  }
  return figures;
}

/** What a server did under load: requests per second, and how many. */
async function loaded(
  { port }: Subject,
  duration: number,
  hasWrk: boolean,
): Promise<{ rate: number; requests: number }> {
  const url = `http://127.0.0.1:${port}/file.html`;
  const said = hasWrk
    ? await load(['wrk', '-t1', `-c${CONNECTIONS}`, `-d${duration}s`, '--timeout', '60s', url])
    : await load([process.execPath, script('load.js'), url, String(CONNECTIONS), String(duration)]);
  const [, rate] = /^Requests\/sec: +([\d.]+)/m.exec(said) ?? [];
  const [, requests] = /^ *(\d+) requests in /m.exec(said) ?? [];
  if (rate === undefined || /Non-2xx|Socket errors/.test(said)) throw new Error(`the load failed: ${said}`);
  return { rate: Number(rate), requests: Number(requests) };
}

function report(own: Figures, node: Figures): void {
  console.log();
  for (const { subject, perSecond, cpu } of [own, node]) {
    const rate = show(median(perSecond)).padStart(7);
    console.log(
      `${subject.name}: ${rate} requests per second, ${median(cpu).toFixed(1)} µs of CPU each (medians)`,
    );
  }
  const factor = median(own.perSecond) / median(node.perSecond);
  const saved = median(node.cpu) / median(own.cpu);
  console.log(
    `compared: ${factor.toFixed(2)} times as many requests per second as node:http, and ${saved.toFixed(2)} times as many for the same CPU`,
  );
}
