/** How much memory and CPU time a server takes, its children included. */
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds in a clock tick of /proc/PID/stat. */
const TICK = 10;

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

/** Milliseconds of CPU time that a process and its children have used, those included that have ended. */
export function cpuOf(pid: number): number {
  let ticks = 0;
  for (const one of family(pid)) {
    try {
      // The name, in brackets, may hold blanks. After it come utime, stime, and those of the children that ended.
      const fields = readFileSync(`/proc/${one}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      for (const field of fields.slice(11, 15)) ticks += Number(field);
    } catch {
      // It has ended.
    }
  }
  return TICK * ticks;
}
