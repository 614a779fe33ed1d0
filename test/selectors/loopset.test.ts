/** What the kernel refuses on Node's loop is an error of the wait: it neither ends the process nor spins. */
import { setTimeout as delay } from 'node:timers/promises';
import { EpollSelector, EVENT_READ, EVENT_WRITE, PollSelector, ready, SelectSelector } from 'fd-selectors';
import { EPOLLIN, epoll } from 'fd-selectors/select';
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/child.js';
import { closing, pair } from '../support/descriptors.js';
import { IDLE, leastShare, loopShare } from '../support/idle.js';
import { byFd } from '../support/ready.js';

const byte = new Uint8Array(1);

/** What each process begins with, in which the old way ended with SIGABRT. */
const prelude = `
import { writeSync } from 'node:fs';
import { EpollSelector, EVENT_READ, PollSelector, ready, SelectSelector } from 'fd-selectors';
import { close, dup } from 'fd-selectors/fds';
import { EPOLLIN, epoll } from 'fd-selectors/select';
import { socketpair } from 'fd-selectors/socket';
const say = (text) => writeSync(1, text + '\\n');
const soon = () => new Promise((resolve) => setImmediate(resolve));
const [a, b] = socketpair();
const found = (wait) => wait.then((found) => String(found.length ?? found), (error) => error.code);
/** So many epoll sets, each in the next one; the first one watches \`a\`. */
function nest(depth) {
  const sets = Array.from({ length: depth }, () => epoll());
  sets[0].register(a, EPOLLIN);
  for (let i = 1; i < depth; i++) sets[i].register(sets[i - 1], EPOLLIN);
  return sets.at(-1);
}
`;
const run = (script: string): ReturnType<typeof runScript> => runScript(prelude + script);
const ends = (output: string): object => ({ code: 0, signal: null, output });

describe('five nested selectors do not abort the process', () => {
  it('selectAsync on the top one rejects with ELOOP, where register has not refused it', async () => {
    const script = `
      const sels = Array.from({ length: 5 }, () => new EpollSelector());
      sels[0].register(a, EVENT_READ);
      let depth = 1;
      try {
        for (; depth < 5; depth++) sels[depth].register(sels[depth - 1], EVENT_READ);
      } catch (error) {
        say(error.code);
      }
      say(await found(sels[depth - 1].selectAsync(60)));
      await soon();
      b.send(Buffer.from('x'));
      say(await found(sels[1].selectAsync(60)));
    `;
    expect(await run(script)).toEqual(ends('ELOOP\nELOOP\n1\n'));
  });

  it.each(['SelectSelector', 'PollSelector', 'EpollSelector'])(
    'a %s says so however deep, as does ready(), and works on',
    async (name) => {
      const script = `
        for (const depth of [3, 4, 5]) {
          const sel = new ${name}();
          const set = nest(depth);
          try {
            sel.register(set, EVENT_READ);
            say(await found(sel.selectAsync(60)));
            sel.unregister(set);
          } catch (error) {
            say(error.code);
          }
          say(await found(ready(set, EVENT_READ, { timeout: 60 })));
          sel.register(a, EVENT_READ);
          b.send(Buffer.from('x'));
          say(await found(sel.selectAsync(60)));
          a.recv(1);
        }
      `;
      const line = 'ELOOP\nELOOP\n1\n';
      expect(await run(script)).toEqual(ends(line.repeat(3)));
    },
  );

  it('a nested set registered while a wait is pending ends that with ELOOP, if the kernel takes it at all', async () => {
    const script = `
      for (const Class of [SelectSelector, PollSelector, EpollSelector]) {
        const sel = new Class();
        const wait = found(sel.selectAsync(60));
        await soon();
        await soon();
        try {
          sel.register(nest(3), EVENT_READ);
        } catch (error) {
          say(error.code);
          sel.close();
        }
        say(await wait);
      }
    `;
    expect(await run(script)).toEqual(ends('ELOOP\nELOOP\nELOOP\nERR_SELECTOR_CLOSED\n'));
  });

  it('nor does a chain of sets with nothing in them, hung below the first wait of a process', async () => {
    const script = `
      const sel = new EpollSelector();
      const wait = found(sel.selectAsync(0.05));
      const sets = Array.from({ length: 6 }, () => epoll());
      const codes = [];
      const attempt = (call) => { try { call(); } catch (error) { codes.push(error.code); } };
      attempt(() => sel.register(sets[0], EVENT_READ));
      for (let i = 1; i < 6; i++) attempt(() => sets[i - 1].register(sets[i], EPOLLIN));
      await wait;
      b.send(Buffer.from('x'));
      const other = new EpollSelector();
      other.register(a, EVENT_READ);
      say(codes.every((code) => code === 'ELOOP') + ' ' + await found(other.selectAsync(60)));
    `;
    expect(await run(script)).toEqual(ends('true 1\n'));
  });
});

