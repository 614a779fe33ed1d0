/** A short soak; `npm run soak` runs as long as wanted. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';

it('two workers find no violation in two seconds, and leave no descriptor', () => {
  const main = fileURLToPath(new URL('../../build-soak/soak/main.js', import.meta.url));
  const args = [main, '--seconds', '2', '--workers', '2', '--descriptors', '100', '--seed', '1'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: LIMIT });
  expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^seed \d+\n\d+ lives of workers .*\nno violation, and no descriptor left over\n$/);
});
