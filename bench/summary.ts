/** The answer in a few sentences, all of whose numbers are computed from the results. */
import { type Baseline, baselineOf, find, ratio } from './compare.js';
import { formatCount, formatFigure, formatRatio } from './format.js';
import { isNoisy } from './noise.js';
import type { Measurement, Results } from './results.js';
import { type TrialName, trials } from './trials/index.js';
import { FD_SETSIZE, type Workload } from './trials/trial.js';

/** The workloads that stand for their trials, without the sizes. */
const HEADLINES: Readonly<Partial<Record<TrialName, Workload>>> = {
  chain: { active: 1 },
  idle: { ready: 0 },
  echo: { bytes: 64 },
  churn: { operation: 'register' },
  wakeup: { when: 'before' },
};
/** The trials with a distance to others. */
const COMPARED = ['chain', 'echo', 'idle', 'churn', 'wakeup'] as const;
const CALLS = ['select', 'poll', 'epoll'] as const;
/** Where an echo server is busy, and waits for nobody. */
const BUSY = 100;

/** A figure of ours at one size. */
interface Point {
  readonly size: number;
  readonly value: number;
  readonly text: string;
}

/** The figures of one subject on the workloads that stand for a trial, along its sizes. */
function pointsOf({ measurements }: Results, trial: TrialName, subject: string): Point[] {
  const { along, figures } = trials[trial];
  const wanted = Object.entries(HEADLINES[trial] ?? {});
  return measurements
    .filter((one) => one.trial === trial && one.subject === subject)
    .filter(({ workload }) => wanted.every(([key, value]) => workload[key] === value))
    .flatMap((one): Point[] => {
      const value = one.figures[figures[0].name]?.median;
      if (value === undefined) return [];
      return [{ size: Number(one.workload[along]), value, text: formatFigure(value, figures[0].unit) }];
    })
    .sort((a, b) => a.size - b.size);
}

/** The size at which servers are compared, or all else: where there is most to watch. */
function chosen(trial: TrialName, points: readonly Point[]): Point | undefined {
  return points.find(({ size }) => trial === 'echo' && size === BUSY) ?? points.at(-1);
}

/** The measurement of ours on epoll that stands for a trial. */
function standing(results: Results, trial: TrialName): Measurement | undefined {
  const subject = trial === 'wakeup' ? 'ours-async' : 'ours-epoll';
  const { along } = trials[trial];
  const size =
    along === 'when' ? {} : { [along]: chosen(trial, pointsOf(results, trial, subject))?.size ?? 0 };
  return find(results, trial, { ...HEADLINES[trial], ...size }, subject);
}

/** Its ratio to another. */
function ratioTo(
  results: Results,
  trial: TrialName,
  against: Baseline | 'node-net',
): number | null | undefined {
  const one = standing(results, trial);
  if (one === undefined) return undefined;
  const other = against === 'node-net' ? against : baselineOf(one.subject, against);
  return ratio(results, one, other, trials[trial].figures[0].name);
}

/** What a call costs with the fewest and with the most descriptors that it had. */
function callText(results: Results, call: string): string | undefined {
  const points = pointsOf(results, 'chain', `ours-${call}`);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const end = call === 'select' ? `; ends at ${formatCount(FD_SETSIZE)}` : '';
  const start = `${first.text} per event of ${formatCount(first.size)}`;
  if (first === last) return `${start}${end}`;
  return `${start}, ${last.text} of ${formatCount(last.size)} (${formatRatio(last.value / first.value)})${end}`;
}

/** The size is said once for neighbors that share it. */
function idleText(results: Results): string | undefined {
  const found = CALLS.flatMap((call) => {
    const last = pointsOf(results, 'idle', `ours-${call}`).at(-1);
    return last === undefined ? [] : [{ call, ...last }];
  });
  const texts = found.map(({ call, text, size }, i) => {
    const said = found[i + 1]?.size === size ? '' : ` of ${formatCount(size)}`;
    return `${call} ${text}${said}`;
  });
  return texts.length === 0 ? undefined : texts.join(', ');
}

/** What the echo server takes and does, and under which load. */
function echoTexts(
  results: Results,
): { cpu: string; pace: string; bytes: string; count: string } | undefined {
  const one = standing(results, 'echo');
  const { cpu, requests } = one?.figures ?? {};
  if (one === undefined || cpu === undefined || requests === undefined) return undefined;
  return {
    cpu: formatFigure(cpu.median, 'ns'),
    pace: formatFigure(requests.median, 'per second'),
    bytes: `${one.workload['bytes']}`,
    count: formatCount(Number(one.workload['connections'])),
  };
}

