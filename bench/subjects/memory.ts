/** Measures what a process grows by. */
import { answer, fds } from './workload.js';

/**
 * Bytes in use after a collection. Not the resident memory: a collection gives pages back, so that it
 * may shrink while objects are added. Needs --expose-gc.
 */
function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Prints the growth per descriptor of what `register` does to all but the first. */
export function grown(register: () => void): void {
  const before = usedBytes();
  register();
  answer({ bytes: (usedBytes() - before) / (fds - 1) });
}
