/** The boundary with random arguments for a second; `npm run test:fuzz` goes on as long as you like. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';

it('no function of the boundary throws, crashes, or takes what it must not', () => {
  const main = fileURLToPath(new URL('../../build-soak/fuzz/main.js', import.meta.url));
  const args = [main, '--seconds', '1', '--seed', '1'];
  const outcome = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: LIMIT });
  const { status, signal, stdout, stderr } = outcome;
  expect({ status, signal, stderr }, stdout).toEqual({ status: 0, signal: null, stderr: '' });
  expect(stdout).toMatch(/^seed \d+\n\d+ calls of \d+ functions, /);
});
