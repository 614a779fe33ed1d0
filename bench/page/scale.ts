/** Logarithmic axes. */

/** From figures to places on an axis. */
export interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/** Round values within a span: powers of ten, where there are few also their doubles and halves. */
export function roundValues(min: number, max: number): number[] {
  const first = Math.floor(Math.log10(min));
  const last = Math.ceil(Math.log10(max));
  const powers = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
  const within = (values: readonly number[]): number[] =>
    values.filter((value) => value >= min * 0.999 && value <= max * 1.001);
  const found = within(powers);
  return found.length >= 3 ? found : within(powers.flatMap((power) => [power, 2 * power, 5 * power]));
}

/** An axis that runs from one place to another, from the least to the greatest of the values. */
export function logScale(values: readonly number[], from: number, to: number, spare = 0): Scale {
  const positive = values.filter((value) => value > 0);
  const min = Math.min(...positive) / (1 + spare);
  const max = Math.max(...positive) * (1 + spare);
  const width = Math.log(max / min) || 1;
  return {
    place: (value) => from + ((to - from) * Math.log(Math.max(value, min) / min)) / width,
    ticks: roundValues(min, max),
  };
}

/** Places that keep a distance: each as near as can be to where it wants to be. */
export function spread(wanted: readonly number[], distance: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] as number) - (wanted[b] as number));
  const places = [...wanted];
  for (let pass = 0; pass < 50; pass++) {
    for (let i = 1; i < order.length; i++) {
      const [above = 0, below = 0] = [order[i - 1], order[i]];
      const missing = distance - ((places[below] as number) - (places[above] as number));
      if (missing <= 0) continue;
      (places[above] as number) -= missing / 2;
      (places[below] as number) += missing / 2;
    }
  }
  return places;
}

/** Which of the boxes around places on a line to keep so that none overlap: the ends before all others. */
export function apart(boxes: readonly { readonly at: number; readonly width: number }[]): number[] {
  const last = boxes.length - 1;
  const kept: number[] = [];
  for (const i of new Set([last, 0, ...boxes.keys()])) {
    const box = boxes[i];
    if (box === undefined) continue;
    const free = kept.every((k) => {
      const other = boxes[k] as (typeof boxes)[number];
      return Math.abs(other.at - box.at) >= (other.width + box.width) / 2;
    });
    if (free) kept.push(i);
  }
  return kept.sort((a, b) => a - b);
}
