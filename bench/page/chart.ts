/** A chart as SVG: lines on logarithmic axes with their points and spread, each labeled at its end. */
import { formatCount, formatFigure } from '../format.js';
import type { ChartPlan, FigureKind, LinePlan } from '../trials/trial.js';
import { escapeText, flow, textAt, textWidth, wrapText } from './markup.js';
import { apart, logScale, type Scale, spread } from './scale.js';

/** A figure at a size: the median of the rounds, the least and the greatest. */
export interface Point {
  readonly x: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Line extends LinePlan {
  /** Said with each value. */
  readonly name: string;
  readonly points: readonly Point[];
}

export interface ChartSpec extends Omit<ChartPlan, 'lines' | 'shows'> {
  readonly unit: FigureKind['unit'];
  readonly lines: readonly Line[];
}

/** The size of a chart, and of its text: one for a page, one for a telephone. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly font: number;
}

export const WIDE: Layout = { width: 760, height: 440, font: 14 };
export const NARROW: Layout = { width: 350, height: 400, font: 13 };

const STROKES = {
  ours: 'stroke-width:2.6',
  c: 'stroke-width:1.8;stroke-dasharray:7 4',
  peer: 'stroke-width:2;stroke-dasharray:1 5',
};
const HUES = ['select', 'poll', 'epoll', 'uring', 'node', 'python', 'other'] as const;
// The hues are apart for every kind of color vision (after Okabe and Ito), and darker or lighter
// where the ground asks for it. No chart has both select and io_uring, so they share one.
export const CHART_STYLE = `
.chart{--ground:#fff;--ink:#1b1f24;--soft:#59636e;--grid:#e3e6ea;--select:#c2410c;--poll:#946300;--epoll:#0b66b5;--uring:#c2410c;--node:#0b7f5c;--python:#a0458c;--other:#6e7781;font-family:system-ui,sans-serif}
@media (prefers-color-scheme:dark){.chart{--ground:#0d1117;--ink:#e6edf3;--soft:#9aa4af;--grid:#272e36;--select:#ff8a5c;--poll:#e8b33f;--epoll:#58b4ff;--uring:#ff8a5c;--node:#3fcf9e;--python:#e48bd0;--other:#9aa4af}}
.chart .ground{fill:var(--ground)}.chart text{fill:var(--soft)}.chart .title{fill:var(--ink);font-weight:650}
.chart .grid{stroke:var(--grid)}.chart polyline{fill:none;stroke-linejoin:round;stroke-linecap:round}
.chart .spread{stroke-width:1.3;opacity:.75}.chart .hit{fill:transparent;stroke:none}.chart .end{stroke-dasharray:3 4}
.chart .label{font-weight:600}.chart .key{stroke:var(--ink)}
${Object.entries(STROKES)
  .map(([stroke, style]) => `.chart .${stroke}{${style}}`)
  .join('')}
${HUES.map((hue) => `.chart .${hue}{stroke:var(--${hue})}.chart text.${hue},.chart circle.${hue}{stroke:none;fill:var(--${hue})}`).join('')}
`.replaceAll('\n', '');

/** What the parts of a chart are drawn with. */
interface Plot {
  readonly spec: ChartSpec;
  readonly layout: Layout;
  readonly x: Scale;
  readonly y: Scale;
  readonly xs: readonly number[];
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The title, the subtitle and the legend, and where they end. */
function heading(
  { title, subtitle, legend }: ChartSpec,
  { width, font }: Layout,
): [svg: string, end: number] {
  const left = font;
  const room = width - 2 * font;
  let y = font * 2;
  const parts = [textAt(left, y, title, font * 1.25, 'class="title"')];
  for (const line of wrapText(subtitle, room, font)) {
    y += font * 1.45;
    parts.push(textAt(left, y, line, font));
  }
  const key = font * 2.4;
  const places = flow(
    legend.map(([, text]) => key + textWidth(text, font) + font * 1.6),
    room,
  );
  legend.forEach(([stroke, text], i) => {
    const [at, row] = places[i] as [number, number];
    const center = y + font * (1.7 + row * 1.5);
    const points = `${left + at},${center} ${left + at + key - 8},${center}`;
    parts.push(`<polyline class="key ${stroke}" points="${points}"/>`);
    parts.push(textAt(left + at + key, center + font * 0.35, text, font));
  });
  const rows = legend.length === 0 ? 0 : Math.max(...places.map(([, row]) => row)) + 1;
  return [parts.join(''), y + font * (1.5 + rows * 1.5)];
}

function formatTick(value: number, unit: ChartSpec['unit']): string {
  return formatFigure(value, unit).replace(/\.0+(?= )/, '');
}

function axes({ spec, layout: { font, height }, x, y, xs, left, right, bottom }: Plot): string {
  const heads = apart(
    xs.map((value) => ({ at: x.place(value), width: textWidth(formatCount(value), font) + 6 })),
  ).map((i) => xs[i] as number);
  const columns = heads.map((value) =>
    textAt(x.place(value), bottom + font * 1.5, formatCount(value), font, 'text-anchor="middle"'),
  );
  const rows = y.ticks.flatMap((value) => {
    const at = y.place(value).toFixed(1);
    const text = formatTick(value, spec.unit);
    return [
      `<line class="grid" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/>`,
      textAt(left - 8, y.place(value) + font * 0.35, text, font, 'text-anchor="end"'),
    ];
  });
  const along = textAt((left + right) / 2, height - font * 0.8, spec.along, font, 'text-anchor="middle"');
  return [...rows, ...columns, along].join('');
}

/** Its points joined, the spread of each, and its value for whoever points at it. */
function drawLine({ name, hue, stroke, points }: Line, { spec, x, y }: Plot): string {
  const at = ({ x: px, median }: Point): string => `${x.place(px).toFixed(1)},${y.place(median).toFixed(1)}`;
  const radius = stroke === 'ours' ? 3.4 : 2.4;
  const marks = points.map((point) => {
    const [cx, cy] = at(point).split(',');
    const value = formatFigure(point.median, spec.unit);
    const range = `${formatFigure(point.min, spec.unit)} to ${formatFigure(point.max, spec.unit)}`;
    const told = `${name}, ${formatCount(point.x)}: ${value} (${range})`;
    return (
      `<path class="${hue} spread" d="M${cx} ${y.place(point.min).toFixed(1)}V${y.place(point.max).toFixed(1)}"/>` +
      `<circle class="${hue}" cx="${cx}" cy="${cy}" r="${radius}"/>` +
      `<circle class="hit" cx="${cx}" cy="${cy}" r="8"><title>${escapeText(told)}</title></circle>`
    );
  });
  return `<polyline class="${hue} ${stroke}" points="${points.map(at).join(' ')}"/>${marks.join('')}`;
}

/** Labels stand right of the axes, apart from each other. */
function labels({ spec, layout: { font }, y, xs, right }: Plot): string {
  const lastX = xs.at(-1);
  const labeled = spec.lines.filter(({ label, points }) => label !== '' && points.at(-1)?.x === lastX);
  const places = spread(
    labeled.map(({ points }) => y.place((points.at(-1) as Point).median)),
    font * 1.25,
  );
  return labeled
    .map(({ label, hue }, i) =>
      textAt(right + 12, (places[i] as number) + font * 0.35, label, font, `class="label ${hue}"`),
    )
    .join('');
}

/** Where a line has to end: a mark at that very value, which need not have been measured. */
function endMark({ spec: { end, lines }, layout: { font }, x, y, xs, bottom }: Plot): string {
  const line = lines.find(({ subject }) => subject === end?.subject);
  const last = line?.points.at(-1);
  if (end === undefined || line === undefined || last === undefined) return '';
  if (last.x > end.at || (xs.at(-1) as number) < end.at) return '';
  const [at, high] = [x.place(end.at), y.place(last.median)];
  // Above every line there: what is registered only makes them rise.
  const there = lines.flatMap(({ points }) => points.filter((point) => point.x === last.x));
  const highest = Math.min(...there.map(({ max }) => y.place(max)));
  const cross = `M${(at - 5).toFixed(1)} ${(high - 5).toFixed(1)}l10 10m0-10l-10 10`;
  return [
    `<path class="${line.hue} end" d="M${at.toFixed(1)} ${high.toFixed(1)}V${bottom}"/>`,
    `<path class="${line.hue}" stroke-width="2.4" d="${cross}"/>`,
    textAt(at - 4, highest - font, end.label, font, `class="label ${line.hue}" text-anchor="end"`),
  ].join('');
}

function plotOf(spec: ChartSpec, layout: Layout, top: number): Plot {
  const { width, height, font } = layout;
  const points = spec.lines.flatMap((line) => line.points);
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const bottom = Math.round(height - font * 3.4);
  const y = logScale(
    points.flatMap(({ min, median, max }) => [min, median, max]),
    bottom - 6,
    top,
    0.1,
  );
  const ticks = y.ticks.map((value) => textWidth(formatTick(value, spec.unit), font));
  const names = spec.lines.map(({ label }) => textWidth(label, font) * 1.08);
  const left = Math.round(Math.max(...ticks) + font * 1.3);
  const right = Math.round(width - Math.max(...names) - font * 1.6);
  return { spec, layout, x: logScale(xs, left + 6, right), y, xs, left, right, top, bottom };
}

/** Draws a chart; empty where there is nothing to draw. A file of its own needs the style in it. */
export function chart(whole: ChartSpec, layout: Layout, style = ''): string {
  const spec = { ...whole, lines: whole.lines.filter(({ points }) => points.length > 0) };
  if (spec.lines.length === 0) return '';
  const [head, end] = heading(spec, layout);
  const plot = plotOf(spec, layout, Math.round(end + layout.font));
  const order = { c: 0, peer: 1, ours: 2 };
  const drawn = [...spec.lines].sort((a, b) => order[a.stroke] - order[b.stroke]);
  const { width, height } = layout;
  return [
    `<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(spec.title)}">`,
    style === '' ? '' : `<style>${style}</style>`,
    `<rect class="ground" width="${width}" height="${height}" rx="8"/>`,
    head,
    axes(plot),
    ...drawn.map((line) => drawLine(line, plot)),
    endMark(plot),
    labels(plot),
    '</svg>',
  ].join('');
}
