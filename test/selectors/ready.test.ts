/** One descriptor, one promise. */
import { spawnSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { EVENT_READ, EVENT_WRITE, ready } from 'fd-selectors';
import { describe, expect, it } from 'vitest';
import { native } from '../../src/native.js';
import { pair } from '../support/descriptors.js';
import { LIMIT } from '../support/limit.js';
import { openFds } from '../support/openfds.js';

const byte = new Uint8Array(1);
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('ready', () => {
  it('resolves at once to the events that are ready', async () => {
    const [a, b] = pair();
    expect(await ready(a, EVENT_READ | EVENT_WRITE)).toBe(EVENT_WRITE);
    b.send(byte);
    expect(await ready(a.fileno(), EVENT_READ | EVENT_WRITE)).toBe(EVENT_READ | EVENT_WRITE);
  });

  it('resolves when one becomes ready', async () => {
    const [a, b] = pair();
    const wait = ready(a, EVENT_READ);
    await soon();
    b.send(byte);
    expect(await wait).toBe(EVENT_READ);
  });

  it('takes many at once, several of them on one descriptor', async () => {
    const before = openFds();
    const [a, b] = pair();
    const others = Array.from({ length: 100 }, pair);
    const waits = [
      ready(a, EVENT_READ),
      ready(a, EVENT_READ, { timeout: 60 }),
      ready(a, EVENT_READ | EVENT_WRITE),
    ];
    const many = others.map(([reader]) => ready(reader, EVENT_READ));
    expect(await waits[2]).toBe(EVENT_WRITE);
    b.send(byte);
    expect(await Promise.all(waits)).toEqual([EVENT_READ, EVENT_READ, EVENT_WRITE]);
    for (const [, writer] of others) writer.send(byte);
    expect(await Promise.all(many)).toEqual(many.map(() => EVENT_READ));
    // The 101 pairs, and at most the shared epoll set.
    expect(openFds()).toBeLessThanOrEqual(before + 203);
  });

  it('those who wait for something else on the same descriptor wait on', async () => {
    const [a, b] = pair();
    a.setblocking(false);
    const full = Buffer.alloc(1 << 16);
    while (a.trySend(full) !== null);
    const writable = ready(a, EVENT_WRITE);
    const readable = ready(a, EVENT_READ);
    b.send(byte);
    expect(await readable).toBe(EVENT_READ);
    b.setblocking(false);
    while (b.tryRecv(1 << 16) !== null);
    expect(await writable).toBe(EVENT_WRITE);
  });

  it.each([0.000_2, 0.02])('resolves to 0 when the time is over, not before %d s', async (timeout) => {
    const [a] = pair();
    const start = performance.now();
    expect(await ready(a, EVENT_READ, { timeout })).toBe(0);
    expect((performance.now() - start) / 1e3).toBeGreaterThanOrEqual(timeout);
  });

  it('does not wait with timeout 0', async () => {
    const [a] = pair();
    expect(await ready(a, EVENT_READ, { timeout: 0 })).toBe(0);
  });

  it('rejects with the reason of its signal, others on the descriptor waiting on', async () => {
    const [a, b] = pair();
    const reason = new Error('enough');
    const controller = new AbortController();
    const aborted = ready(a, EVENT_READ, { signal: controller.signal });
    const other = ready(a, EVENT_READ);
    await soon();
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await expect(ready(a, EVENT_READ, { signal: controller.signal })).rejects.toBe(reason);
    b.send(byte);
    expect(await other).toBe(EVENT_READ);
  });

  it('takes a regular file, which is ready', async () => {
    await using file = await open('package.json');
    expect(await ready(file, EVENT_READ)).toBe(EVENT_READ);
  });

  it('reports a hang-up as what was asked for', async () => {
    const [a, b] = pair();
    const wait = ready(a, EVENT_READ);
    b.close();
    expect(await wait).toBe(EVENT_READ);
  });

  it('when a number is reused, the newcomer gets the new file and the others EBADF', async () => {
    const [a] = pair();
    const [c, d] = pair();
    const fd = native.dup(a.fileno());
    const old = ready(fd, EVENT_READ);
    await soon();
    native.dup2(c.fileno(), fd);
    const fresh = ready(fd, EVENT_READ);
    await expect(old).rejects.toMatchObject({ code: 'EBADF' });
    d.send(byte);
    expect(await fresh).toBe(EVENT_READ);
    native.close(fd);
  });

  it.each([
    ['a closed descriptor', 987, EVENT_READ, {}, 'EBADF'],
    ['a negative one', -1, EVENT_READ, {}, 'ERR_INVALID_FD'],
    ['a string', 'x' as unknown as number, EVENT_READ, {}, 'ERR_INVALID_ARG_TYPE'],
    ['no events', 0, 0, {}, 'ERR_INVALID_EVENTS'],
    ['NaN as timeout', 0, EVENT_READ, { timeout: Number.NaN }, 'ERR_INVALID_TIMEOUT'],
  ])('rejects for %s', async (_what, fd, events, options, code) => {
    await expect(ready(fd, events, options)).rejects.toMatchObject({ code });
  });

  it('lets timers have their turn, however often something is ready', async () => {
    const [a] = pair();
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);
    const end = performance.now() + 60_000;
    while (!fired && performance.now() < end) await ready(a, EVENT_WRITE);
    expect(fired).toBe(true);
  });

  it('keeps the process alive while it waits, and not afterwards', () => {
    const script = `
      import { EVENT_READ, ready } from 'fd-selectors';
      import { pipe } from 'fd-selectors/fds';
      const [reader, writer] = pipe();
      setTimeout(() => writer.write(Buffer.from('x')), 20).unref();
      const keep = setInterval(() => {}, 5);
      setTimeout(() => clearInterval(keep), 10);
      console.log(await ready(reader, EVENT_READ, { timeout: 60 }));
      const aborted = new AbortController();
      reader.read(1);
      const wait = ready(reader, EVENT_READ, { signal: aborted.signal }).catch(() => console.log('aborted'));
      aborted.abort();
      await wait;
    `;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: LIMIT,
    });
    expect([stdout, stderr, status]).toEqual(['1\naborted\n', '', 0]);
  });
});
