import { open } from 'node:fs/promises';
import { POLLHUP, POLLIN, POLLNVAL, POLLOUT, poll } from 'fd-selectors/select';
import { describe, expect, it } from 'vitest';
import { codeOf, pair } from '../support/descriptors.js';

const byte = new Uint8Array(1);

describe('poll', () => {
  it('reports [fd, events] in the order of registration', () => {
    const [a, b] = pair();
    const [c] = pair();
    const poller = poll();
    for (const socket of [c, b, a]) poller.register(socket);
    a.send(byte);
    expect(poller.poll(0)).toEqual([
      [c.fileno(), POLLOUT],
      [b.fileno(), POLLIN | POLLOUT],
      [a.fileno(), POLLOUT],
    ]);
    poller.unregister(c);
    poller.register(c);
    expect(poller.poll(0).map(([fd]) => fd)).toEqual([b, a, c].map((socket) => socket.fileno()));
  });

  it('overwrites the mask when registered twice, and modifies', () => {
    const [a] = pair();
    const poller = poll();
    poller.register(a, POLLOUT);
    poller.register(a, POLLIN);
    expect(poller.poll(0)).toEqual([]);
    poller.modify(a, POLLOUT);
    expect(poller.poll(0)).toEqual([[a.fileno(), POLLOUT]]);
  });

  it('reports a closed descriptor as POLLNVAL and a hang-up even with mask 0', () => {
    const [a, b] = pair();
    const [closed] = pair();
    const poller = poll();
    poller.register(a, 0);
    const fd = closed.fileno();
    poller.register(fd, POLLIN);
    closed.close();
    b.close();
    expect(poller.poll()).toEqual([
      [a.fileno(), POLLHUP],
      [fd, POLLNVAL],
    ]);
  });

  it('reports a regular file as ready', async () => {
    await using file = await open('package.json');
    const poller = poll();
    poller.register(file, POLLIN);
    expect(poller.poll()).toEqual([[file.fd, POLLIN]]);
  });

  it('waits at least for its timeout, in milliseconds and fractions of them', () => {
    const [a] = pair();
    const poller = poll();
    poller.register(a, POLLIN);
    for (const ms of [10.01, 0.3]) {
      const start = process.hrtime.bigint();
      expect(poller.poll(ms)).toEqual([]);
      expect(Number(process.hrtime.bigint() - start) / 1e6).toBeGreaterThanOrEqual(ms);
    }
  });

  it.each([undefined, null, -1, Number.NEGATIVE_INFINITY])('blocks with timeout %s', (timeout) => {
    const [a] = pair();
    const poller = poll();
    poller.register(a, POLLOUT);
    expect(poller.poll(timeout)).toHaveLength(1);
  });

  it.each([
    ['a mask beyond 16 bits', () => poll().register(0, 0x1_0000), 'ERR_INVALID_EVENTS'],
    ['a negative mask', () => poll().register(0, -1), 'ERR_INVALID_EVENTS'],
    ['a fraction as mask', () => poll().register(0, 0.5), 'ERR_INVALID_EVENTS'],
    ['a mask that is no number', () => poll().register(0, '1' as never), 'ERR_INVALID_ARG_TYPE'],
    ['a negative descriptor', () => poll().register(-1), 'ERR_INVALID_FD'],
    ['no descriptor', () => poll().register({} as never), 'ERR_INVALID_ARG_TYPE'],
    ['modify of the unknown', () => poll().modify(0, POLLIN), 'ENOENT'],
    ['unregister of the unknown', () => poll().unregister(0), 'ERR_NOT_REGISTERED'],
    ['a timeout beyond an int', () => poll().poll(2 ** 31), 'ERR_INVALID_TIMEOUT'],
    ['NaN', () => poll().poll(Number.NaN), 'ERR_INVALID_TIMEOUT'],
    ['Infinity', () => poll().poll(Number.POSITIVE_INFINITY), 'ERR_INVALID_TIMEOUT'],
    ['a string as timeout', () => poll().poll('1' as never), 'ERR_INVALID_ARG_TYPE'],
  ])('refuses %s', (_what, call, code) => {
    expect(codeOf(call)).toBe(code);
  });
});
