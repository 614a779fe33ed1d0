/** System calls fail, one at a time; `npm run test:faults` tries every errno of every call. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';

/** How a wait on Node's loop is made: by libuv, or by a thread, as in other runtimes. */
const LOOPS = ['uv', 'thread'];
const VERDICT = /^\d+ subjects, \d+ system calls, \d+ pairs of call and errno, \d+ faults, 0 failures\n$/;

it.for(LOOPS)(
  'whatever fails, the error is documented, and nothing is lost or left open: %s',
  { timeout: LIMIT },
  (loop, { skip }) => {
    const start = fileURLToPath(new URL('../../build-soak/fault/start.js', import.meta.url));
    const env = { ...process.env, FD_SELECTORS_LOOP: loop };
    const args = [start, '--fast'];
    const outcome = spawnSync(process.execPath, args, { env, encoding: 'utf8', timeout: LIMIT });
    const { status, stdout, stderr } = outcome;
    if (status === 77) return skip('no C compiler');
    expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(VERDICT);
  },
);
