/** The HTTP server against `node:http`: the same file, the same load, in turn. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Demo } from '../catalog.js';
import { seconds as checkSeconds, integer, parseOptions } from '../options.js';
import {
  type Figures,
  isInstalled,
  load,
  measure,
  median,
  placement,
  ratio,
  Subject,
  show,
} from './measure.js';

const CONNECTIONS = 64;
const SIZE = 4096;

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export async function compare(demo: Demo, args: readonly string[]): Promise<void> {
  const values = parseOptions(
    { seconds: { type: 'string', default: '1' }, rounds: { type: 'string', default: '11' } },
    args,
  );
  const rounds = integer('rounds', values.rounds, 1, 100);
  const hasWrk = isInstalled('wrk', '-v');
  const wanted = checkSeconds('seconds', values.seconds, 0.1, 60);
  const duration = hasWrk ? Math.ceil(wanted) : wanted; // wrk counts whole seconds.
  const folder = mkdtempSync(join(tmpdir(), 'fd-selectors-http-'));
  writeFileSync(join(folder, 'file.html'), 'x'.repeat(SIZE));
  console.log(
    `Both serve a file of ${SIZE} bytes to ${CONNECTIONS} connections, in ${rounds} rounds of ${duration} s each, in turn.`,
  );
  console.log(`${placement()} The load is ${hasWrk ? 'wrk' : 'our own: wrk is not installed'}.`);
  console.log('A CPU second is a second of CPU time that the server has used.\n');
  const subjects: Subject[] = [];
  try {
    subjects.push(
      await Subject.start('this demo', [process.execPath, demo.file, '--root', folder, '--quiet']),
      await Subject.start('node:http', [process.execPath, script('nodehttp.js'), folder]),
    );
    const run = (subject: Subject) => loaded(subject, duration, hasWrk);
    const [own, node] = await measure(subjects, rounds, run, (round, { subject, rates, perCpu }) => {
      const [rate, cpu] = [rates, perCpu].map((figures) => show(figures.at(-1) ?? 0).padStart(7));
      console.log(
        `round ${round}: ${subject.name} answers ${rate} requests per second, ${cpu} per CPU second`,
      );
    });
    if (own === undefined || node === undefined) throw new Error('nothing was measured');
    report(own, node);
  } finally {
    for (const subject of subjects) await subject.stop();
    rmSync(folder, { recursive: true });
  }
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
  for (const { subject, rates, perCpu } of [own, node]) {
    const [rate, cpu] = [rates, perCpu].map((figures) => show(median(figures)).padStart(7));
    console.log(`${subject.name}: ${rate} requests per second, ${cpu} per CPU second (medians)`);
  }
  const perCpu = ratio(own.perCpu, node.perCpu);
  const rate = ratio(own.rates, node.rates);
  console.log(
    `compared: ${perCpu} times as many requests per CPU second as node:http, and ${rate} times as many per second`,
  );
}
