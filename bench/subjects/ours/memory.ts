/** memory: what the process grows by, per descriptor registered. Needs --expose-gc. */
import { EVENT_READ } from 'fd-selectors';
import { openPairs } from '../pairs.js';
import { answer, fds } from '../workload.js';
import { openSelector } from './open.js';

const REPEATS = 9;

/**
 * Bytes in use after a collection. Not the resident memory: a collection gives pages back, so that it
 * may shrink while objects are added.
 */
function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const { readers } = openPairs(fds);
// All are kept: code that is compiled or dropped meanwhile is in some of the figures.
const kept: object[] = [];
const figures = Array.from({ length: REPEATS }, () => {
  const before = usedBytes();
  const sel = openSelector<undefined>();
  for (const reader of readers) sel.register(reader, EVENT_READ);
  sel.select(0);
  kept.push(sel);
  return usedBytes() - before;
});
answer({ bytes: (figures.sort((a, b) => a - b)[REPEATS >> 1] as number) / fds });
