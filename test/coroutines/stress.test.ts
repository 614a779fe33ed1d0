/**
 * Longer, or with a seed: `STRESS_SECONDS=60 STRESS_SEED=1 npx vitest run test/coroutines/stress.test.ts`. Timers
 * fire as they do, so a seed repeats the decisions, not every interleaving.
 */
import { run, runAsync } from 'fd-selectors/coroutines';
import { expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';
import { openFds, waitOnce } from '../support/openfds.js';
import { stress } from './stress.js';

await waitOnce();

const seconds = Number(process.env['STRESS_SECONDS'] ?? 2);
const seed = Number(process.env['STRESS_SEED'] ?? Date.now() % 1e9);

it.each(['run', 'runAsync'])(
  `%s loses nothing under stress, seed ${seed}`,
  async (way) => {
    console.log(`stress: ${way}, seed ${seed}, ${seconds} s`);
    const before = openFds();
    const failures: unknown[] = [];
    const onFailure = (_task: unknown, error: unknown): void => void failures.push(error);
    const main = () => stress(seed, seconds);
    const { rounds, wrong } = way === 'run' ? run(main, { onFailure }) : await runAsync(main, { onFailure });
    expect(wrong).toEqual([]);
    expect(failures).toEqual([]);
    expect(rounds).toBeGreaterThan(1);
    expect(openFds()).toBe(before);
  },
  seconds * 1000 + LIMIT,
);
