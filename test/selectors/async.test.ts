/** What every selector promises on Node's event loop. */
import { setTimeout as delay } from 'node:timers/promises';
import { type BaseSelector, EVENT_READ, EVENT_WRITE, SelectSelector } from 'fd-selectors';
import { pipe } from 'fd-selectors/fds';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { native } from '../../src/native.js';
import { closing, pair } from '../support/descriptors.js';
import { IDLE, leastShare } from '../support/idle.js';
import { openFds } from '../support/openfds.js';
import { classes } from './classes.js';

const byte = new Uint8Array(1);
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe.each(classes)('%s', (_name, Class) => {
  let sel: BaseSelector;
  beforeEach(() => {
    sel = closing(new Class());
  });

  describe('selectAsync', () => {
    it('resolves at once to what is ready', async () => {
      const [a] = pair();
      const key = sel.register(a, EVENT_READ | EVENT_WRITE);
      expect(await sel.selectAsync()).toEqual([[key, EVENT_WRITE]]);
    });

    it('leaves the loop free until something is ready', async () => {
      const [a, b] = pair();
      const key = sel.register(a, EVENT_READ);
      let turns = 0;
      const wait = sel.selectAsync();
      while (turns < 5) {
        await soon();
        turns++;
      }
      b.send(byte);
      expect(await wait).toEqual([[key, EVENT_READ]]);
    });

    it('answers many waits in a row, each after the last was drained', async () => {
      const [a, b] = pair();
      sel.register(a, EVENT_READ);
      for (let i = 0; i < 200; i++) {
        const wait = sel.selectAsync();
        b.send(byte);
        expect(await wait).toHaveLength(1);
        a.recv(1);
      }
    });

    it.each([0, -1])('resolves to what is ready with timeout %d, perhaps nothing', async (timeout) => {
      const [a, b] = pair();
      sel.register(a, EVENT_READ);
      expect(await sel.selectAsync(timeout)).toEqual([]);
      b.send(byte);
      expect(await sel.selectAsync(timeout)).toHaveLength(1);
    });

    it.each([0.000_2, 0.001_5, 0.02])('is never early with timeout %d s', async (timeout) => {
      const [a] = pair();
      sel.register(a, EVENT_READ);
      const start = performance.now();
      expect(await sel.selectAsync(timeout)).toEqual([]);
      expect((performance.now() - start) / 1e3).toBeGreaterThanOrEqual(timeout);
    });

    it("takes a timeout beyond what Node's timers do", async () => {
      const [a, b] = pair();
      sel.register(a, EVENT_READ);
      const ended = vi.fn();
      const wait = sel.selectAsync(2 ** 40);
      void wait.finally(ended);
      // A delay that overflows Node's timers is one millisecond there.
      await delay(20);
      expect(ended).not.toHaveBeenCalled();
      b.send(byte);
      expect(await wait).toHaveLength(1);
    });

    it('waits with nothing registered', async () => {
      const start = performance.now();
      expect(await sel.selectAsync(0.005)).toEqual([]);
      expect(performance.now() - start).toBeGreaterThanOrEqual(5);
    });

    it('rejects with the reason of its signal, and can be used on', async () => {
      const [a, b] = pair();
      sel.register(a, EVENT_READ);
      const reason = new Error('enough');
      const controller = new AbortController();
      const wait = sel.selectAsync(undefined, { signal: controller.signal });
      controller.abort(reason);
      await expect(wait).rejects.toBe(reason);
      await expect(sel.selectAsync(0, { signal: controller.signal })).rejects.toBe(reason);
      b.send(byte);
      expect(await sel.selectAsync()).toHaveLength(1);
    });

    it('rejects with ERR_SELECTOR_CLOSED when it is closed while waiting, and afterwards', async () => {
      const [a] = pair();
      sel.register(a, EVENT_READ);
      const wait = sel.selectAsync(60);
      sel.close();
      await expect(wait).rejects.toMatchObject({ code: 'ERR_SELECTOR_CLOSED' });
      await expect(sel.selectAsync()).rejects.toMatchObject({ code: 'ERR_SELECTOR_CLOSED' });
    });

    it('refuses a second wait while one is pending', async () => {
      const [a, b] = pair();
      sel.register(a, EVENT_READ);
      const wait = sel.selectAsync();
      await expect(sel.selectAsync()).rejects.toMatchObject({ code: 'ERR_WAIT_PENDING' });
      b.send(byte);
      expect(await wait).toHaveLength(1);
    });

    it.each([
      [Number.NaN, 'ERR_INVALID_TIMEOUT'],
      [Number.POSITIVE_INFINITY, 'ERR_INVALID_TIMEOUT'],
      ['1' as unknown as number, 'ERR_INVALID_ARG_TYPE'],
    ])('rejects for timeout %s', async (timeout, code) => {
      await expect(sel.selectAsync(timeout)).rejects.toMatchObject({ code });
      expect(await sel.selectAsync(0)).toEqual([]);
    });

    it('lets select() ask in between', async () => {
      const [a, b] = pair();
      sel.register(a, EVENT_READ);
      const wait = sel.selectAsync();
      expect(sel.select(0)).toEqual([]);
      b.send(byte);
      expect(sel.select(0)).toHaveLength(1);
      expect(await wait).toHaveLength(1);
    });

    it('goes on waiting when somebody else took what was there', async () => {
      const [a, b] = pair();
      const other = closing(new Class());
      let told = 0;
      // The loop finds both readable in one turn; the first to be told leaves nothing for the second.
      const waits = [sel, other].map(async (one) => {
        one.register(a, EVENT_READ);
        const found = await one.selectAsync();
        told++;
        expect(found).toHaveLength(1);
        a.recv(1);
      });
      await soon();
      b.send(byte);
      await Promise.race(waits);
      for (let turn = 0; turn < 5; turn++) await soon();
      expect(told).toBe(1);
      b.send(byte);
      await Promise.all(waits);
    });
  });

  describe('while a wait is pending', () => {
    it('register counts at once', async () => {
      const [a] = pair();
      const wait = sel.selectAsync();
      await soon();
      const key = sel.register(a, EVENT_WRITE);
      expect(await wait).toEqual([[key, EVENT_WRITE]]);
    });

    it('modify counts at once', async () => {
      const [a] = pair();
      sel.register(a, EVENT_READ);
      const wait = sel.selectAsync();
      await soon();
      const key = sel.modify(a, EVENT_WRITE, 'new');
      expect(await wait).toEqual([[key, EVENT_WRITE]]);
    });

    it('unregister counts at once', async () => {
      const [a, b] = pair();
      sel.register(a, EVENT_READ);
      const start = performance.now();
      const wait = sel.selectAsync(0.03);
      await soon();
      sel.unregister(a);
      b.send(byte);
      expect(await wait).toEqual([]);
      expect(performance.now() - start).toBeGreaterThanOrEqual(30);
    });

    it('a descriptor can leave and come back', async () => {
      const [a, b] = pair();
      sel.register(a, EVENT_READ);
      await sel.selectAsync(0.001);
      sel.unregister(a);
      await sel.selectAsync(0.001);
      sel.register(a, EVENT_READ);
      const wait = sel.selectAsync();
      b.send(byte);
      expect(await wait).toHaveLength(1);
    });
  });

  it('an idle wait uses no CPU, also after a hang-up that does not count as ready', async () => {
    const [reader, writer] = pipe();
    onTestFinished(() => reader.close());
    sel.register(reader, EVENT_WRITE);
    await sel.selectAsync(0.001);
    writer.close();
    if (sel instanceof SelectSelector) {
      expect(await leastShare(async () => expect(await sel.selectAsync(0.3)).toEqual([]))).toBeLessThan(IDLE);
    } else {
      expect(await sel.selectAsync()).toHaveLength(1);
    }
  });

  it('lets timers and other input have their turn, however often something is ready', async () => {
    const [a] = pair();
    sel.register(a, EVENT_WRITE);
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);
    const end = performance.now() + 60_000;
    while (!fired && performance.now() < end) await sel.selectAsync();
    expect(fired).toBe(true);
    setImmediate(() => {
      fired = false;
    });
    while (fired && performance.now() < end) await sel.selectAsync(0);
    expect(fired).toBe(false);
  });

  it('resolves to what is ready even where the loop cannot be used, however often in a row', async () => {
    const [a] = pair();
    sel.register(a, EVENT_WRITE);
    const refuse = vi.spyOn(native, 'loopOpen').mockReturnValue(-errnoOf('EMFILE'));
    onTestFinished(() => refuse.mockRestore());
    for (let i = 0; i < 100; i++) expect(await sel.selectAsync(5)).toHaveLength(1);
    sel.unregister(a);
    for (let i = 0; i < 3; i++) await expect(sel.selectAsync(5)).rejects.toMatchObject({ code: 'EMFILE' });
    refuse.mockRestore();
    expect(await sel.selectAsync(0.001)).toEqual([]);
  });

  describe('events', () => {
    it('iterates over what is ready, again and again while it is', async () => {
      const [a, b] = pair();
      const key = sel.register(a, EVENT_READ);
      b.send(byte);
      let rounds = 0;
      for await (const pair of sel.events()) {
        expect(pair).toEqual([key, EVENT_READ]);
        if (++rounds === 100) break;
      }
      expect(rounds).toBe(100);
      expect(await sel.selectAsync(0)).toHaveLength(1);
    });

    it('serves an echo until the peer hangs up', async () => {
      const [a, b] = pair();
      a.setblocking(false);
      sel.register(a, EVENT_READ);
      const replies: string[] = [];
      const writes = ['one', 'two', 'three'];
      b.send(Buffer.from(writes.shift() as string));
      for await (const [{ fileobj }] of sel.events()) {
        const data = fileobj.recv(100);
        if (data.length === 0) break;
        fileobj.send(data);
        replies.push(b.recv(100).toString());
        const next = writes.shift();
        if (next === undefined) b.shutdown(1);
        else setTimeout(() => b.send(Buffer.from(next)), 1);
      }
      expect(replies).toEqual(['one', 'two', 'three']);
    });

    it('does not report what the consumer unregistered or registered anew within a batch', async () => {
      const sockets = [...pair(), ...pair()];
      for (const socket of sockets) sel.register(socket, EVENT_WRITE);
      let rounds = 0;
      for await (const [key] of sel.events()) {
        rounds++;
        for (const socket of sockets) sel.unregister(socket);
        if (rounds === 3) break;
        for (const socket of sockets) sel.register(socket, EVENT_WRITE, key);
      }
      expect(rounds).toBe(3);
    });

    it('reports the key that a modify within the batch made', async () => {
      const sockets = pair();
      for (const socket of sockets) sel.register(socket, EVENT_WRITE, 'old');
      const seen: unknown[] = [];
      for await (const [key] of sel.events()) {
        seen.push(key.data);
        if (seen.length === 2) break;
        for (const socket of sockets) sel.modify(socket, EVENT_WRITE, 'new');
      }
      expect(seen).toEqual(['old', 'new']);
    });

    it('ends without an error on abort and on close, before, during and between waits', async () => {
      const [a] = pair();
      sel.register(a, EVENT_READ);
      const rounds = async (signal?: AbortSignal): Promise<number> => {
        let count = 0;
        for await (const _pair of sel.events({ signal })) count++;
        return count;
      };
      expect(await rounds(AbortSignal.abort())).toBe(0);
      expect(await rounds(AbortSignal.timeout(5))).toBe(0);
      const controller = new AbortController();
      sel.modify(a, EVENT_WRITE);
      setTimeout(() => controller.abort(), 2);
      expect(await rounds(controller.signal)).toBeGreaterThan(0);
      sel.modify(a, EVENT_READ);
      setTimeout(() => sel.close(), 2);
      expect(await rounds()).toBe(0);
      expect(() => sel.events()).toThrow('closed');
    });
  });

  it('1,000 cycles of create, wait, abort and close leak nothing', async () => {
    const [a] = pair();
    const before = openFds();
    for (let i = 0; i < 1000; i++) {
      const one = new Class();
      one.register(a, EVENT_READ);
      const controller = new AbortController();
      const wait = one.selectAsync(undefined, { signal: controller.signal });
      if (i % 2 === 0) controller.abort();
      else one.close();
      await expect(wait).rejects.toMatchObject(
        i % 2 === 0 ? { name: 'AbortError' } : { code: 'ERR_SELECTOR_CLOSED' },
      );
      one.close();
    }
    expect(openFds()).toBe(before);
  });

  it('a registered regular file is ready at once, or refused', async () => {
    const { open } = await import('node:fs/promises');
    await using file = await open('package.json');
    const wait = sel.selectAsync(60);
    await soon();
    try {
      sel.register(file, EVENT_READ);
      expect((await wait).map(([key]) => key.fileobj)).toEqual([file]);
    } catch (error) {
      expect(error).toMatchObject({ code: 'EPERM' });
      sel.close();
      await expect(wait).rejects.toMatchObject({ code: 'ERR_SELECTOR_CLOSED' });
    }
  });

  it('hasRef tells what ref and unref said', () => {
    expect(sel.hasRef()).toBe(true);
    expect(sel.unref().hasRef()).toBe(false);
    expect(sel.ref()).toBe(sel);
    expect(sel.hasRef()).toBe(true);
    sel.close();
    expect(() => sel.unref()).toThrow('closed');
  });
});

it('a ghost found while waiting does not end the wait, and takes no CPU', async () => {
  const { EpollSelector } = await import('fd-selectors');
  const sel = closing(new EpollSelector());
  const [a, peer] = pair();
  const [b, wake] = pair();
  sel.register(a, EVENT_READ);
  const key = sel.register(b, EVENT_READ);
  const fd = a.fileno();
  const duplicate = native.dup(fd);
  onTestFinished(() => void native.close(duplicate));
  const wait = sel.selectAsync();
  a.close();
  sel.unregister(fd);
  peer.send(byte);
  await soon();
  await soon();
  wake.send(byte);
  expect(await wait).toEqual([[key, EVENT_READ]]);
  b.recv(1);
  expect(await leastShare(async () => expect(await sel.selectAsync(0.3)).toEqual([]))).toBeLessThan(IDLE);
});
