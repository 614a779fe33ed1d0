import { EVENT_READ, PollSelector } from 'fd-selectors';
import { describe, expect, it } from 'vitest';
import { closing, codeOf, pair } from '../support/descriptors.js';
import { byFd } from '../support/ready.js';

describe('PollSelector', () => {
  it('lists its keys at once where one descriptor is the largest there can be', () => {
    const sel = closing(new PollSelector());
    const [a] = pair();
    const key = sel.register(2 ** 31 - 1, EVENT_READ);
    sel.register(a, EVENT_READ);
    expect([...sel.getMap().keys()]).toEqual([2 ** 31 - 1, a.fileno()]);
    expect(codeOf(() => sel.getKey({ fileno: () => -1 }))).toBe('ERR_INVALID_FD');
    expect(sel.unregister(2 ** 31 - 1)).toBe(key);
    expect([...sel.getMap().keys()]).toEqual([a.fileno()]);
  });

  it('reports a registered descriptor that was closed as ready', () => {
    const sel = closing(new PollSelector());
    const [a] = pair();
    const fd = a.fileno();
    sel.register(fd, EVENT_READ);
    a.close();
    expect(byFd(sel.select(0))).toEqual([[fd, EVENT_READ]]);
  });
});
