/** Measures what a process grows by. */
import { answer, fds } from './workload.js';

const REPEATS = 9;

/**
 * Bytes in use after a collection. Not the resident memory: a collection gives pages back, so that it
 * may shrink while objects are added. Needs --expose-gc.
 */
function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * Prints the growth per descriptor of what `register` does to all of them. It is done again and again, and
 * what it returns is kept: code that is compiled or dropped meanwhile is in some of the figures.
 */
export function grown(register: () => object): void {
  const kept: object[] = [];
  const figures = Array.from({ length: REPEATS }, () => {
    const before = usedBytes();
    kept.push(register());
    return usedBytes() - before;
  });
  answer({ bytes: (figures.sort((a, b) => a - b)[REPEATS >> 1] as number) / fds });
}
