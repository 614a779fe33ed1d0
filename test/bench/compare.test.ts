import { describe, expect, it } from 'vitest';
import { baselineOf, ratio, tablesOf } from '../../bench/compare.js';
import { areComparable, Best, isNoisy, NOISY_FOREIGN, NOISY_SLOWDOWN } from '../../bench/noise.js';
import { summarizeTurns } from '../../bench/stats.js';
import { noiseText, sentencesOf, summaryOf } from '../../bench/summary.js';
import { rowsWithRatios } from '../../bench/tables.js';
import { toText } from '../../bench/text.js';
import { trials } from '../../bench/trials/index.js';
import { chained, headline, measured, resultsOf, SKIPPED } from './fixture.js';

describe('noise', () => {
  const quiet = chained('ours-epoll', 1000, 1);

  it('is more than a little load of others, or a machine slower than at its best', () => {
    expect(isNoisy(quiet)).toBe(false);
    expect(isNoisy({ ...quiet, foreign: NOISY_FOREIGN * 1.01 })).toBe(true);
    expect(isNoisy({ ...quiet, slowdown: NOISY_SLOWDOWN * 1.01 })).toBe(true);
  });

  it('is told by the best that was seen', () => {
    const best = new Best();
    best.note({ foreign: 0, calibration: 4 });
    best.note({ foreign: 0, calibration: 5 });
    expect(best.compare({ foreign: 1, calibration: 6 })).toEqual({ foreign: 1, slowdown: 1.5 });
  });

  it('does not keep apart what ran under the same conditions', () => {
    const busy = { ...quiet, foreign: 1, slowdown: 1.5 };
    expect(areComparable(busy, busy)).toBe(true);
    expect(areComparable(busy, { ...busy, foreign: 0 })).toBe(false);
    expect(areComparable(busy, { ...busy, slowdown: 1 })).toBe(false);
  });

  it('is told in one sentence', () => {
    expect(noiseText(resultsOf([quiet]))).toBe('The machine was quiet.');
    expect(noiseText(resultsOf([quiet, { ...quiet, foreign: 1 }]))).toContain(
      '1 of 2 measurements are noisy',
    );
  });
});

describe('ratio', () => {
  it('compares with the same system call', () => {
    expect(baselineOf('ours-poll', 'c')).toBe('c-poll');
    expect(baselineOf('ours-poll', 'plain')).toBe('c-poll-plain');
    expect(baselineOf('asyncio', 'cpython')).toBe('cpython-epoll');
    expect(baselineOf('ours-models', 'c')).toBe('c-models');
  });

  it('is that of the medians on the same workload', () => {
    const ours = chained('ours-epoll', 1000, 220);
    const results = resultsOf([ours, chained('c-epoll', 100, 1), chained('c-epoll', 1000, 200)]);
    expect(ratio(results, ours, baselineOf('ours-epoll', 'c'), 'ns')).toBeCloseTo(1.1);
  });

  it('is that of the same turns, where servers took turns', () => {
    const cpu = (turns: number[]) => ({ figures: { cpu: summarizeTurns(turns) } });
    const echo = (subject: string, turns: number[]) =>
      measured('echo', { bytes: 64, connections: 100 }, subject, {}, cpu(turns));
    const ours = echo('ours-epoll', [3, 6, 30]);
    expect(
      ratio(resultsOf([ours, echo('c-epoll', [2, 4, 10])]), ours, baselineOf('ours-epoll', 'c'), 'cpu'),
    ).toBe(1.5);
  });

  it('is undefined without a baseline, and refused where the conditions differed', () => {
    const ours = chained('ours-epoll', 1000, 220);
    const busy = chained('c-epoll', 1000, 200, { foreign: 0.9 });
    const skipped = chained('cpython-epoll', 1000, 0, SKIPPED);
    const results = resultsOf([ours, busy, skipped]);
    expect(ratio(results, ours, baselineOf('ours-epoll', 'plain'), 'ns')).toBeUndefined();
    expect(ratio(results, ours, baselineOf('ours-epoll', 'cpython'), 'ns')).toBeUndefined();
    expect(ratio(results, ours, baselineOf('ours-epoll', 'c'), 'ns')).toBeNull();
  });
});

