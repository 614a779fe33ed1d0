/**
 * Some rounds of the same decisions. Longer, or with others: `STRESS_SECONDS=60 STRESS_SEED=2 npx vitest run
 * test/coroutines/stress.test.ts`. Timers fire as they do, so a seed does not repeat every interleaving.
 */
import { run, runAsync } from 'fd-selectors/coroutines';
import { expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';
import { openFds, waitOnce } from '../support/openfds.js';
import { stress } from './stress.js';

await waitOnce();

const ROUNDS = 25;
const seconds = Number(process.env['STRESS_SECONDS'] ?? 0);
const seed = Number(process.env['STRESS_SEED'] ?? 1);

it.each(['run', 'runAsync'])(
  `%s loses nothing under stress, seed ${seed}`,
  async (way) => {
    const before = openFds();
    const failures: unknown[] = [];
    const onFailure = (_task: unknown, error: unknown): void => void failures.push(error);
    const end = performance.now() + seconds * 1e3;
    const main = () => stress(seed, (rounds) => rounds >= ROUNDS && performance.now() >= end);
    const { rounds, wrong } = way === 'run' ? run(main, { onFailure }) : await runAsync(main, { onFailure });
    expect(wrong).toEqual([]);
    expect(failures).toEqual([]);
    expect(rounds).toBeGreaterThanOrEqual(ROUNDS);
    expect(openFds()).toBe(before);
  },
  seconds * 1000 + LIMIT,
);
