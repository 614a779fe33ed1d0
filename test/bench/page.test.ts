import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatFigure, formatRatio } from '../../bench/format.js';
import { checkWritable, temporaryFile } from '../../bench/outputs.js';
import { CHART_STYLE, chart, NARROW, WIDE } from '../../bench/page/chart.js';
import { chartsOf } from '../../bench/page/charts.js';
import { flow, wrapText } from '../../bench/page/markup.js';
import { page } from '../../bench/page/page.js';
import { apart, logScale, roundValues, spread } from '../../bench/page/scale.js';
import { parseAnswer } from '../../bench/process.js';
import { clock } from '../../bench/progress.js';
import {
  checkRecording,
  DOCUMENT,
  publishedCharts,
  RESULTS,
  replaceResults,
  summaryTables,
} from '../../bench/publish.js';
import { readResults, serialize } from '../../bench/results.js';
import { summarizeTurns } from '../../bench/stats.js';
import { sentencesOf } from '../../bench/summary.js';
import { headline, measured, resultsOf, SKIPPED } from './fixture.js';

const dir = mkdtempSync(join(tmpdir(), 'report-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('the page', () => {
  const html = page(headline());

  it('needs nothing else, and says nothing undefined', () => {
    expect(html).toContain('A &lt;fast&gt; CPU');
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|NaN|undefined|Infinity/);
  });

  it('begins with the answer', () => {
    const answers = [...html.matchAll(/<p class="answer">(.*?)<\/p>/g)].map(([, text]) => text);
    expect(answers).toHaveLength(3);
    expect(answers[0]).toBe(sentencesOf(headline())[0]);
    expect(html.indexOf('class="answer"')).toBeLessThan(html.indexOf('<svg'));
  });

  it('has each chart for a wide and for a narrow screen', () => {
    const charts = chartsOf(headline()).length;
    expect(html.match(/viewBox="0 0 760 440"/g)).toHaveLength(charts);
    expect(html.match(/viewBox="0 0 350 400"/g)).toHaveLength(charts);
  });
});

