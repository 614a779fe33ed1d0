/** Which tests have a process of their own: vitest.config.ts. */
import { describe, expect, it } from 'vitest';
import { root } from './support/child.js';
import { needsProcess, testFiles } from './support/processes.js';

const { own, shared } = testFiles(root);

describe('a process of its own', () => {
  it.each([
    "import { openFds } from '../support/openfds.js';",
    'expect(await leastShare(wait)).toBeLessThan(IDLE);',
    "import { Worker } from 'node:worker_threads';",
    "process.kill(process.pid, 'SIGUSR2');",
    "vi.spyOn(native, 'close');",
    'native.dup2(fd, 987);',
    "import { type ChildProcess, spawn } from 'node:child_process';",
  ])('is for a file that says %s', (text) => {
    expect(needsProcess(text)).toBe(true);
  });

  it.each([
    "import { pair } from './support/descriptors.js';",
    'child.kill();',
    "import { spawnSync } from 'node:child_process';",
    'ready(process.stdin, EVENT_READ)',
  ])('is not for one that says %s', (text) => {
    expect(needsProcess(text)).toBe(false);
  });

  it('is for the files whose process matters to them or to a helper', () => {
    expect(own).toEqual(expect.arrayContaining(['test/fds/signals.test.ts', 'test/parity/parity.test.ts']));
    expect(shared).toEqual(expect.arrayContaining(['test/links.test.ts', 'test/socket/stream.test.ts']));
  });
});
