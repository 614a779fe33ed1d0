/** Memory over time, and the slope of it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** The slope of a line through points by least squares. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const n = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const above = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const below = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return below === 0 ? 0 : above / below;
}

/** What a process needs, from its samples. */
export interface MemoryReport {
  /** Bytes that JavaScript holds, after a collection, at the end; and bytes a minute. */
  readonly live: number;
  readonly liveSlope: number;
  /** Bytes that the process has in memory at the end; and bytes a minute. */
  readonly resident: number;
  readonly residentSlope: number;
}

/** Samples of this process, from its start to its end. */
export class Memory {
  readonly #start = performance.now();
  readonly #samples: [minutes: number, live: number, resident: number][] = [];

  sample(): void {
    gc();
    const { heapUsed, external, rss } = process.memoryUsage();
    this.#samples.push([(performance.now() - this.#start) / 60_000, heapUsed + external, rss]);
  }

  /** The first third is the warm-up: buffers grow, and functions are compiled. */
  report(): MemoryReport {
    const steady = this.#samples.slice(Math.floor(this.#samples.length / 3));
    const [, live = 0, resident = 0] = steady.at(-1) ?? [];
    return {
      live,
      liveSlope: slopeOf(steady.map(([minutes, bytes]) => [minutes, bytes])),
      resident,
      residentSlope: slopeOf(steady.map(([minutes, , bytes]) => [minutes, bytes])),
    };
  }
}
