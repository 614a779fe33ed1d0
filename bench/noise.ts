/** How quiet the machine was: what others used of it, and how fast it was. */
import { readFileSync } from 'node:fs';
import type { Measurement } from './results.js';

/** More cores than this in use by others while a subject ran, and its figures are marked. */
export const NOISY_FOREIGN = 0.2;
/** The same for how much slower than at its best the machine was. */
export const NOISY_SLOWDOWN = 1.1;

/** Clock ticks of /proc/stat per second, fixed by the kernel's interface. */
const TICKS = 100;
/** Ticks by which two counters that are read one after the other, in whole ticks, may differ. */
const SLACK = 2;

/** Ticks in which some core was not idle, stolen ones included, and ticks of this process's children. */
function ticks(): { busy: number; own: number } {
  const [, user, nice, system, , , irq, softirq, steal] = (
    readFileSync('/proc/stat', 'utf8').split('\n')[0] as string
  )
    .split(/\s+/)
    .map(Number) as number[] as [number, number, number, number, number, number, number, number, number];
  // Fields 14 to 17 of /proc/self/stat, counted behind the name, which may hold blanks.
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const own = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { busy: user + nice + system + irq + softirq + steal, own };
}

/** Watches the machine from its creation on. */
export class Watch {
  readonly #start = ticks();
  readonly #began = performance.now();

  /** Cores in use by others on average; the children must have ended. */
  foreign(): number {
    const end = ticks();
    const seconds = (performance.now() - this.#began) / 1e3;
    const others = end.busy - this.#start.busy - (end.own - this.#start.own) - SLACK;
    return Math.max(0, others / TICKS / seconds);
  }
}

let sink = 1;

/** Milliseconds for a fixed amount of arithmetic, the best of three: how fast this core is now. */
export function calibrate(): number {
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 3; turn++) {
    const start = performance.now();
    for (let i = 0; i < 2_000_000; i++) sink = (Math.imul(sink, 1664525) + 1013904223) | 0;
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** Whether a measurement was taken on a machine that was not quiet. */
export function isNoisy({ foreign, slowdown }: Measurement): boolean {
  return foreign > NOISY_FOREIGN || slowdown > NOISY_SLOWDOWN;
}

/** Whether two measurements ran under loads that are alike enough for a ratio to mean something. */
export function areComparable(a: Measurement, b: Measurement): boolean {
  const slower = Math.max(a.slowdown, b.slowdown) / Math.min(a.slowdown, b.slowdown);
  return Math.abs(a.foreign - b.foreign) <= NOISY_FOREIGN && slower <= NOISY_SLOWDOWN;
}

/** One sentence on how quiet the machine was during a whole run. */
export function describeNoise(measurements: readonly Measurement[]): string {
  const noisy = measurements.filter(isNoisy).length;
  if (noisy === 0) return 'The machine was quiet.';
  return `The machine was not quiet: ${noisy} of ${measurements.length} measurements are noisy (~).`;
}
