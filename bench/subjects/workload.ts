/**
 * What every subject in JavaScript shares: the workload, samples and the answer; peers/peer.h is
 * the same in C. A subject is a process that takes a workload as `key=value` words and prints one
 * line of JSON: its figures, or `{"skip": "why"}`.
 */
const words = new Map(
  process.argv.slice(2).map((word) => {
    const at = word.indexOf('=');
    return [word.slice(0, at), word.slice(at + 1)] as const;
  }),
);

/** The text of a parameter. */
export function parameter(key: string, otherwise: string): string {
  return words.get(key) ?? otherwise;
}

/** The number of a parameter. */
export function count(key: string, otherwise: number): number {
  return Number(words.get(key) ?? otherwise);
}

export const trial = parameter('trial', 'chain');
/** How many descriptors are registered. */
export const fds = count('fds', 1000);
/** How many of them are active at any time, in the chain. */
export const active = count('active', 100);
/** How many events one run of the chain has. */
export const total = active + count('writes', 1000);

/** Prints the one line that the runner reads. */
export function answer(figures: Readonly<Record<string, number | string>>): void {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

/** Says why this subject cannot do what is asked, and ends. */
export function skip(why: string): never {
  answer({ skip: why });
  process.exit(0);
}

export const now: () => number = () => Number(process.hrtime.bigint());

/** Says whether to go on: for the warm-up, then for `ms`, with at least three samples. */
export class Samples {
  readonly #values: number[] = [];
  readonly #warm = now() + count('warmup', 100) * 1e6;
  readonly #end = this.#warm + count('ms', 200) * 1e6;

  /** Takes one sample and returns whether another is wanted. */
  add(ns: number): boolean {
    const time = now();
    if (time < this.#warm) return true;
    this.#values.push(ns);
    return this.#values.length < 4 || time < this.#end;
  }

  /** Prints the median; the first sample may have begun within the warm-up. */
  answer(): void {
    const values = this.#values.slice(1).sort((a, b) => a - b);
    answer({ ns: values[values.length >> 1] as number });
  }
}

/** Calls `once`, which returns nanoseconds per operation, as long as samples are wanted. */
export function measure(once: () => number): void {
  const samples = new Samples();
  while (samples.add(once()));
  samples.answer();
}

/** The same for what waits on Node's loop. */
export async function measureAsync(once: () => Promise<number>): Promise<void> {
  const samples = new Samples();
  while (samples.add(await once()));
  samples.answer();
}
