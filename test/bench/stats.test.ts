import { describe, expect, it } from 'vitest';
import { median, ratioOf, summarize, summarizeTurns } from '../../bench/stats.js';

describe('median', () => {
  it('is the middle of an odd number of values, in any order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('is the mean of the two in the middle of an even number', () => {
    expect(median([4, 1, 3, 100])).toBe(3.5);
  });

  it('leaves the values as they were', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('refuses nothing at all', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

it('summarize gives the median and the spread', () => {
  expect(summarize([2, 8, 4])).toEqual({ median: 4, min: 2, max: 8 });
});

it('summarize keeps six digits', () => {
  expect(summarize([1.23456789])).toEqual({ median: 1.23457, min: 1.23457, max: 1.23457 });
});

describe('a ratio', () => {
  it('is the median of the ratios of the same turn, where the speed of the machine cancels out', () => {
    const [one, other] = [summarizeTurns([3, 6, 30]), summarizeTurns([2, 4, 10])];
    expect(ratioOf(one, other)).toBe(1.5);
    expect(one).toEqual({ median: 6, min: 3, max: 30, turns: [3, 6, 30] });
  });

  it('is that of the medians, where there are no turns or not the same', () => {
    expect(ratioOf(summarize([1, 3, 5]), summarize([2]))).toBe(1.5);
    expect(ratioOf(summarizeTurns([1, 3, 5]), summarizeTurns([1, 2]))).toBe(2);
  });
});
