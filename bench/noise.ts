/** How quiet the machine was: what others used of it, how fast it was, how far apart its cores were. */
import { readFileSync } from 'node:fs';
import type { Measurement } from './results.js';

/** What the machine was like while a subject ran. */
export interface Conditions {
  /** Cores in use by other programs, on average. */
  readonly foreign: number;
  /** Milliseconds of {@link calibrate}. */
  readonly calibration: number;
  /** Nanoseconds for handing a cache line to the other core and back; undefined for one process. */
  readonly handoff: number | undefined;
}

/** The same in relation to the machine at its best. */
export interface Noise {
  /** Cores in use by other programs, on average. */
  readonly foreign: number;
  /** How much slower than at its best the machine was: 1 is as fast. */
  readonly slowdown: number;
  /** How much longer than at its best two cores took to hand a cache line over: 1 is as near. */
  readonly distance: number;
}

/** More cores than this in use by others while a subject ran, and its figures are marked. */
export const NOISY_FOREIGN = 0.2;
/** The same for how much slower than at its best the machine was. */
export const NOISY_SLOWDOWN = 1.1;
/** The same for how far from each other the two cores were. */
export const NOISY_DISTANCE = 1.6;

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
  #handoff = Number.POSITIVE_INFINITY;

  note({ calibration, handoff = Number.POSITIVE_INFINITY }: Conditions): void {
    this.#calibration = Math.min(this.#calibration, calibration);
    this.#handoff = Math.min(this.#handoff, handoff);
  }

  compare({ foreign, calibration, handoff }: Conditions): Noise {
    return {
      foreign,
      slowdown: calibration / this.#calibration,
      distance: handoff === undefined ? 1 : handoff / this.#handoff,
    };
  }

  /** Whether two cores are about as near as they ever were. */
  isNear(handoff: number | undefined): boolean {
    return handoff === undefined || handoff <= NOISY_DISTANCE * this.#handoff;
  }
}

/** Whether a machine was not quiet. */
export function isNoisy({ foreign, slowdown, distance }: Noise): boolean {
  return foreign > NOISY_FOREIGN || slowdown > NOISY_SLOWDOWN || distance > NOISY_DISTANCE;
}

function factor(a: number, b: number): number {
  return Math.max(a, b) / Math.min(a, b);
}

/** Whether two measurements ran under conditions that are alike enough for a ratio to mean something. */
export function areComparable(a: Noise, b: Noise): boolean {
  return (
    Math.abs(a.foreign - b.foreign) <= NOISY_FOREIGN &&
    factor(a.slowdown, b.slowdown) <= NOISY_SLOWDOWN &&
    factor(a.distance, b.distance) <= NOISY_DISTANCE
  );
}

/** One sentence on how quiet the machine was during a whole run. */
export function describeNoise(measurements: readonly Measurement[]): string {
  const noisy = measurements.filter(isNoisy).length;
  if (noisy === 0) return 'The machine was quiet.';
  return `The machine was not quiet: ${noisy} of ${measurements.length} measurements are noisy (~).`;
}
