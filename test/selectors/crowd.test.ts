/** Very many waits at once: on one descriptor, on one signal. */
import { EpollSelector, EVENT_READ, EVENT_WRITE, ready } from 'fd-selectors';
import { expect, it, onTestFinished } from 'vitest';
import { closing, pair } from '../support/descriptors.js';

/** What was quadratic took 30 s for so many, and takes under a second: of CPU, since others may have it meanwhile. */
const MANY = 60_000;
const LIMIT = 12;

/** Starts to count; what it returns tells the seconds of CPU that this process has used since. */
function cpuSeconds(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
}

function warnings(): Error[] {
  const heard: Error[] = [];
  const listener = (warning: Error): void => void heard.push(warning);
  process.on('warning', listener);
  onTestFinished(() => void process.off('warning', listener));
  return heard;
}

it(`${MANY} ready() on one descriptor, and their abort, take linear time`, async () => {
  const heard = warnings();
  const [a] = pair();
  const controller = new AbortController();
  const used = cpuSeconds();
  const waits = Array.from({ length: MANY }, () => ready(a, EVENT_READ, { signal: controller.signal }));
  const settled = Promise.allSettled(waits);
  await ready(a, EVENT_WRITE);
  const reason = new Error('enough');
  controller.abort(reason);
  const all = await settled;
  expect(all.every((one) => one.status === 'rejected' && one.reason === reason)).toBe(true);
  expect(used()).toBeLessThan(LIMIT);
  expect(heard).toEqual([]);
});

it(`${MANY} ready() on one descriptor are all told, those who wait for something else are not`, async () => {
  const [a, b] = pair();
  const used = cpuSeconds();
  const readers = Promise.all(Array.from({ length: MANY }, () => ready(a, EVENT_READ)));
  let told = 0;
  const others = Array.from({ length: 100 }, () => ready(a, EVENT_READ | EVENT_WRITE).then(() => told++));
  await Promise.all(others);
  expect(told).toBe(100);
  b.send(new Uint8Array(1));
  expect((await readers).every((events) => events === EVENT_READ)).toBe(true);
  expect(used()).toBeLessThan(LIMIT);
});

it('more than ten waits on one AbortSignal do not warn, and leave no listener', async () => {
  const heard = warnings();
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  signal.addEventListener = (...args: [string, () => void]) => {
    listeners++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: [string, () => void]) => {
    listeners--;
    removeEventListener.apply(signal, args);
  };
  const rounds = Array.from({ length: 40 }, async () => {
    const [a, b] = pair();
    const sel = closing(new EpollSelector());
    sel.register(a, EVENT_READ);
    const waits = [sel.selectAsync(10, { signal }), ready(a, EVENT_READ, { signal })];
    await ready(b, EVENT_WRITE, { signal });
    b.send(new Uint8Array(1));
    await Promise.all(waits);
  });
  await Promise.all(rounds);
  expect(listeners).toBe(0);
  const [a] = pair();
  const late = Array.from({ length: 20 }, () => ready(a, EVENT_READ, { signal }));
  const settled = Promise.allSettled(late);
  await new Promise((resolve) => setImmediate(resolve));
  expect(listeners).toBe(1);
  controller.abort();
  expect((await settled).every(({ status }) => status === 'rejected')).toBe(true);
  expect(listeners).toBe(0);
  expect(heard).toEqual([]);
});
