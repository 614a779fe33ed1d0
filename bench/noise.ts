/** How quiet the machine was: what others used of it, and how fast it was. */
import { readFileSync } from 'node:fs';
import type { Noise } from './results.js';

/** What the machine was like while a subject ran. */
export interface Conditions {
  /** Cores in use by other programs, on average. */
  readonly foreign: number;
  /** Milliseconds of {@link calibrate}. */
  readonly calibration: number;
}

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

/** The machine at its best so far. */
export class Best {
  #calibration = Number.POSITIVE_INFINITY;

  note({ calibration }: Conditions): void {
    this.#calibration = Math.min(this.#calibration, calibration);
  }

  compare({ foreign, calibration }: Conditions): Noise {
    return { foreign, slowdown: calibration / this.#calibration };
  }
}

/** Whether a machine was not quiet. */
export function isNoisy({ foreign, slowdown }: Noise): boolean {
  return foreign > NOISY_FOREIGN || slowdown > NOISY_SLOWDOWN;
}

/** Whether two measurements ran under conditions alike enough for a ratio to mean something. */
export function areComparable(a: Noise, b: Noise): boolean {
  const slower = Math.max(a.slowdown, b.slowdown) / Math.min(a.slowdown, b.slowdown);
  return Math.abs(a.foreign - b.foreign) <= NOISY_FOREIGN && slower <= NOISY_SLOWDOWN;
}
