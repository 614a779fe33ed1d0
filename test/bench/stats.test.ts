import { describe, expect, it } from 'vitest';
import { median, summarize } from '../../bench/stats.js';

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
