/** A chart as SVG: lines on logarithmic axes, each labeled at its end. */
import { formatFigure } from '../format.js';
import type { FigureKind } from '../trials.js';
import { logScale, type Scale, spread } from './scale.js';

/** What a line shows: its hue names the system call or the family, its stroke whose it is. */
export interface Line {
  readonly label: string;
  readonly hue: 'select' | 'poll' | 'epoll' | 'node' | 'python' | 'other';
  readonly stroke: 'ours' | 'limit' | 'peer';
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface ChartSpec {
  readonly title: string;
  readonly subtitle: string;
  readonly along: string;
  readonly unit: FigureKind['unit'];
  readonly lines: readonly Line[];
  /** Pairs of a stroke and what it stands for. */
  readonly legend: readonly (readonly [Line['stroke'], string])[];
}

const WIDTH = 760;
const HEIGHT = 440;
const LEFT = 76;
const RIGHT = WIDTH - 150;
const TOP = 92;
const BOTTOM = HEIGHT - 52;
const LABEL_HEIGHT = 17;

// The hues are apart for every kind of color vision (after Okabe and Ito), and darker or lighter
// where the ground asks for it.
const STYLE = `
.chart{--ground:#fff;--ink:#1b1f24;--soft:#59636e;--grid:#e3e6ea;--select:#c2410c;--poll:#a16c00;--epoll:#0b66b5;--node:#0b7f5c;--python:#a0458c;--other:#6e7781;font:14px system-ui,sans-serif}
@media (prefers-color-scheme:dark){.chart{--ground:#0d1117;--ink:#e6edf3;--soft:#9aa4af;--grid:#272e36;--select:#ff8a5c;--poll:#e8b33f;--epoll:#58b4ff;--node:#3fcf9e;--python:#e48bd0;--other:#9aa4af}}
.chart .ground{fill:var(--ground)}.chart text{fill:var(--soft)}.chart .title{fill:var(--ink);font-size:18px;font-weight:650}
.chart .grid{stroke:var(--grid)}.chart polyline{fill:none;stroke-linejoin:round;stroke-linecap:round}
.chart .ours{stroke-width:2.6}.chart .limit{stroke-width:9;opacity:.27}.chart .peer{stroke-width:1.8;stroke-dasharray:1 5}
.chart .label{font-weight:600}.chart .key{stroke:var(--ink)}
`;
const HUES = ['select', 'poll', 'epoll', 'node', 'python', 'other'] as const;
const HUE_STYLE = HUES.map(
  (hue) => `.chart .${hue}{stroke:var(--${hue})}.chart text.${hue}{stroke:none;fill:var(--${hue})}`,
).join('');

/** Text that stands in markup. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function textAt(x: number, y: number, text: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escapeText(text)}</text>`;
}

function axes({ along, unit }: ChartSpec, x: Scale, y: Scale, xs: readonly number[]): string {
  const columns = xs.map((value) =>
    textAt(x.place(value), BOTTOM + 20, value.toLocaleString('en-US'), 'text-anchor="middle"'),
  );
  const rows = y.ticks.flatMap((value) => [
    `<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y.place(value).toFixed(1)}" y2="${y.place(value).toFixed(1)}"/>`,
    textAt(LEFT - 10, y.place(value) + 5, formatTick(value, unit), 'text-anchor="end"'),
  ]);
  return [...rows, ...columns, textAt((LEFT + RIGHT) / 2, HEIGHT - 10, along, 'text-anchor="middle"')].join(
    '',
  );
}

function formatTick(value: number, unit: ChartSpec['unit']): string {
  return formatFigure(value, unit).replace(/\.0+(?= )/, '');
}

function polyline({ hue, stroke, points }: Line, x: Scale, y: Scale): string {
  const places = points.map(([px, py]) => `${x.place(px).toFixed(1)},${y.place(py).toFixed(1)}`);
  return `<polyline class="${hue} ${stroke}" points="${places.join(' ')}"/>`;
}

/** Labels stand right of the axes, apart from each other; a line that ends early has its own there. */
function labels(lines: readonly Line[], x: Scale, y: Scale, lastX: number): string {
  const labeled = lines.filter(({ label }) => label !== '');
  const ends = labeled.map(({ points }) => points.at(-1) as readonly [number, number]);
  const atEdge = labeled.map((_, i) => ends[i]?.[0] === lastX);
  const wanted = ends.map(([, py]) => y.place(py));
  const edge = labeled.map((_, i) => i).filter((i) => atEdge[i]);
  const places = spread(
    edge.map((i) => wanted[i] as number),
    LABEL_HEIGHT,
  );
  return labeled
    .map(({ label, hue }, i) => {
      const [px] = ends[i] as readonly [number, number];
      const at = wanted[i] as number;
      const attributes = `class="label ${hue}"`;
      if (!atEdge[i]) {
        const cross = `<path class="${hue}" stroke-width="2.4" d="m${x.place(px) - 6} ${at - 6} 12 12m0-12-12 12"/>`;
        return cross + textAt(x.place(px) - 8, at - 14, label, `${attributes} text-anchor="end"`);
      }
      return textAt(RIGHT + 12, (places[edge.indexOf(i)] as number) + 5, label, attributes);
    })
    .join('');
}

function legend(entries: ChartSpec['legend']): string {
  let at = LEFT;
  return entries
    .map(([stroke, text]) => {
      const key = `<polyline class="key ${stroke}" points="${at},${TOP - 24} ${at + 30},${TOP - 24}"/>`;
      const label = textAt(at + 40, TOP - 19, text);
      at += 62 + text.length * 7.4;
      return key + label;
    })
    .join('');
}

/** Draws a chart; empty where there is nothing to draw. */
export function chart(spec: ChartSpec): string {
  const lines = spec.lines.filter(({ points }) => points.length > 0);
  if (lines.length === 0) return '';
  const points = lines.flatMap((line) => line.points);
  const xs = [...new Set(points.map(([px]) => px))].sort((a, b) => a - b);
  const x = logScale(xs, LEFT + 6, RIGHT);
  const y = logScale(
    points.map(([, py]) => py),
    BOTTOM - 6,
    TOP,
    0.1,
  );
  const order = { limit: 0, peer: 1, ours: 2 };
  const drawn = [...lines].sort((a, b) => order[a.stroke] - order[b.stroke]);
  return [
    `<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(spec.title)}">`,
    `<style>${STYLE.replaceAll('\n', '')}${HUE_STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}" rx="8"/>`,
    textAt(LEFT, 28, spec.title, 'class="title"'),
    textAt(LEFT, 49, spec.subtitle),
    legend(spec.legend),
    axes(spec, x, y, xs),
    ...drawn.map((line) => polyline(line, x, y)),
    labels(lines, x, y, xs.at(-1) as number),
    '</svg>',
  ].join('');
}
