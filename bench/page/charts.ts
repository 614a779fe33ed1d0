/** Which charts there are, and the lines in each. */
import type { Measurement, Results } from '../results.js';
import { subjects } from '../subjects.js';
import { groupOf, type TrialName, trials } from '../trials.js';
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

/** The points of one subject in one group of a trial. */
function pointsOf(results: Results, trial: TrialName, group: string, subject: string): Line['points'] {
  const { along, figures } = trials[trial];
  const figure = figures[0].name;
  return results.measurements
    .filter(
      (one) =>
        one.trial === trial && one.subject === subject && groupOf(trials[trial], one.workload) === group,
    )
    .filter((one) => one.figures[figure] !== undefined)
    .map((one) => [
      Number(one.workload[along]),
      (one.figures[figure] as Measurement['figures'][string]).median,
    ]);
}

function callLines(results: Results, trial: TrialName, group: string): Line[] {
  return CALLS.flatMap((call): Line[] => {
    const points = (subject: string) => pointsOf(results, trial, group, `${subject}-${call}`);
    const label = call === 'select' ? 'select ends at 1,024' : call;
    return [
      { label: '', hue: call, stroke: 'limit', points: points('c') },
      { label: '', hue: call, stroke: 'peer', points: points('cpython') },
      { label, hue: call, stroke: 'ours', points: points('ours') },
    ];
  });
}

function callChart(results: Results, trial: 'chain' | 'idle', group: string, title: string): ChartSpec {
  const what =
    trial === 'chain' ? 'Time per event, a byte passed along socket pairs' : 'Time of one select(0)';
  return {
    title,
    subtitle: `${what}, ${group}; less is better`,
    along: trial === 'chain' ? 'socket pairs registered' : 'descriptors registered',
    unit: 'ns',
    lines: callLines(results, trial, group),
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

function echoChart(results: Results, group: string): ChartSpec {
  const lines = ECHO.map(([subject, hue, stroke]): Line => {
    const label = subjects.find(({ name }) => name === subject)?.label ?? subject;
    return { label, hue, stroke, points: pointsOf(results, 'echo', group, subject) };
  });
  return {
    title: `Echo server, messages of ${group}`,
    subtitle: 'Requests per second, one thread; more is better',
    along: 'connections',
    unit: 'per second',
    lines,
    legend: [],
  };
}

/** All charts, the three main ones first. */
export function chartsOf(results: Results): NamedChart[] {
  const main: NamedChart[] = [
    {
      name: 'chain',
      spec: callChart(results, 'chain', '1 active', 'epoll stays flat, poll and select do not'),
    },
    { name: 'idle', spec: callChart(results, 'idle', '0 ready', 'What watching idle descriptors costs') },
    { name: 'echo', spec: echoChart(results, '64 bytes') },
  ];
  const more: NamedChart[] = [
    { name: 'chain-100', spec: callChart(results, 'chain', '100 active', 'A hundred active at a time') },
    { name: 'chain-all', spec: callChart(results, 'chain', 'all active', 'All active: the three are alike') },
    { name: 'idle-all', spec: callChart(results, 'idle', 'all ready', 'All ready') },
    { name: 'echo-16k', spec: echoChart(results, '16384 bytes') },
  ];
  return [...main, ...more].filter(({ spec }) => spec.lines.some(({ points }) => points.length > 0));
}
