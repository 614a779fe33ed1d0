/** A system call fails, one at a time; `npm run test:faults` tries every errno of every call. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';

it('each system call that fails leaves a documented error, and nothing lost, broken or open', ({ skip }) => {
  const start = fileURLToPath(new URL('../../build-soak/fault/start.js', import.meta.url));
  const args = [start, '--fast'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 2 * LIMIT,
  });
  if (status === 77) return skip('no C compiler');
  expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(
    /^\d+ subjects, \d+ system calls, \d+ pairs of call and errno, \d+ faults, 0 failures\n$/,
  );
});