describe('a selector whose descriptor was closed behind its back does not abort the process', () => {
  it.each([
    ['before the wait', 'close(sel.fileno()); const wait = sel.selectAsync(60);'],
    ['in the turn in which the wait began', 'const wait = sel.selectAsync(60); close(sel.fileno());'],
    ['while it waits', 'const wait = sel.selectAsync(60); await soon(); await soon(); close(sel.fileno());'],
    ['while a duplicate lives', 'const wait = sel.selectAsync(60); dup(sel.fileno()); close(sel.fileno());'],
  ])('%s', async (_when, how) => {
    const script = `
      const sel = new EpollSelector();
      sel.register(a, EVENT_READ);
      ${how}
      setTimeout(() => b.send(Buffer.from('x')), 1);
      say(await found(wait));
      sel.close();
      say(await found(ready(a, EVENT_READ)));
    `;
    expect(await run(script)).toEqual(ends('1\n1\n'));
  });

  it('and its close() closes no other file that has the number by now', async () => {
    const script = `
      const sel = new EpollSelector();
      const fd = sel.fileno();
      close(fd);
      const other = dup(a.fileno());
      sel.close();
      b.send(Buffer.from('x'));
      say((other === fd) + ' ' + await found(ready(other, EVENT_READ)));
    `;
    expect(await run(script)).toEqual(ends('true 1\n'));
  });
});

describe('a set that was rebuilt is not lost to who watches it', () => {
  /** A selector that a ghost haunts, a call that lays it, and one that makes the selector ready. */
  function haunted(): { sel: EpollSelector; rebuild: () => void; wake: () => void } {
    const sel = closing(new EpollSelector());
    const [a, b] = pair();
    const [ghost, peer] = pair();
    sel.register(a, EVENT_READ);
    sel.register(ghost, EVENT_READ);
    const fd = ghost.fileno();
    closing(ghost.dup());
    ghost.close();
    sel.unregister(fd);
    const rebuild = (): void => {
      peer.send(byte);
      expect(sel.select(0)).toEqual([]);
    };
    return { sel, rebuild, wake: () => b.send(byte) };
  }

  it('an epoll set', () => {
    const { sel, rebuild, wake } = haunted();
    const outer = closing(epoll());
    outer.register(sel, EPOLLIN);
    rebuild();
    expect(outer.poll(0)).toEqual([]);
    wake();
    expect(outer.poll(60)).toEqual([[sel.fileno(), EPOLLIN]]);
  });

  it.each([
    ['SelectSelector', SelectSelector],
    ['PollSelector', PollSelector],
    ['EpollSelector', EpollSelector],
  ])('a wait of a %s', async (_name, Class) => {
    const { sel, rebuild, wake } = haunted();
    const outer = closing(new Class());
    outer.register(sel, EVENT_READ);
    // Without a deadline, which would find it, too.
    const wait = outer.selectAsync();
    rebuild();
    wake();
    expect(byFd(await wait)).toEqual([[sel.fileno(), EVENT_READ]]);
  });

  it('ready()', async () => {
    const { sel, rebuild, wake } = haunted();
    const wait = ready(sel, EVENT_READ);
    await new Promise((resolve) => setImmediate(resolve));
    rebuild();
    wake();
    expect(await wait).toBe(EVENT_READ);
  });

  it('its own wait', async () => {
    const { sel, rebuild, wake } = haunted();
    const wait = sel.selectAsync(60);
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
    rebuild();
    wake();
    expect(await wait).toHaveLength(1);
  });
});

