/** The few statistics that a benchmark needs. */

/** What several rounds of one figure come to. */
export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** One for each turn of a server, in the order of the turns: those of two servers pair up. */
  readonly turns?: readonly number[];
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values have no median');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** Six digits: no clock here is better, and results are kept in a repository. */
function rounded(value: number, digits = 6): number {
  return Number(value.toPrecision(digits));
}

/** Median and spread. */
export function summarize(values: readonly number[]): Figure {
  return {
    median: rounded(median(values)),
    min: rounded(Math.min(...values)),
    max: rounded(Math.max(...values)),
  };
}

/** The same of a server's turns. */
export function summarizeTurns(values: readonly number[]): Figure {
  return { ...summarize(values), turns: values.map((value) => rounded(value, 4)) };
}

/**
 * The ratio of one figure to another. Where both have turns, it is the median of the ratios of the same turn: in
 * a turn the machine was as fast for both.
 */
export function ratioOf(one: Figure, other: Figure): number {
  const theirs = other.turns;
  if (one.turns === undefined || theirs?.length !== one.turns.length) return one.median / other.median;
  return median(one.turns.map((value, turn) => value / (theirs[turn] as number)));
}
