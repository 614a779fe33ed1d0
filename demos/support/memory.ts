/** How much memory a server takes, its children included. */
import { readdirSync, readFileSync } from 'node:fs';

/** A process and its descendants. */
function family(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const children = threads.flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return [pid, ...children.flatMap(family)];
  } catch {
    return []; // It has ended.
  }
}

/** KiB that a process and its children have: memory that several share counts once. */
export function memoryOf(pid: number): number {
  let sum = 0;
  for (const one of family(pid)) {
    try {
      sum += Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${one}/smaps_rollup`, 'utf8'))?.[1]);
    } catch {
      // It has ended.
    }
  }
  return sum;
}
