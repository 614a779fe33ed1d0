import { describe, expect, it } from 'vitest';
import { baselineOf, ratio, tablesOf } from '../../bench/compare.js';
import { outcomes } from '../../bench/goals.js';
import {
  areComparable,
  Best,
  describeNoise,
  isNoisy,
  NOISY_DISTANCE,
  NOISY_FOREIGN,
  NOISY_SLOWDOWN,
} from '../../bench/noise.js';
import { toMarkdown, toText } from '../../bench/text.js';
import { chained, resultsOf } from './fixture.js';

const SKIPPED = { figures: {}, skipped: 'select takes descriptors below 1024' };

describe('noise', () => {
  const quiet = chained('ours-epoll', 1000, 1);

  it('is more than a little load of others, or a machine slower than at its best', () => {
    expect(isNoisy(quiet)).toBe(false);
    expect(isNoisy({ ...quiet, foreign: NOISY_FOREIGN * 1.01 })).toBe(true);
    expect(isNoisy({ ...quiet, slowdown: NOISY_SLOWDOWN * 1.01 })).toBe(true);
    expect(isNoisy({ ...quiet, distance: NOISY_DISTANCE * 1.01 })).toBe(true);
  });

  it('is told by the best that was seen', () => {
    const best = new Best();
    best.note({ foreign: 0, calibration: 4, handoff: undefined });
    best.note({ foreign: 0, calibration: 5, handoff: 300 });
    expect(best.isNear(310)).toBe(true);
    best.note({ foreign: 0, calibration: 5, handoff: 60 });
    expect(best.isNear(310)).toBe(false);
    expect(best.isNear(undefined)).toBe(true);
    expect(best.compare({ foreign: 1, calibration: 6, handoff: 90 })).toEqual({
      foreign: 1,
      slowdown: 1.5,
      distance: 1.5,
    });
    expect(best.compare({ foreign: 0, calibration: 4, handoff: undefined }).distance).toBe(1);
  });

  it('does not keep apart what ran under the same conditions', () => {
    const busy = { ...quiet, foreign: 1, slowdown: 1.5 };
    expect(areComparable(busy, busy)).toBe(true);
    expect(areComparable(busy, { ...busy, foreign: 0 })).toBe(false);
    expect(areComparable(busy, { ...busy, slowdown: 1 })).toBe(false);
    expect(areComparable(busy, { ...busy, distance: 5 })).toBe(false);
  });

  it('is told in one sentence', () => {
    expect(describeNoise([quiet])).toContain('The machine was quiet.');
    expect(describeNoise([quiet, { ...quiet, foreign: 1 }])).toContain('1 of 2 measurements are noisy');
  });
});

describe('ratio', () => {
  it('compares with the same system call', () => {
    expect(baselineOf('ours-poll', 'c')).toBe('c-poll');
    expect(baselineOf('ours-poll-fds', 'c')).toBe('c-poll-fds');
    expect(baselineOf('ours-poll', 'plain')).toBe('c-poll-plain');
    expect(baselineOf('asyncio', 'cpython')).toBe('cpython-epoll');
    expect(baselineOf('ours-models', 'c')).toBe('c-models');
  });

  it('is that of the medians on the same workload', () => {
    const ours = chained('ours-epoll', 1000, 220);
    const results = resultsOf([ours, chained('c-epoll', 100, 1), chained('c-epoll', 1000, 200)]);
    expect(ratio(results, ours, 'c', 'ns')).toBeCloseTo(1.1);
  });

  it('is undefined without a baseline, and refused where the conditions differed', () => {
    const ours = chained('ours-epoll', 1000, 220);
    const busy = chained('c-epoll', 1000, 200, { foreign: 0.9 });
    const skipped = chained('cpython-epoll', 1000, 0, SKIPPED);
    const results = resultsOf([ours, busy, skipped]);
    expect(ratio(results, ours, 'plain', 'ns')).toBeUndefined();
    expect(ratio(results, ours, 'cpython', 'ns')).toBeUndefined();
    expect(ratio(results, ours, 'c', 'ns')).toBeNull();
  });
});

describe('goals', () => {
  it('are reached, missed, or left open where the conditions differed', () => {
    const results = resultsOf([
      ...[chained('ours-epoll', 1000, 110), chained('c-epoll', 1000, 100)],
      ...[chained('ours-poll', 1000, 130), chained('c-poll', 1000, 100)],
      ...[chained('ours-select', 1000, 90), chained('c-select', 1000, 100, { foreign: 1 })],
    ]);
    const found = outcomes(results).map(({ subject, measured, reached }) => [subject, measured, reached]);
    expect(found).toEqual([
      ['fd-selectors epoll', '×1.10', true],
      ['fd-selectors poll', '×1.30', false],
      ['fd-selectors select', 'conditions differ', undefined],
    ]);
  });

  it('ask that epoll stays as flat as in C', () => {
    const flat = (most: number) =>
      outcomes(
        resultsOf([
          ...[chained('ours-epoll', 100, 110), chained('c-epoll', 100, 100)],
          ...[chained('ours-epoll', 8000, most), chained('c-epoll', 8000, 150)],
        ]),
      ).find(({ what }) => what.includes('growth'));
    expect(flat(165)).toMatchObject({ measured: '×1.00', reached: true });
    expect(flat(200)?.reached).toBe(false);
  });
});

describe('tables', () => {
  const results = resultsOf([
    ...[chained('ours-select', 100, 2100), chained('ours-select', 8000, 0, SKIPPED)],
    ...[chained('c-select', 100, 2000), chained('ours-epoll', 8000, 1500, { foreign: 1 })],
  ]);

  it('have the subjects down and the descriptors along', () => {
    const [table] = tablesOf(results);
    expect(table?.columns).toEqual([100, 8000]);
    expect(table?.rows.map(({ subject }) => subject)).toEqual(['ours-select', 'ours-epoll', 'c-select']);
  });

  it('as text mark what is noisy and what a subject cannot do', () => {
    const text = toText(results);
    expect(text).toMatch(/fd-selectors select +2\.10 µs +–/);
    expect(text).toMatch(/fd-selectors epoll +~1\.50 µs/);
    expect(text).toContain('Absent: libev: libev is not installed.');
  });

  it('as Markdown have as many cells in each row', () => {
    const rows = toMarkdown(results)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(new Set(rows.map((row) => row.split('|').length)).size).toBe(1);
    expect(rows).toContainEqual(expect.stringContaining('| fd-selectors select | 2.10 µs | – |'));
  });
});