function echoText(results: Results): string | undefined {
  const texts = echoTexts(results);
  if (texts === undefined) return undefined;
  const { cpu, pace, bytes, count } = texts;
  return `${cpu} CPU per request, ${pace}/s (${bytes} bytes, ${count} connections)`;
}

function modelsText(results: Results): string | undefined {
  const texts = ['epoll', 'pool', 'thread', 'process'].flatMap((model) => {
    const figure = find(results, 'models', { model }, 'ours-models')?.figures['requests'];
    return figure === undefined ? [] : [`${model} ${formatFigure(figure.median, 'per second')}`];
  });
  return texts.length === 0 ? undefined : `${texts.join(', ')} /s`;
}

function distanceText(results: Results, against: Baseline | 'node-net'): string | undefined {
  const found = COMPARED.map((trial) => [trial, ratioTo(results, trial, against)] as const);
  const ratios = found.flatMap(([trial, ratio]) =>
    typeof ratio === 'number' ? [`${trial} ${formatRatio(ratio)}`] : [],
  );
  const refused = found.filter(([, ratio]) => ratio === null).map(([trial]) => trial);
  if (refused.length > 0) ratios.push(`conditions differ in ${refused.join(', ')}`);
  return ratios.length === 0 ? undefined : ratios.join(', ');
}

/** How quiet the machine was. */
export function noiseText({ measurements }: Results): string {
  const noisy = measurements.filter(isNoisy).length;
  if (noisy === 0) return 'The machine was quiet.';
  return `The machine was not quiet: ${noisy} of ${measurements.length} measurements are noisy (~).`;
}

/** Pairs of a topic and what was found: at most ten lines of a terminal. */
export function summaryOf(results: Results): (readonly [topic: string, text: string])[] {
  const noisy = results.measurements.filter(isNoisy).length;
  const lines: [string, string | undefined][] = [
    ['select', callText(results, 'select')],
    ['poll', callText(results, 'poll')],
    ['epoll', callText(results, 'epoll')],
    ['idle', idleText(results)],
    ['echo', echoText(results)],
    ['models', modelsText(results)],
    ['to C', distanceText(results, 'c')],
    ['to CPython', distanceText(results, 'cpython')],
    ['to node:net', distanceText(results, 'node-net')],
    ['noise', `${noisy} of ${results.measurements.length} noisy (~); ratios are of epoll, less is better`],
  ];
  return lines.flatMap(([topic, text]) => (text === undefined ? [] : [[topic, text] as const]));
}

/** `a, b and c`. */
function enumerate(texts: readonly string[]): string {
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} and ${last}`;
}

/** `1.20 times C's`, for those that were measured under the same conditions. */
function times(results: Results, trial: TrialName): string {
  const peers = [
    ['c', "C's"],
    ['cpython', "CPython's"],
    ['node-net', "node:net's"],
  ] as const;
  const found = peers.flatMap(([against, whose]) => {
    const ratio = ratioTo(results, trial, against);
    return typeof ratio === 'number' ? [`${formatRatio(ratio).slice(1)} times ${whose}`] : [];
  });
  return enumerate(found);
}

/** The first sentence: what each call costs where it had most to watch. */
function callsSentence(results: Results): string | undefined {
  const texts = CALLS.flatMap((call) => {
    const points = pointsOf(results, 'chain', `ours-${call}`);
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return [];
    const end = call === 'select' ? `; select ends at ${formatCount(FD_SETSIZE)}` : '';
    const start = first === last ? '' : ` (${first.text} among ${formatCount(first.size)}${end})`;
    return [`${last.text} with ${call} among ${formatCount(last.size)} sockets${start}`];
  });
  return texts.length === 0 ? undefined : `With one socket active, an event costs ${enumerate(texts)}.`;
}

function chainSentence(results: Results): string | undefined {
  const last = pointsOf(results, 'chain', 'ours-epoll').at(-1);
  const distance = times(results, 'chain');
  if (last === undefined || distance === '') return undefined;
  return `With epoll among ${formatCount(last.size)} sockets, fd-selectors takes ${distance} time per event.`;
}

function echoSentence(results: Results): string | undefined {
  const texts = echoTexts(results);
  if (texts === undefined) return undefined;
  const { cpu, pace, bytes, count } = texts;
  const distance = times(results, 'echo');
  const load = `of ${bytes} bytes on ${count} connections`;
  return `An echo server uses ${cpu} of CPU for each request ${load}${distance === '' ? '' : `, ${distance}`}, and answers ${pace} a second.`;
}

/** The first screen of the report: up to three sentences. */
export function sentencesOf(results: Results): string[] {
  const sentences = [callsSentence(results), chainSentence(results), echoSentence(results)];
  return sentences.filter((sentence) => sentence !== undefined);
}