describe('a chart', () => {
  const [chain, echo] = chartsOf(headline());

  it('says the value and the spread of a point', () => {
    const svg = chart(chain!, WIDE);
    expect(svg).toContain('<title>fd-selectors epoll, 8,000: 2.20 µs (1.98 µs to 2.64 µs)</title>');
    expect(svg.match(/class="\w+ spread"/g)).toHaveLength(3 * (3 + 3 + 2));
  });

  it('ends select at 1,024, between what was measured', () => {
    const svg = chart(chain!, WIDE);
    const at = (pattern: RegExp) => Number(pattern.exec(svg)?.[1]);
    const end = at(/class="select end" d="M([\d.]+)/);
    expect(end).toBeGreaterThan(at(/cx="([\d.]+)" cy="[\d.]+" r="8"><title>fd-selectors select, 1,000/));
    expect(end).toBeLessThan(at(/cx="([\d.]+)" cy="[\d.]+" r="8"><title>fd-selectors poll, 8,000/));
    expect(svg).toContain('>select ends at 1,024</text>');
    expect(chart(echo!, WIDE)).not.toContain(' end"');
  });

  it.each([WIDE, NARROW])('keeps its texts apart and inside: %j', (layout) => {
    for (const spec of chartsOf(headline())) {
      const texts = [
        ...chart(spec, layout).matchAll(
          /<text x="([\d.]+)" y="([\d.]+)" font-size="([\d.]+)"( [^>]*)?>([^<]*)/g,
        ),
      ];
      const boxes = texts.map(([, x, y, size, attributes = '', text = '']) => {
        // A mean width: what is estimated while drawing is somewhat more.
        const width = text.length * Number(size) * 0.52;
        const shift = /anchor="end"/.test(attributes) ? width : /middle/.test(attributes) ? width / 2 : 0;
        return {
          text,
          left: Number(x) - shift,
          right: Number(x) - shift + width,
          y: Number(y),
          size: Number(size),
        };
      });
      for (const [i, a] of boxes.entries()) {
        expect([a.text, a.left >= 0 && a.right <= layout.width]).toEqual([a.text, true]);
        for (const b of boxes.slice(i + 1)) {
          const overlap = a.left < b.right && b.left < a.right && Math.abs(a.y - b.y) < a.size * 0.8;
          expect([a.text, b.text, overlap]).toEqual([a.text, b.text, false]);
        }
      }
    }
  });

  it('carries its style where it is a file of its own', () => {
    expect(chart(chain!, WIDE, CHART_STYLE)).toContain('prefers-color-scheme:dark');
    expect(chart({ ...chain!, lines: [] }, WIDE)).toBe('');
  });
});

describe('what is published', () => {
  it('is of one whole run at one commit', () => {
    expect(() => checkRecording(headline())).not.toThrow();
    for (const recording of [{ interrupted: true }, { modified: true }]) {
      expect(() => checkRecording(resultsOf([], recording))).toThrow('ecord again');
    }
    const { commit, ...uncommitted } = headline().recording;
    expect(() => checkRecording({ ...headline(), recording: uncommitted })).toThrow('not of a commit');
  });

  it('is a table of each part of the headline, as wide in each row, and how they were recorded', () => {
    const text = summaryTables(headline());
    expect(text.match(/^\| --- /gm)).toHaveLength(5);
    expect(text).toContain('Recorded with `npm run bench`.');
    expect(text).toContain('| fd-selectors epoll | 4.00 µs / 90,000 | 4.00 µs / 90,000 |');
    for (const table of text.split('\n\n').filter((block) => block.startsWith('|'))) {
      expect(new Set(table.split('\n').map((row) => row.split('|').length)).size).toBe(1);
    }
  });

  it('has the ratio to C of the same turns beside the CPU time of a server', () => {
    const echo = (subject: string, turns: number[]) => {
      const figures = { cpu: summarizeTurns(turns), requests: summarizeTurns([5, 5, 5]) };
      return measured('echo', { bytes: 64, connections: 100 }, subject, {}, { figures });
    };
    const others = headline().measurements.filter(({ trial }) => trial !== 'echo');
    // The ratio of the medians is 3, the median of the ratios 1.5.
    const servers = [echo('ours-ring', [3, 6, 30]), echo('c-epoll', [2, 2, 20])];
    const skipped = { ...echo('c-uring', [1]), ...SKIPPED };
    const text = summaryTables(resultsOf([...others, ...servers, skipped]));
    expect(text).toContain('\nIn brackets: ');
    expect(text).toContain('| fd-selectors ring | 6.00 ns (1.50) / 5 |');
    expect(text).toContain('| C epoll | 2.00 ns (1.00) / 5 |');
    expect(text).toContain('| C io_uring | – |');
  });

  it('takes the place of the results before, and of nothing else', () => {
    const document = readFileSync(DOCUMENT, 'utf8');
    const first = replaceResults(document, 'one');
    const second = replaceResults(first, 'two');
    expect(second).toBe(first.replace('\none\n', '\ntwo\n'));
    expect(first.startsWith(document.slice(0, document.indexOf('<!-- results: begin')))).toBe(true);
    expect(() => replaceResults('# No marks', 'one')).toThrow('lost the marks');
  });

  it('refuses results without what the documents show', () => {
    expect(() => publishedCharts(resultsOf([]))).toThrow('no chart chain');
    expect(() => summaryTables(resultsOf([]))).toThrow('no chain');
  });

  it('is recorded if the documents say so', () => {
    expect(readFileSync(DOCUMENT, 'utf8').includes('Recorded with `')).toBe(existsSync(RESULTS));
  });

  it.skipIf(!existsSync(RESULTS))('is what the committed results give', () => {
    const results = readResults(RESULTS);
    checkRecording(results);
    const document = readFileSync(DOCUMENT, 'utf8');
    expect(replaceResults(document, summaryTables(results))).toBe(document);
    for (const [file, text] of publishedCharts(results)) expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

describe('files', () => {
  it('of results read back as they were written', () => {
    const file = join(dir, 'results.json');
    writeFileSync(file, serialize(headline()));
    expect(readResults(file)).toEqual(headline());
  });

  it.each([
    ['nothing', undefined, 'Cannot read results'],
    ['no JSON', 'x', 'Cannot read results'],
    ['other JSON', '{}', 'does not hold results'],
    ['an older shape', '{"rounds":9,"measurements":[]}', 'does not hold results'],
  ])('of results are refused: %s', (name, text, message) => {
    const file = join(dir, `${name}.json`);
    if (text !== undefined) writeFileSync(file, text);
    expect(() => readResults(file)).toThrow(message);
  });

  it('are checked and left as they are', () => {
    const file = join(dir, 'kept');
    checkWritable('json', file);
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, 'kept');
    checkWritable('json', file);
    expect(readFileSync(file, 'utf8')).toBe('kept');
    expect(() => checkWritable('report', dir)).toThrow(`--report cannot write ${dir}: EISDIR`);
    expect(() => checkWritable('json', join(dir, 'none/x'))).toThrow('ENOENT');
  });

  it('that nobody named say when', () => {
    expect(temporaryFile(new Date('2026-01-02T03:04:05Z'))).toMatch(/bench-20260102-030405-\d+\.json$/);
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

  it('leave out heads that would overlap, the ends last', () => {
    const boxes = [0, 50, 60, 90, 100].map((at) => ({ at, width: 20 }));
    expect(apart(boxes)).toEqual([0, 1, 4]);
  });
});

describe('words', () => {
  it('fill lines and rows', () => {
    expect(wrapText('one two three', 60, 10)).toEqual(['one two', 'three']);
    expect(flow([40, 40, 40], 100)).toEqual([
      [0, 0],
      [40, 0],
      [0, 1],
    ]);
  });

  it('give a figure the unit of its size', () => {
    expect(formatFigure(153.4, 'ns')).toBe('153 ns');
    expect(formatFigure(999.7, 'ns')).toBe('1.00 µs');
    expect(formatFigure(2104, 'ns')).toBe('2.10 µs');
    expect(formatFigure(20_480, 'bytes')).toBe('20.0 KiB');
    expect(formatFigure(45_133.4, 'per second')).toBe('45,133');
    expect(formatFigure(0, 'bytes')).toBe('0.00 B');
  });

  it('say why there is no ratio', () => {
    expect([1.0712, null, undefined].map(formatRatio)).toEqual(['×1.07', 'conditions differ', '']);
  });

  it('say how long something takes', () => {
    expect(clock(184.2)).toBe('3:05');
  });

  it('read what a subject answers, and what it does not', () => {
    expect(parseAnswer('{"ns":12.5}', '')).toEqual({ figures: { ns: 12.5 } });
    expect(parseAnswer('{"skip":"too many"}', '')).toEqual({ figures: {}, skipped: 'too many' });
    expect(parseAnswer('{"error":"recv: reset"}', '').skipped).toBe('failed: recv: reset');
    expect(parseAnswer('', 'one\nSegmentation fault\n').skipped).toBe('failed: Segmentation fault');
    expect(parseAnswer('', '').skipped).toBe('failed: no answer');
  });
});
