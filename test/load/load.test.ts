/** A little load for a second; `npm run load` is thousands of connections for ten minutes. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';

it('no byte is wrong and no connection dropped under a little load', () => {
  const main = fileURLToPath(new URL('../../build-soak/load/main.js', import.meta.url));
  const args = [main, '--seconds', '1', '--connections', '200', '--seed', '1'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 2 * LIMIT,
  });
  expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/\nno byte wrong, no connection dropped, no descriptor left over\n$/);
});
