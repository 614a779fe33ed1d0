/** The report: one HTML file that needs nothing else, made of the results alone. */
import { tablesOf } from '../compare.js';
import type { Results } from '../results.js';
import { noiseText, sentencesOf } from '../summary.js';
import { figuresIn, type Rows, rowsWithRatios, tableTitle } from '../tables.js';
import { absentText, recordingText } from '../text.js';
import { TRIALS, trials } from '../trials/index.js';
import { CHART_STYLE, type ChartSpec, chart, NARROW, WIDE } from './chart.js';
import { chartsOf } from './charts.js';
import { escapeText } from './markup.js';

const STYLE = `
:root{color-scheme:light dark;--ground:#f6f8fa;--card:#fff;--ink:#1b1f24;--soft:#59636e;--line:#e3e6ea}
@media (prefers-color-scheme:dark){:root{--ground:#010409;--card:#0d1117;--ink:#e6edf3;--soft:#9aa4af;--line:#272e36}}
*{box-sizing:border-box}body{margin:0 auto;max-width:1000px;padding:28px 20px 64px;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
h1{font-size:28px;line-height:1.2;margin:0 0 10px}h2{font-size:21px;margin:40px 0 10px}h3{font-size:15px;margin:20px 0 6px}
p{margin:8px 0;max-width:90ch}.answer{font-size:18px}.soft{color:var(--soft);font-size:14px;overflow-wrap:anywhere}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:6px}
.charts{display:grid;gap:16px;max-width:820px;margin-top:20px}
svg{display:block;width:100%;height:auto}.narrow{display:none}.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:5px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:600}
th:first-child,td:first-child{text-align:left;position:sticky;left:0;background:var(--card)}tr:last-child td{border-bottom:0}
tr.ours td{font-weight:650}
details{margin-top:10px}summary{cursor:pointer;font-weight:600;padding:4px 0}
@media (max-width:560px){body{padding:20px 12px 48px}h1{font-size:23px}.answer{font-size:16px}.wide{display:none}.narrow{display:block}.card{padding:2px}th,td{padding:5px 7px}}
`;

function table(rows: Rows, classes: (row: readonly string[]) => string = () => ''): string {
  const [heads = [], ...rest] = rows;
  const head = heads.map((text) => `<th>${escapeText(text)}</th>`).join('');
  const body = rest.map((row) => {
    const cells = row.map((text) => `<td>${escapeText(text)}</td>`).join('');
    const name = classes(row);
    return `<tr${name === '' ? '' : ` class="${name}"`}>${cells}</tr>`;
  });
  return `<div class="card scroll"><table><thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table></div>`;
}

function figure(spec: ChartSpec): string {
  return `<div class="card"><div class="wide">${chart(spec, WIDE)}</div><div class="narrow">${chart(spec, NARROW)}</div></div>`;
}

function trialTables(results: Results): string {
  const tables = tablesOf(results);
  const isOurs = ([label = '']: readonly string[]): string =>
    label.startsWith('fd-selectors') ? 'ours' : '';
  return TRIALS.map((name) => {
    const blocks = tables
      .filter(({ trial }) => trial === name)
      .flatMap((one) =>
        figuresIn(one).map(
          (kind) =>
            `<h3>${escapeText(tableTitle(one, kind))}</h3>${table(rowsWithRatios(results, one, kind), isOurs)}`,
        ),
      );
    if (blocks.length === 0) return '';
    const title = escapeText(`${name}: ${trials[name].title}`);
    return `<details><summary>${title}</summary>${blocks.join('\n')}</details>`;
  }).join('\n');
}

function paragraphs(texts: readonly string[], name: string): string {
  return texts
    .filter((text) => text !== '')
    .map((text) => `<p class="${name}">${escapeText(text)}</p>`)
    .join('\n');
}

/** The whole page. */
export function page(results: Results): string {
  const versions = results.participants.map(({ label, version }) => [label, version]);
  const { command } = results.recording;
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>select, poll and epoll: the benchmark of fd-selectors</title><style>${STYLE}${CHART_STYLE}</style>
<h1>select, poll and epoll on Node.js, beside C and CPython</h1>
${paragraphs(sentencesOf(results), 'answer')}
${paragraphs([noiseText(results)], 'soft')}
<div class="charts">${chartsOf(results).map(figure).join('\n')}</div>
<p class="soft">Points are medians over the rounds, or over a server's turns; bars are their least and greatest. Point at one to read it.
C has one idle thread beside it, as every program in Node has.</p>
<h2>All figures</h2>
<p class="soft">Medians over the rounds, or over a server's turns. ~ the machine was not quiet; – the subject cannot do this; "conditions differ": a ratio would mean nothing.</p>
${trialTables(results)}
<h2>How it was recorded</h2>
${paragraphs([`${command}`, recordingText(results), absentText(results)], 'soft')}
<details><summary>Versions</summary>${table([['subject', 'version'], ...versions])}</details>
</html>
`;
}
