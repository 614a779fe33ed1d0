/** Measures what a process grows by. */
import { answer, fds } from './workload.js';

/** Resident bytes after a collection: what is garbage is no one's cost. Needs --expose-gc. */
function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

/** Prints the growth per descriptor of what `register` does to all but the first. */
export function grown(register: () => void): void {
  const before = residentBytes();
  register();
  answer({ bytes: (residentBytes() - before) / (fds - 1) });
}
