/** The few statistics that a benchmark needs. */

/** What several rounds of one figure come to. */
export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
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
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** Median and spread. */
export function summarize(values: readonly number[]): Figure {
  return {
    median: rounded(median(values)),
    min: rounded(Math.min(...values)),
    max: rounded(Math.max(...values)),
  };
}
