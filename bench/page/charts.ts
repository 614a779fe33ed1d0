/** Which charts there are, and the lines in each. */
import type { Results } from '../results.js';
import { labelOf } from '../subjects.js';
import { type TrialName, trials, type Workload } from '../trials.js';
import type { ChartSpec, Line } from './chart.js';

/** A chart and the name of its file. */
export interface NamedChart {
  readonly name: string;
  readonly spec: ChartSpec;
}

const CALLS = ['select', 'poll', 'epoll'] as const;
const LEGEND = [
  ['ours', 'fd-selectors'],
  ['limit', 'C with an idle thread'],
  ['peer', 'CPython'],
] as const;

/** Which workloads of a trial a chart shows. */
type Choice = (workload: Workload) => boolean;

/** The points of one subject on the workloads that a chart shows. */
function pointsOf(results: Results, trial: TrialName, choice: Choice, subject: string): Line['points'] {
  const { along, figures } = trials[trial];
  return results.measurements
    .filter((one) => one.trial === trial && one.subject === subject && choice(one.workload))
    .flatMap((one): Line['points'] => {
      const figure = one.figures[figures[0].name];
      return figure === undefined ? [] : [[Number(one.workload[along]), figure.median]];
    });
}

function callLines(results: Results, trial: TrialName, choice: Choice): Line[] {
  return CALLS.flatMap((call): Line[] => {
    const points = (subject: string) => pointsOf(results, trial, choice, `${subject}-${call}`);
    const label = call === 'select' ? 'select ends at 1,024' : call;
    return [
      { label: '', hue: call, stroke: 'limit', points: points('c') },
      { label: '', hue: call, stroke: 'peer', points: points('cpython') },
      { label, hue: call, stroke: 'ours', points: points('ours') },
    ];
  });
}

/** A chart of the three calls; `count` descriptors are active or ready, or all of them. */
function callChart(
  results: Results,
  trial: 'chain' | 'idle',
  count: number | 'all',
  title: string,
): ChartSpec {
  const [parameter, what] =
    trial === 'chain'
      ? ['active', 'Time per event, a byte passed along socket pairs']
      : ['ready', 'Time of one select(0)'];
  const choice: Choice = (workload) => workload[parameter] === (count === 'all' ? workload['fds'] : count);
  return {
    title,
    subtitle: `${what}, ${count} ${parameter}; less is better`,
    along: trial === 'chain' ? 'socket pairs registered' : 'descriptors registered',
    unit: 'ns',
    lines: callLines(results, trial, choice),
    legend: LEGEND,
  };
}

const ECHO: readonly (readonly [subject: string, hue: Line['hue'], stroke: Line['stroke']])[] = [
  ['c-epoll', 'epoll', 'limit'],
  ['ours-epoll', 'epoll', 'ours'],
  ['node-net', 'node', 'ours'],
  ['cpython-epoll', 'python', 'ours'],
  ['uvloop', 'other', 'peer'],
  ['asyncio', 'other', 'peer'],
  ['gevent', 'other', 'peer'],
];

function echoChart(results: Results, bytes: number, size: string): ChartSpec {
  const choice: Choice = (workload) => workload['bytes'] === bytes;
  const lines = ECHO.map(([subject, hue, stroke]): Line => {
    return { label: labelOf(subject), hue, stroke, points: pointsOf(results, 'echo', choice, subject) };
  });
  return {
    title: `Echo server, messages of ${size}`,
    subtitle: 'Requests per second, one thread; more is better',
    along: 'connections',
    unit: 'per second',
    lines,
    legend: [],
  };
}

/** All charts that have lines to show, the three main ones first. */
export function chartsOf(results: Results): NamedChart[] {
  const main: NamedChart[] = [
    {
      name: 'chain',
      spec: callChart(results, 'chain', 1, 'epoll stays flat, poll and select do not'),
    },
    { name: 'idle', spec: callChart(results, 'idle', 0, 'What watching idle descriptors costs') },
    { name: 'echo', spec: echoChart(results, 64, '64 bytes') },
  ];
  const more: NamedChart[] = [
    { name: 'chain-100', spec: callChart(results, 'chain', 100, 'A hundred active at a time') },
    { name: 'chain-all', spec: callChart(results, 'chain', 'all', 'All active: the three are alike') },
    { name: 'idle-all', spec: callChart(results, 'idle', 'all', 'All ready') },
    { name: 'echo-16k', spec: echoChart(results, 16384, '16 KiB') },
  ];
  return [...main, ...more].filter(({ spec }) => spec.lines.some(({ points }) => points.length > 1));
}