describe('the summary', () => {
  it('says where select ends, how epoll grows, and how far others are', () => {
    expect(summaryOf(headline())).toEqual([
      ['select', '3.19 µs per event of 10, 101 µs of 1,000 (×31.7); ends at 1,024'],
      ['poll', '3.19 µs per event of 10, 794 µs of 8,000 (×249)'],
      ['epoll', '2.20 µs per event of 10, 2.20 µs of 8,000 (×1.00)'],
      ['idle', 'select 101 µs of 1,000, poll 794 µs, epoll 2.20 µs of 8,000'],
      ['echo', '4.00 µs CPU per request, 90,000/s (64 bytes, 100 connections)'],
      ['to C', 'chain ×1.10, echo ×0.80, idle ×1.10'],
      ['to CPython', 'chain ×0.73, echo ×0.67, idle ×0.73'],
      ['to node:net', 'echo ×0.57'],
      ['noise', '0 of 88 noisy (~); ratios are of epoll, less is better'],
    ]);
  });

  it('says what it cannot compare', () => {
    const busy = chained('c-epoll', 1000, 1, { foreign: 1 }, 1);
    const lines = summaryOf(resultsOf([chained('ours-epoll', 1000, 1, {}, 1), busy]));
    expect(lines).toContainEqual(['to C', 'conditions differ in chain']);
  });

  it('is at most ten lines of 80 columns, also where everything was measured', () => {
    const more = ['epoll', 'pool', 'thread', 'process'].map((model) =>
      measured('models', { model }, 'ours-models', { requests: 29_525 }),
    );
    const wakeups = ['ours-async', 'node-net'].map((subject) =>
      measured('wakeup', { when: 'before' }, subject, { ns: 3100 }),
    );
    const churn = ['ours-epoll', 'c-epoll', 'cpython-epoll'].map((subject) =>
      measured('churn', { operation: 'register', fds: 1000 }, subject, { ns: 900 }),
    );
    const results = resultsOf([...headline().measurements, ...more, ...wakeups, ...churn]);
    const [summary = ''] = toText(results).split('\n\n');
    expect(summary.split('\n')).toHaveLength(10);
    expect(summary.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('is three sentences on the page, and only those of what was measured', () => {
    expect(sentencesOf(headline())).toEqual([
      'With one socket active, an event costs 101 µs with select among 1,000 sockets (3.19 µs among 10; select ends at 1,024), ' +
        '794 µs with poll among 8,000 sockets (3.19 µs among 10) and 2.20 µs with epoll among 8,000 sockets (2.20 µs among 10).',
      "With epoll among 8,000 sockets, fd-selectors takes 1.10 times C's and 0.73 times CPython's time per event.",
      "An echo server uses 4.00 µs of CPU for each request of 64 bytes on 100 connections, 0.80 times C's, " +
        "0.67 times CPython's and 0.57 times node:net's, and answers 90,000 a second.",
    ]);
    expect(sentencesOf(resultsOf([chained('ours-epoll', 1000, 1)]))).toEqual([]);
  });
});

describe('tables', () => {
  const results = resultsOf([
    ...[chained('ours-select', 100, 2100), chained('ours-select', 8000, 0, SKIPPED)],
    ...[chained('c-select', 100, 2000), chained('ours-epoll', 8000, 1500, { foreign: 1 })],
  ]);
  const [table] = tablesOf(results);

  it('have the subjects down and the descriptors along', () => {
    expect(table?.columns).toEqual([100, 8000]);
    expect(table?.rows.map(({ subject }) => subject)).toEqual(['ours-select', 'ours-epoll', 'c-select']);
  });

  it('have no columns that say nothing', () => {
    const [kind] = trials.chain.figures;
    expect(rowsWithRatios(results, table!, kind)[0]).toEqual(['', '100', '8,000']);
    const compared = headline();
    const [chain] = tablesOf(compared);
    expect(rowsWithRatios(compared, chain!, kind)[0]).toEqual([
      ...['', '10', '1,000', '8,000', 'to C at 8,000', 'to CPython at 8,000'],
    ]);
  });

  it('as text mark what is noisy and what a subject cannot do', () => {
    const text = toText(results);
    expect(text).toMatch(/fd-selectors select 2\.10 µs +–/);
    expect(text).toMatch(/fd-selectors epoll +~1\.50 µs/);
  });

  it('as text name each absence once, by its reason', () => {
    const text = toText(results);
    expect(text.match(/libev/g)).toHaveLength(1);
    expect(text).toContain('Absent: libev, libuv (no library); gevent (no module).');
  });

  it('as text name who could do nothing, with the reason', () => {
    const why = { figures: {}, skipped: 'io_uring is forbidden here' };
    const ring = (fds: number, more = {}) => chained('ours-ring', fds, 1, more);
    const others = [chained('ours-select', 100, 1), chained('ours-select', 8000, 0, SKIPPED)];
    const say = (...measurements: Parameters<typeof resultsOf>[0]) =>
      toText(resultsOf([...others, ...measurements])).replaceAll('\n', ' ');
    expect(say(ring(10, why), ring(100, why))).toContain('; ours-ring (io_uring is forbidden here).');
    expect(say(ring(10, why), ring(100))).not.toContain('forbidden');
  });

  it('as text say how it was recorded', () => {
    const say = (recording: object) => toText(resultsOf([chained('ours-epoll', 1, 1)], recording));
    expect(say({ rounds: 1 })).toContain('one round in 3:04 minutes');
    expect(say({ rounds: 0 })).toContain('part of a round in');
    expect(say({ rounds: 4 })).toContain('4 rounds in');
    expect(say({ partial: true })).toContain('3 rounds and part of another in');
    expect(say({ modified: true })).toContain('at 0123456789ab with changes');
    expect(say({ interrupted: true })).toContain('Interrupted');
  });
});
