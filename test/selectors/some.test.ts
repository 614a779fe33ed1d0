/** What some of the selectors promise, and the others cannot. */
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EpollSelector, EVENT_READ, EVENT_WRITE, PollSelector, SelectSelector } from 'fd-selectors';
import { describe, expect, it, onTestFinished } from 'vitest';
import { native } from '../../src/native.js';
import { closing, pair } from '../support/descriptors.js';
import { byFd } from '../support/ready.js';

describe.each([
  ['SelectSelector', SelectSelector],
  ['PollSelector', PollSelector],
])('%s', (_name, Class) => {
  it('takes regular files, which are always ready', () => {
    const sel = closing(new Class());
    const dir = mkdtempSync(join(tmpdir(), 'fd-selectors-'));
    const fd = openSync(join(dir, 'file'), 'w+');
    onTestFinished(() => {
      closeSync(fd);
      rmSync(dir, { recursive: true });
    });
    sel.register(fd, EVENT_READ | EVENT_WRITE);
    expect(byFd(sel.select())).toEqual([[fd, EVENT_READ | EVENT_WRITE]]);
  });

  it('registers descriptors that are not open', () => {
    const sel = closing(new Class());
    expect(sel.register(999, EVENT_READ).fd).toBe(999);
  });
});

describe.each([
  ['PollSelector', PollSelector],
  ['EpollSelector', EpollSelector],
])('%s', (_name, Class) => {
  it('reports a hung-up pipe as writable to who registered its read end for writing', () => {
    const sel = closing(new Class());
    const fds = new Int32Array(2);
    native.pipe2(fds, 0);
    const [reader, writer] = fds as unknown as [number, number];
    onTestFinished(() => void native.close(reader));
    sel.register(reader, EVENT_WRITE);
    expect(sel.select(0)).toEqual([]);
    native.close(writer);
    expect(byFd(sel.select(1))).toEqual([[reader, EVENT_WRITE]]);
  });

  it('takes descriptors beyond FD_SETSIZE and reports half of many in one call', () => {
    const sel = closing(new Class());
    const pairs = Array.from({ length: 2000 }, pair);
    for (const [a, b] of pairs) {
      sel.register(a, EVENT_READ);
      sel.register(b, EVENT_WRITE);
    }
    expect(sel.select(0)).toHaveLength(2000);
  });
});
