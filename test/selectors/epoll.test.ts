/** What only the selector on epoll does. */
import { EpollSelector, EVENT_READ, EVENT_WRITE, PermissionError } from 'fd-selectors';
import { EPOLLET, EPOLLEXCLUSIVE, EPOLLONESHOT, EPOLLRDHUP } from 'fd-selectors/select';
import { describe, expect, it, onTestFinished } from 'vitest';
import { native } from '../../src/native.js';
import { closing, codeOf, pair } from '../support/descriptors.js';
import { openFds } from '../support/openfds.js';

const byte = new Uint8Array(1);

/** Closes a registered socket while a duplicate of its descriptor lives; returns the old number. */
function haunt(sel: EpollSelector): { fd: number; peer: ReturnType<typeof pair>[0] } {
  const [a, peer] = pair();
  sel.register(a, EVENT_READ);
  const fd = a.fileno();
  const duplicate = native.dup(fd);
  onTestFinished(() => void native.close(duplicate));
  a.close();
  sel.unregister(fd);
  return { fd, peer };
}

describe('EpollSelector', () => {
  it('is silent about a registered descriptor that was closed', () => {
    const sel = closing(new EpollSelector());
    const [a, b] = pair();
    sel.register(a, EVENT_READ);
    b.send(byte);
    a.close();
    expect(sel.select(0)).toEqual([]);
  });

  it.each([
    ['a closed descriptor', () => 987, 'EBADF'],
    ['itself', (sel: EpollSelector) => sel.fileno(), 'EINVAL'],
  ])('refuses %s and registers nothing', (_what, fd, code) => {
    const sel = closing(new EpollSelector());
    expect(codeOf(() => sel.register(fd(sel), EVENT_READ))).toBe(code);
    expect(sel.getMap().size).toBe(0);
  });

  it('refuses a regular file with EPERM, and works on', async () => {
    const { open } = await import('node:fs/promises');
    const file = await open('package.json');
    const sel = closing(new EpollSelector());
    expect(() => sel.register(file, EVENT_READ)).toThrow(PermissionError);
    expect(sel.getMap().size).toBe(0);
    const [a] = pair();
    sel.register(a, EVENT_WRITE);
    expect(sel.select(0)).toHaveLength(1);
    await file.close();
  });

  it('drops the registration when modify fails', () => {
    const sel = closing(new EpollSelector());
    const [a] = pair();
    const fd = a.fileno();
    sel.register(fd, EVENT_READ);
    a.close();
    expect(codeOf(() => sel.modify(fd, EVENT_WRITE))).toBe('EBADF');
    expect(sel.getMap().size).toBe(0);
  });

  it('has a descriptor that another selector can watch', () => {
    const inner = closing(new EpollSelector());
    const outer = closing(new EpollSelector());
    const [a, b] = pair();
    inner.register(a, EVENT_READ);
    outer.register(inner, EVENT_READ);
    expect(outer.select(0)).toEqual([]);
    b.send(byte);
    expect(outer.select(1)).toEqual([[outer.getKey(inner), EVENT_READ]]);
  });

  describe('flags', () => {
    it('EPOLLET reports a change once', () => {
      const sel = closing(new EpollSelector());
      const [a, b] = pair();
      sel.register(a, EVENT_READ, undefined, EPOLLET);
      b.send(byte);
      expect([sel.select(1).length, sel.select(0).length]).toEqual([1, 0]);
      b.send(byte);
      expect(sel.select(1)).toHaveLength(1);
    });

    it('EPOLLONESHOT is silent until modified, even with the same events', () => {
      const sel = closing(new EpollSelector());
      const [a] = pair();
      sel.register(a, EVENT_WRITE, 'data', EPOLLONESHOT);
      expect([sel.select(0).length, sel.select(0).length]).toEqual([1, 0]);
      sel.modify(a, EVENT_WRITE, 'data');
      expect([sel.select(0).length, sel.select(0).length]).toEqual([1, 0]);
    });

    it('stay as they are when modify does not name them', () => {
      const sel = closing(new EpollSelector());
      const [a, b] = pair();
      sel.register(a, EVENT_WRITE, undefined, EPOLLET);
      sel.modify(a, EVENT_READ);
      b.send(byte);
      expect([sel.select(1).length, sel.select(0).length]).toEqual([1, 0]);
      sel.modify(a, EVENT_READ, undefined, 0);
      expect([sel.select(0).length, sel.select(0).length]).toEqual([1, 1]);
    });

    it('EPOLLEXCLUSIVE can be modified, which the kernel alone refuses', () => {
      const sel = closing(new EpollSelector());
      const [a] = pair();
      sel.register(a, EVENT_READ, undefined, EPOLLEXCLUSIVE);
      sel.modify(a, EVENT_WRITE);
      expect(sel.select(0)).toHaveLength(1);
      sel.modify(a, EVENT_READ, undefined, 0);
      expect(sel.select(0)).toEqual([]);
    });

    it('EPOLLRDHUP reports a peer that shut down as readable, not as writable', () => {
      const sel = closing(new EpollSelector());
      const [a, b] = pair();
      sel.register(a, EVENT_READ, undefined, EPOLLRDHUP);
      b.shutdown(1);
      expect(sel.select(1)).toEqual([[sel.getKey(a), EVENT_READ]]);
    });

    it.each([
      ['an event', 1],
      ['unknown', 1 << 20],
      ['too large', 2 ** 40],
      ['NaN', Number.NaN],
      ['a string', 'x' as unknown as number, 'ERR_INVALID_ARG_TYPE'],
    ])('refuses %s', (_what, flags, code = 'ERR_INVALID_EVENTS') => {
      const sel = closing(new EpollSelector());
      const [a] = pair();
      expect(codeOf(() => sel.register(a, EVENT_READ, undefined, flags))).toBe(code);
      expect(sel.getMap().size).toBe(0);
      sel.register(a, EVENT_READ);
      expect(codeOf(() => sel.modify(a, EVENT_READ, undefined, flags))).toBe(code);
      expect(sel.getKey(a).events).toBe(EVENT_READ);
    });
  });

  describe('ghosts: descriptors closed while a duplicate lives', () => {
    it('do not, when laid, bring to life a closed registration whose number was reused', () => {
      const sel = closing(new EpollSelector());
      const [a, other] = [pair()[0], pair()[0]];
      const fd = a.fileno();
      sel.register(fd, EVENT_WRITE);
      native.dup2(other.fileno(), fd);
      const { peer } = haunt(sel);
      peer.send(byte);
      expect(sel.select(0)).toEqual([]);
      expect(sel.select(0)).toEqual([]);
      sel.unregister(fd);
      sel.register(fd, EVENT_WRITE);
      expect(sel.select(0)).toHaveLength(1);
    });

    it('are laid at their first event, behind the same fileno()', () => {
      const sel = closing(new EpollSelector());
      const { peer } = haunt(sel);
      const [a] = pair();
      sel.register(a, EVENT_WRITE);
      const epfd = sel.fileno();
      peer.send(byte);
      expect(sel.select(1)).toEqual([[sel.getKey(a), EVENT_WRITE]]);
      sel.unregister(a);
      expect(sel.fileno()).toBe(epfd);
      // The kernel's own view: nothing is ready in the set any more.
      expect(native.epollWait(epfd, new ArrayBuffer(48), 0)).toBe(0);
    });

    it('do not end a wait early', () => {
      const sel = closing(new EpollSelector());
      haunt(sel).peer.send(byte);
      const start = process.hrtime.bigint();
      expect(sel.select(0.03)).toEqual([]);
      expect(Number(process.hrtime.bigint() - start) / 1e9).toBeGreaterThanOrEqual(0.03);
    });

    it('do not speak for a new registration of their number', () => {
      const sel = closing(new EpollSelector());
      const { fd, peer } = haunt(sel);
      // The kernel gives out the lowest free number, which may be the ghost's already.
      const [a] = pair();
      if (a.fileno() !== fd) {
        native.dup2(a.fileno(), fd);
        onTestFinished(() => void native.close(fd));
      }
      sel.register(fd, EVENT_READ);
      peer.send(byte);
      expect(sel.select(0)).toEqual([]);
    });

    it('leave flags and fired one-shots as they were', () => {
      const sel = closing(new EpollSelector());
      const [fired, armed] = pair();
      const [edge] = pair();
      sel.register(fired, EVENT_WRITE, undefined, EPOLLONESHOT);
      expect(sel.select(0)).toHaveLength(1);
      sel.register(armed, EVENT_READ, undefined, EPOLLONESHOT);
      sel.register(edge, EVENT_READ, undefined, EPOLLET);
      haunt(sel).peer.send(byte);
      expect(sel.select(0)).toEqual([]);
      fired.send(byte);
      expect(sel.select(1)).toEqual([[sel.getKey(armed), EVENT_READ]]);
      expect(sel.select(0)).toEqual([]);
    });

    it('cost no descriptor, 300 times', () => {
      const before = openFds();
      const sel = new EpollSelector();
      const [a, b] = pair();
      b.send(byte);
      for (let i = 0; i < 300; i++) {
        const fd = native.dup(a.fileno());
        sel.register(fd, EVENT_READ);
        native.close(fd);
        sel.unregister(fd);
        if (sel.select(0).length !== 0) throw new Error('a ghost was reported');
      }
      sel.close();
      expect(openFds()).toBe(before + 2);
    });
  });
});
