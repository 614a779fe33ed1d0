/** Kernels and sandboxes without epoll_pwait2, which strace plays here. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const refuse = (errno: string) => [
  '-f',
  '-qq',
  '-e',
  'trace=epoll_pwait2',
  '-e',
  `inject=epoll_pwait2:error=${errno}`,
];

/** strace needs to be installed, and allowed to trace. */
const traces = spawnSync('strace', [...refuse('ENOSYS'), 'true']).status === 0;
if (!traces) console.warn('skipped: strace is not there, or may not trace');

const script = `
  import { DefaultSelector, EVENT_READ } from 'fd-selectors';
  import { Waker } from 'fd-selectors/fds';
  const waker = new Waker();
  const sel = new DefaultSelector();
  sel.register(waker, EVENT_READ);
  for (const seconds of [1e-9, 0.0001, 0.0015, 0.02]) {
    const start = process.hrtime.bigint();
    const found = sel.select(seconds);
    const took = Number(process.hrtime.bigint() - start) / 1e9;
    if (found.length !== 0 || took < seconds) throw new Error(took + ' s instead of ' + seconds);
  }
  waker.wake();
  if (sel.select(0.02).length !== 1) throw new Error('nothing is ready');
  // More than epoll_wait takes in milliseconds.
  if (sel.select(1e7).length !== 1) throw new Error('nothing is ready');
  waker.clear();
  if ((await sel.selectAsync(0.0015)).length !== 0) throw new Error('something is ready');
  console.log('never early');`;

describe.skipIf(!traces).each(['ENOSYS', 'EPERM'])('where epoll_pwait2 answers %s', (errno) => {
  it('waits are in milliseconds, and never early', () => {
    const args = [...refuse(errno), process.execPath, '--input-type=module', '-e', script];
    // A sanitizer that is loaded into the tests cannot be loaded into strace.
    const { LD_PRELOAD = '', ...env } = process.env;
    const preload = LD_PRELOAD === '' ? [] : ['-E', `LD_PRELOAD=${LD_PRELOAD}`];
    const { status, stdout, stderr } = spawnSync('strace', [...preload, ...args], {
      cwd: root,
      env,
      encoding: 'utf8',
      timeout: LIMIT,
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'never early\n' });
    expect(stderr).toMatch(new RegExp(`epoll_pwait2\\(.*${errno} .*INJECTED`));
  });
});
