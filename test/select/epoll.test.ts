import { readFileSync } from 'node:fs';
import {
  EPOLL_CLOEXEC,
  EPOLLET,
  EPOLLIN,
  EPOLLONESHOT,
  EPOLLOUT,
  EPOLLPRI,
  epoll,
} from 'fd-selectors/select';
import { describe, expect, it } from 'vitest';
import { native } from '../../src/native.js';
import { closing, codeOf, pair } from '../support/descriptors.js';

const byte = new Uint8Array(1);

describe('epoll', () => {
  it('reports [fd, events] of what is registered, modified and unregistered', () => {
    const [a, b] = pair();
    const poller = closing(epoll());
    poller.register(a);
    a.send(byte);
    poller.register(b, EPOLLIN | EPOLLOUT);
    expect(poller.poll(1).sort(([x], [y]) => x - y)).toEqual([
      [a.fileno(), EPOLLOUT],
      [b.fileno(), EPOLLIN | EPOLLOUT],
    ]);
    poller.modify(a, EPOLLPRI);
    poller.unregister(b);
    expect(poller.poll(0)).toEqual([]);
  });

  it('takes flags as signed and as unsigned numbers, and reports a change once', () => {
    for (const flags of [EPOLLOUT + EPOLLET, EPOLLOUT | EPOLLET]) {
      const [a] = pair();
      const poller = closing(epoll());
      poller.register(a, flags);
      expect(poller.poll(0)).toEqual([[a.fileno(), EPOLLOUT]]);
      expect(poller.poll(0)).toEqual([]);
    }
  });

  it('EPOLLONESHOT is silent until modified', () => {
    const [a] = pair();
    const poller = closing(epoll());
    poller.register(a, EPOLLOUT | EPOLLONESHOT);
    expect([poller.poll(0).length, poller.poll(0).length]).toEqual([1, 0]);
    poller.modify(a, EPOLLOUT | EPOLLONESHOT);
    expect(poller.poll(0)).toHaveLength(1);
  });

  it('returns at most maxevents pairs', () => {
    const poller = closing(epoll());
    for (const socket of [...pair(), ...pair()]) poller.register(socket, EPOLLOUT);
    expect([1, 3, 4, 1000, -1].map((most) => poller.poll(0, most).length)).toEqual([1, 3, 4, 4, 4]);
  });

  it('is close-on-exec whatever the flags', () => {
    for (const poller of [epoll(), epoll(-1, EPOLL_CLOEXEC), epoll(10)]) {
      const info = readFileSync(`/proc/self/fdinfo/${poller.fileno()}`, 'utf8');
      expect(Number.parseInt(info.match(/flags:\s*(\d+)/)?.[1] ?? '', 8) & EPOLL_CLOEXEC).not.toBe(0);
      poller.close();
    }
  });

  it('fromfd shares the set of the descriptor it is given', () => {
    const [a] = pair();
    const first = closing(epoll());
    const second = closing(epoll.fromfd(native.dup(first.fileno())));
    first.register(a, EPOLLOUT);
    expect(second.poll(0)).toEqual([[a.fileno(), EPOLLOUT]]);
    second.unregister(a);
    expect(first.poll(0)).toEqual([]);
  });

  it('closes once, and then refuses everything', () => {
    const poller = epoll();
    expect(poller.closed).toBe(false);
    poller.close();
    poller.close();
    expect(poller.closed).toBe(true);
    const calls = [
      () => poller.fileno(),
      () => poller.register(0),
      () => poller.modify(0, EPOLLIN),
      () => poller.unregister(0),
      () => poller.poll(0),
    ];
    for (const call of calls) expect(codeOf(call)).toBe('ERR_CLOSED');
  });

  it('is disposable', () => {
    let kept: ReturnType<typeof epoll>;
    {
      using poller = epoll();
      kept = poller;
    }
    expect(kept.closed).toBe(true);
  });

  it('waits at least for its timeout', () => {
    using poller = epoll();
    for (const seconds of [0.010_01, 0.000_3]) {
      const start = process.hrtime.bigint();
      expect(poller.poll(seconds)).toEqual([]);
      expect(Number(process.hrtime.bigint() - start) / 1e9).toBeGreaterThanOrEqual(seconds);
    }
  });

  it.each([
    ['sizehint 0', () => epoll(0), 'ERR_INVALID_SIZEHINT'],
    ['sizehint -2', () => epoll(-2), 'ERR_INVALID_SIZEHINT'],
    ['unknown flags', () => epoll(-1, 12_356), 'EINVAL'],
    ['maxevents 0', () => closing(epoll()).poll(0, 0), 'ERR_INVALID_MAXEVENTS'],
    ['maxevents -2', () => closing(epoll()).poll(0, -2), 'ERR_INVALID_MAXEVENTS'],
    ['more events than the kernel takes', () => closing(epoll()).poll(0, 2 ** 31), 'ERR_INVALID_MAXEVENTS'],
    ['NaN as timeout', () => closing(epoll()).poll(Number.NaN), 'ERR_INVALID_TIMEOUT'],
    ['a mask beyond 32 bits', () => closing(epoll()).register(0, 2 ** 32), 'ERR_INVALID_EVENTS'],
    ['a mask that is no number', () => closing(epoll()).register(0, '1' as never), 'ERR_INVALID_ARG_TYPE'],
    ['a sizehint that is no number', () => epoll('1' as never), 'ERR_INVALID_ARG_TYPE'],
    ['maxevents that is no number', () => closing(epoll()).poll(0, '1' as never), 'ERR_INVALID_ARG_TYPE'],
    ['a negative descriptor', () => closing(epoll()).register(-1), 'ERR_INVALID_FD'],
    ['no descriptor', () => closing(epoll()).register('x' as never), 'ERR_INVALID_ARG_TYPE'],
    ['a closed descriptor', () => closing(epoll()).register(987), 'EBADF'],
    ['unregister of a closed descriptor', () => closing(epoll()).unregister(987), 'EBADF'],
    ['a negative fromfd', () => epoll.fromfd(-1), 'ERR_INVALID_FD'],
  ])('refuses %s', (_what, call, code) => {
    expect(codeOf(call)).toBe(code);
  });

  it('refuses what is registered, unknown, or the set itself', () => {
    const [a, b] = pair();
    const poller = closing(epoll());
    poller.register(a);
    expect(codeOf(() => poller.register(a))).toBe('EEXIST');
    expect(codeOf(() => poller.register(poller))).toBe('EINVAL');
    expect(codeOf(() => poller.modify(b, EPOLLIN))).toBe('ENOENT');
    expect(codeOf(() => poller.unregister(b))).toBe('ENOENT');
  });

  it('is closed for a call whose object closes it in fileno()', () => {
    const poller = closing(epoll());
    const fd = poller.fileno();
    const traitor = {
      fileno(): number {
        poller.close();
        return fd;
      },
    };
    expect(codeOf(() => poller.register(traitor))).toBe('ERR_CLOSED');
  });
});
