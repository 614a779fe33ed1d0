/** The report: one HTML file that needs nothing else. */
import { tablesOf } from '../compare.js';
import { goalRows } from '../goals.js';
import type { Results } from '../results.js';
import { lines, preamble, tableTitle } from '../text.js';
import { TRIALS, trials } from '../trials.js';
import { chart, escapeText } from './chart.js';
import { chartsOf, type NamedChart } from './charts.js';

const STYLE = `
:root{color-scheme:light dark;--ground:#f6f8fa;--card:#fff;--ink:#1b1f24;--soft:#59636e;--line:#e3e6ea;--good:#0b7f5c;--bad:#c2410c}
@media (prefers-color-scheme:dark){:root{--ground:#010409;--card:#0d1117;--ink:#e6edf3;--soft:#9aa4af;--line:#272e36;--good:#3fcf9e;--bad:#ff8a5c}}
*{box-sizing:border-box}body{margin:0 auto;max-width:1180px;padding:32px 20px 64px;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
h1{font-size:30px;line-height:1.2;margin:0 0 6px}h2{font-size:21px;margin:44px 0 10px}h3{font-size:15px;margin:22px 0 6px}
p{margin:6px 0;max-width:100ch}.soft{color:var(--soft)}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:6px}
.charts{display:grid;gap:16px;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));margin-top:16px}.charts .card:first-child{grid-column:1/-1}
svg{display:block;width:100%;height:auto}.scroll,.charts .card{overflow-x:auto}.charts svg{min-width:420px}
table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:5px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:600}
th:first-child,td:first-child{text-align:left;position:sticky;left:0;background:var(--card)}tr:last-child td{border-bottom:0}
tr.ours td{font-weight:650}.reached td:last-child{color:var(--good)}.missed td:last-child{color:var(--bad);font-weight:650}
details{margin-top:10px}summary{cursor:pointer;font-weight:600;padding:4px 0}
`;

function table(rows: readonly (readonly string[])[], classes: (row: readonly string[]) => string): string {
  const [heads = [], ...rest] = rows;
  const head = heads.map((text) => `<th>${escapeText(text)}</th>`).join('');
  const body = rest
    .map(
      (row) =>
        `<tr class="${classes(row)}">${row.map((text) => `<td>${escapeText(text)}</td>`).join('')}</tr>`,
    )
    .join('\n');
  return `<div class="card scroll"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

function figure({ spec }: NamedChart): string {
  return `<div class="card">${chart(spec)}</div>`;
}

function goalTable(results: Results): string {
  const rows = goalRows(results);
  if (rows.length === 0) return '';
  const verdicts = rows.slice(1).map((row) => row.at(-1));
  const reached = verdicts.filter((verdict) => verdict === 'reached').length;
  const judged = verdicts.filter((verdict) => verdict !== '').length;
  return `<h2>Goals: ${reached} of ${judged} reached</h2>
<p class="soft">Medians of this run. C is the same loop in C with one idle thread beside it, as every program in Node has.</p>
${table(rows, (row) => row.at(-1) ?? '')}`;
}

function trialTables(results: Results): string {
  const tables = tablesOf(results);
  const isOurs = ([label = '']: readonly string[]): string =>
    label.startsWith('fd-selectors') ? 'ours' : '';
  return TRIALS.map((name) => {
    const mine = tables.filter(({ trial }) => trial === name);
    if (mine.length === 0) return '';
    const blocks = mine.flatMap((one) =>
      trials[name].figures.map(
        (kind) => `<h3>${escapeText(tableTitle(one, kind))}</h3>${table(lines(results, one, kind), isOurs)}`,
      ),
    );
    return `<details open><summary>${escapeText(trials[name].title)}</summary>${blocks.join('\n')}</details>`;
  }).join('\n');
}

/** The whole page. */
export function page(results: Results): string {
  const versions = results.participants.map(({ label, version }) => [label, version]);
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>select, poll and epoll: the benchmark of fd-selectors</title><style>${STYLE}</style>
<h1>select, poll and epoll on Node.js, beside C and CPython</h1>
${preamble(results)
  .split('\n')
  .map((line) => `<p class="soft">${escapeText(line)}</p>`)
  .join('\n')}
<div class="charts">${chartsOf(results).map(figure).join('\n')}</div>
${goalTable(results)}
<h2>All figures</h2>
<p class="soft">Medians over the rounds. ~ the machine was not quiet; – the subject cannot do this; "conditions differ": a ratio would say nothing.</p>
${trialTables(results)}
<h2>Versions</h2>
${table([['subject', 'version'], ...versions], () => '')}
</html>
`;
}
