/** `completionsAsync()`, and a ring in a selector: the eventfd that tells of completions. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { EpollSelector, EVENT_READ } from '../../src/index.js';
import { runScript } from '../support/child.js';
import { LIMIT } from '../support/limit.js';
import { KERNELS, open, pair, said, uring } from './rings.js';

/** What a selector hears. The kernel takes a ring apart after its close, and may end a later wait of the thread for it. */
function heard<D>(sel: EpollSelector<D>): ReturnType<typeof sel.select> {
  const end = performance.now() + LIMIT;
  let ready = sel.select(60);
  while (ready.length === 0 && performance.now() < end) ready = sel.select(60);
  return ready;
}

describe.skipIf(!uring.available).each(KERNELS)('completionsAsync(), with a kernel %s', (_name, deferred) => {
  it('resolves when something is complete, without blocking the loop', async () => {
    const ring = open({}, deferred);
    const [ours, peer] = pair();
    ring.recvMultishot(ours);
    for (let i = 0; i < 100; i++) {
      const batch = ring.completionsAsync(60);
      setImmediate(() => peer.send(Buffer.from(`message ${i}`)));
      const [completion] = await batch;
      expect(completion?.bytes.toString()).toBe(`message ${i}`);
    }
  });

  it('submits what is prepared during the wait', async () => {
    const ring = open<string>({}, deferred);
    const batch = ring.completionsAsync(60);
    await nextTurn();
    ring.timeout(0.005, 'late');
    expect((await batch).map(({ data }) => data)).toEqual(['late']);
  });

  it('resolves at once to what is complete, and gives the loop its turn', async () => {
    const ring = open({}, deferred);
    let turns = 0;
    let going = true;
    const count = (): void => {
      turns++;
      if (going) setImmediate(count);
    };
    setImmediate(count);
    for (let i = 0; i < 300; i++) {
      ring.timeout(0);
      expect((await ring.completionsAsync(60)).length).toBe(1);
    }
    going = false;
    expect(turns).toBeGreaterThan(3);
  });

  it('resolves to nothing after its timeout, never early', async () => {
    const ring = open({}, deferred);
    const start = performance.now();
    expect(await ring.completionsAsync(0.02)).toEqual([]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(20);
    expect(await ring.completionsAsync(0)).toEqual([]);
  });

  it('rejects when it is aborted, and the ring stays usable', async () => {
    const ring = open({}, deferred);
    const controller = new AbortController();
    const batch = ring.completionsAsync(undefined, { signal: controller.signal });
    controller.abort();
    await expect(batch).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    ring.timeout(0);
    expect(said(await ring.completionsAsync(60))).toEqual([['timeout', 0, false]]);
  });

  it('rejects a second wait, and a wait whose ring is closed', async () => {
    const ring = open({}, deferred);
    const batch = ring.completionsAsync();
    await expect(ring.completionsAsync()).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_WAIT_PENDING' }),
    );
    ring.close();
    await expect(batch).rejects.toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
    await expect(ring.completionsAsync()).rejects.toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
  });

  it('goes on with what the ring does by itself: sends in parts, receives without a buffer', async () => {
    const ring = open<string>({ buffers: 2, bufferSize: 1000 }, deferred);
    const [a, b] = pair();
    const [c, d] = pair();
    ring.recvMultishot(d, 'flood');
    const data = Buffer.alloc(1_000_000, 'abcdefghijk');
    for (let i = 0; i < 10; i++) ring.send(c, data, 'send');
    ring.recvMultishot(b, 'other');
    ring.send(a, data, 'one more');
    let received = 0;
    let sends = 0;
    while (received < 11 * data.length || sends < 11) {
      const batch = await ring.completionsAsync(60);
      expect(batch.length).toBeGreaterThan(0);
      for (const { op, result } of batch) {
        if (op === 'recv') received += result;
        else if (result === data.length) sends++;
      }
    }
    expect([received, sends]).toEqual([11 * data.length, 11]);
  });

  it('hears of many rings at once', async () => {
    const rings = Array.from({ length: 10 }, () => open<number>({ entries: 4 }, deferred));
    const waits = rings.map(async (ring, i) => {
      for (let round = 0; round < 5; round++) {
        ring.timeout(0.001 * (i % 3), round);
        const [completion] = await ring.completionsAsync(60);
        expect(completion?.data).toBe(round);
      }
    });
    await Promise.all(waits);
  });

  it('a selector hears of a ring, which epoll would not of its descriptor', () => {
    const ring = open({}, deferred);
    const sel = new EpollSelector<string>();
    sel.register(ring, EVENT_READ, 'ring');
    const [ours, peer] = pair();
    ring.recvMultishot(ours);
    for (let i = 0; i < 10; i++) {
      ring.submit();
      expect(sel.select(0)).toEqual([]);
      peer.send(Buffer.from('x'));
      expect(heard(sel).map(([key]) => key.data)).toEqual(['ring']);
      expect(said(ring.completions(0))).toEqual([['recv', 1, true]]);
    }
    sel.close();
  });

  it('a selector hears of what was complete before the ring was asked for its descriptor', () => {
    const ring = open({}, deferred);
    const [ours] = pair();
    // There is room, so it is complete at once.
    ring.send(ours, Buffer.from('x'));
    ring.submit();
    const sel = new EpollSelector();
    sel.register(ring, EVENT_READ);
    expect(heard(sel).length).toBe(1);
    expect(said(ring.completions(0))).toEqual([['send', 1, false]]);
    expect(sel.select(0)).toEqual([]);
    sel.close();
  });
});

describe.skipIf(!uring.available)('a pending completionsAsync()', () => {
  it('keeps the process alive, unless it is unreferenced', async () => {
    const { output, code } = await runScript(
      `
      import { Ring } from 'fd-selectors/uring';
      const ring = new Ring();
      ring.timeout(0.05);
      await ring.completionsAsync();
      console.log('kept alive');
      const other = new Ring();
      other.unref();
      process.on('exit', () => console.log('ends'));
      other.completionsAsync().then(() => console.log('not this'));
      `,
    );
    expect([output, code]).toEqual(['kept alive\nends\n', 0]);
  });
});
