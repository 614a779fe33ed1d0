/** Random calls, most of them unwise: whatever they are, the process lives, and every error has a code. */
import { expect, it } from 'vitest';
import { runScript } from '../support/child.js';

/** How often 200 calls are made in a row, and how many of these are waits, at least. */
const ROUNDS = 150;
const WAITS = ROUNDS;

/**
 * Selectors, epoll sets and sockets are registered in each other, duplicated, closed by number while others
 * watch them, replaced by other files, rebuilt and awaited. Only numbers that these calls gave out are closed:
 * the descriptors of Node itself are nobody's to close.
 */
const script = `
import { EpollSelector, PollSelector, ready, SelectSelector } from 'fd-selectors';
import { close, dup } from 'fd-selectors/fds';
import { EPOLLET, EPOLLEXCLUSIVE, EPOLLONESHOT, EPOLLRDHUP, epoll } from 'fd-selectors/select';
import { socketpair } from 'fd-selectors/socket';

let state = Number(process.env.SEED) >>> 0;
function random(below) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}
const pick = (list) => list[random(list.length)];
const byte = Buffer.from('x');
const classes = [EpollSelector, EpollSelector, PollSelector, SelectSelector];
const flags = [0, 0, 0, EPOLLET, EPOLLONESHOT, EPOLLRDHUP, EPOLLEXCLUSIVE, EPOLLONESHOT | EPOLLET];
const sels = [], sets = [], sockets = [], numbers = [], controllers = [];
const sel = () => pick(sels) ?? add(sels, new (pick(classes))());
function add(list, one) { list.push(one); return one; }
function numberOf(object) { if (typeof object?.fileno !== 'function') return; const fd = object.fileno(); if (!numbers.includes(fd)) numbers.push(fd); return fd; }
function remove(list) { return list.splice(random(list.length), 1)[0]; }
const target = () => pick(pick([sels, sets, sockets, sockets, numbers]));
let calls = 0, waits = 0, pending = 0;
const codes = new Map();
function note(error) {
  if (typeof error?.code !== 'string' && error?.name !== 'AbortError') throw error;
  const code = String(error.code);
  codes.set(code, (codes.get(code) ?? 0) + 1);
}
function track(promise) {
  waits++;
  pending++;
  promise.catch(note).catch(fail).finally(() => pending--);
}
function fail(error) { console.log('FAILED', error); process.exit(3); }
const signal = () => add(controllers, new AbortController()).signal;
const timeout = () => pick([0, 0.0005, 0.002, 0.005]);
const operations = [
  () => { if (sels.length < 30) add(sels, new (pick(classes))()); },
  () => { if (sets.length < 10) add(sets, epoll()); },
  () => { if (sockets.length < 40) sockets.push(...socketpair().map((one) => (one.setblocking(false), one))); },
  () => sel().register(target(), 1 + random(7), 'data'),
  () => sel().register(target(), 1 + random(7), 'data'),
  () => { const one = sel(); one.register(target(), 1 + random(7), 'data', one instanceof EpollSelector ? pick(flags) : 0); },
  () => pick(sets)?.register(target(), 1 + random(5)),
  () => pick(sets)?.unregister(target()),
  () => { const one = sel(); one.modify(pick([...one.getMap().keys()]) ?? 0, 1 + random(7), random(3)); },
  () => { const one = sel(); one.unregister(pick([...one.getMap().keys()]) ?? 0); },
  () => { for (const [key, events] of sel().select(pick([0, 0, 0, 0.0002]))) if (events === 0 || key === undefined) fail('no events'); },
  () => pick(sets)?.poll(0),
  () => pick(sockets)?.trySend(byte),
  () => pick(sockets)?.tryRecv(10),
  () => numberOf(target()),
  () => { if (numbers.length < 60) add(numbers, dup(pick(numbers) ?? pick(sockets)?.fileno() ?? 0)); },
  () => { if (numbers.length > 0) close(remove(numbers)); },
  () => { if (sockets.length > 4) remove(sockets).close(); },
  () => { if (sels.length > 10) remove(sels).close(); },
  () => { if (sets.length > 4) remove(sets).close(); },
  () => track(sel().selectAsync(timeout(), pick([{}, { signal: signal() }]))),
  () => track(sel().selectAsync(timeout())),
  () => track(ready(target(), 1 + random(7), { timeout: timeout(), signal: signal() })),
  () => track(ready(target(), 1 + random(7), { timeout: timeout() })),
  () => track((async () => { let left = 3; for await (const [, events] of sel().events({ signal: AbortSignal.timeout(3) })) { if (events === 0) fail('no events'); if (--left === 0) break; } })()),
  () => { if (controllers.length > 0) remove(controllers).abort(); },
  () => sel().unref(),
  () => sel().ref(),
];
if (random(2) === 0) await new EpollSelector().selectAsync(0.001);
const alive = setInterval(() => {}, 1000);
for (let round = 0; round < ${ROUNDS}; round++) {
  for (let i = 0; i < 200; i++) {
    calls++;
    try { pick(operations)(); } catch (error) { note(error); }
  }
  await new Promise((resolve) => setImmediate(resolve));
}
const limit = performance.now() + 60_000;
while (pending > 0 && performance.now() < limit) await new Promise((resolve) => setTimeout(resolve, 1));
for (const one of [...sels, ...sets, ...sockets]) { try { one.close(); } catch (error) { note(error); } }
clearInterval(alive);
console.log(JSON.stringify({ calls, waits, pending, codes: codes.size }));
process.exit();
`;

it(`no sequence of ${ROUNDS * 200} public calls aborts the process`, async () => {
  const seed = Number(process.env['SEED'] ?? 1);
  const withSeed = script.replace('process.env.SEED', String(seed));
  const outcome = await runScript(withSeed);
  expect({ ...outcome, seed }).toMatchObject({ code: 0, signal: null, seed });
  const { calls, waits, pending, codes } = JSON.parse(outcome.output.trim().split('\n').at(-1) as string);
  expect(pending).toBe(0);
  expect(calls).toBe(ROUNDS * 200);
  expect(waits).toBeGreaterThan(WAITS);
  expect(codes).toBeGreaterThan(3);
});