describe('what nobody waits for', () => {
  it('does not spin: neither data that nobody drains nor a wait that was given up', async () => {
    const sel = closing(new EpollSelector());
    const [a, b] = pair();
    sel.register(a, EVENT_READ);
    const wait = sel.selectAsync(60);
    b.send(byte);
    expect(await wait).toHaveLength(1);
    const other = closing(new EpollSelector());
    const [c, d] = pair();
    other.register(c, EVENT_READ);
    expect(await other.selectAsync(0.001)).toEqual([]);
    d.send(byte);
    expect(await leastShare(() => delay(300), loopShare)).toBeLessThan(IDLE);
    expect(await sel.selectAsync(60)).toHaveLength(1);
    expect(await other.selectAsync(60)).toHaveLength(1);
  });

  it('is found by the next wait, however many selectors wait at once', async () => {
    const waits = Array.from({ length: 200 }, () => {
      const sel = closing(new EpollSelector());
      const [a, b] = pair();
      sel.register(a, EVENT_READ);
      return { sel, a, b };
    });
    for (let round = 0; round < 3; round++) {
      const found = waits.map(({ sel }) => sel.selectAsync(60));
      for (const { b } of waits) b.send(byte);
      expect((await Promise.all(found)).every((one) => one.length === 1)).toBe(true);
      for (const { a } of waits.slice(round)) a.recv(1);
      for (const { sel, a } of waits.slice(0, round)) {
        expect(byFd(await sel.selectAsync(60))).toEqual([[a.fileno(), EVENT_READ]]);
        a.recv(10);
      }
    }
  });

  it('is found soon, although another selector is busy and has been the only one for long', async () => {
    const [[a, b], [c, d]] = [pair(), pair()];
    const [busy, quiet, idle] = Array.from({ length: 3 }, () => closing(new EpollSelector()));
    busy?.register(a, EVENT_READ);
    quiet?.register(c, EVENT_READ);
    const waits = [quiet?.selectAsync(60), idle?.selectAsync(60)];
    let found = false;
    void waits[0]?.then((ready) => {
      found = ready?.length === 1;
    });
    for (let wake = 0; wake < 200; wake++) {
      const wait = busy?.selectAsync(60);
      b.send(byte);
      if (wake === 100) d.send(byte);
      expect(await wait).toHaveLength(1);
      a.recv(1);
      expect(found || wake < 150).toBe(true);
    }
    idle?.close();
    await expect(waits[1]).rejects.toMatchObject({ code: 'ERR_SELECTOR_CLOSED' });
  });

  it('a selector that is closed by the wake-up of another one is not called', async () => {
    const [a, b] = pair();
    const sels = Array.from({ length: 4 }, () => closing(new EpollSelector()));
    for (const sel of sels) sel.register(a, EVENT_READ);
    const waits = sels.map((sel) =>
      sel.selectAsync(60).then(
        () => {
          for (const other of sels) if (other !== sel) other.close();
          return 'found';
        },
        (error: { code: string }) => error.code,
      ),
    );
    b.send(byte);
    expect((await Promise.all(waits)).sort()).toEqual([...Array(3).fill('ERR_SELECTOR_CLOSED'), 'found']);
  });

  it('a pending wait ends when its registration is writable at once in a later turn', async () => {
    const sel = closing(new EpollSelector());
    const wait = sel.selectAsync(60);
    await new Promise((resolve) => setImmediate(resolve));
    const [a] = pair();
    sel.register(a, EVENT_WRITE);
    expect(await wait).toHaveLength(1);
  });
});
