import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatFigure, formatRatio } from '../../bench/format.js';
import { replaceResults } from '../../bench/markdown.js';
import { logScale, roundValues, spread } from '../../bench/page/scale.js';
import { writeReport } from '../../bench/page/write.js';
import { clock, progressLine } from '../../bench/progress.js';
import { parseAnswer } from '../../bench/run.js';
import { chained, resultsOf } from './fixture.js';

const results = resultsOf(
  [100, 1000, 8000].flatMap((fds) => [
    chained('ours-epoll', fds, 2000),
    chained('c-epoll', fds, 1900),
    chained('ours-poll', fds, fds * 20),
  ]),
);

describe('the report', () => {
  it('is a page that needs nothing else, and an SVG file for each chart', () => {
    const dir = mkdtempSync(join(tmpdir(), 'report-'));
    try {
      writeReport(results, dir);
      expect(readdirSync(dir).sort()).toEqual(['chain-100.svg', 'index.html']);
      const html = readFileSync(join(dir, 'index.html'), 'utf8');
      expect(html).toContain('A &lt;fast&gt; CPU');
      expect(html).toContain('fd-selectors epoll');
      expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|NaN|undefined/);
      expect(readFileSync(join(dir, 'chain-100.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('replaces the results in a document and keeps what stands around them', () => {
    const first = replaceResults('# Title\n', 'one');
    expect(first).toContain('one');
    const second = replaceResults(`${first}\nafter\n`, 'two');
    expect(second).toMatch(/^# Title\n.*two.*after\n$/s);
    expect(second).not.toContain('one');
  });
});

describe('axes', () => {
  it('have a tick for each power of ten, and more where these are few', () => {
    expect(roundValues(8, 12_000)).toEqual([10, 100, 1000, 10_000]);
    expect(roundValues(20, 290)).toEqual([20, 50, 100, 200]);
  });

  it('are logarithmic', () => {
    const { place } = logScale([1, 100], 0, 200);
    expect([1, 10, 100].map(place).map(Math.round)).toEqual([0, 100, 200]);
  });

  it('keep labels apart and in order', () => {
    const places = spread([10, 11, 12, 100], 10).map(Math.round);
    for (let i = 1; i < places.length; i++) {
      expect((places[i] as number) - (places[i - 1] as number)).toBeGreaterThanOrEqual(9);
    }
    expect(places[3]).toBe(100);
  });
});

describe('words', () => {
  it('give a figure the unit of its size', () => {
    expect(formatFigure(153.4, 'ns')).toBe('153 ns');
    expect(formatFigure(2104, 'ns')).toBe('2.10 µs');
    expect(formatFigure(20_480, 'bytes')).toBe('20.0 KiB');
    expect(formatFigure(45_133.4, 'per second')).toBe('45,133');
    expect(formatFigure(0, 'bytes')).toBe('0.00 B');
  });

  it('say why there is no ratio', () => {
    expect([1.0712, null, undefined].map(formatRatio)).toEqual(['×1.07', 'conditions differ', '']);
  });

  it('say how long the rest takes', () => {
    expect(clock(184.2)).toBe('3:05');
    expect(progressLine(0, 4, 0, 'chain')).toMatch(/^░+ 0\/4 {2}chain$/);
    expect(progressLine(1, 4, 20, '')).toContain('1/4, 1:00 left');
  });

  it('read what a subject answers, and what it does not', () => {
    expect(parseAnswer('{"ns":12.5}\n', '')).toEqual({ figures: { ns: 12.5 } });
    expect(parseAnswer('{"skip":"too many"}', '')).toEqual({ figures: {}, skipped: 'too many' });
    expect(parseAnswer('{"error":"recv: reset"}', '').skipped).toBe('failed: recv: reset');
    expect(parseAnswer('', 'one\nSegmentation fault\n').skipped).toBe('failed: Segmentation fault');
    expect(parseAnswer('', '').skipped).toBe('failed: no answer');
  });
});
