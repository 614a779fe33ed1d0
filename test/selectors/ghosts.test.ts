/** Defects around ghosts, rebuilt sets, one-shot and edge-triggered registrations. */
import { EpollSelector, EVENT_READ, EVENT_WRITE, PollSelector, SelectSelector } from 'fd-selectors';
import { EPOLLET, EPOLLEXCLUSIVE, EPOLLONESHOT, EPOLLRDHUP } from 'fd-selectors/select';
import { SHUT_WR, type Socket } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { native } from '../../src/native.js';
import { runScript } from '../support/child.js';
import { closing, pair } from '../support/descriptors.js';
import { IDLE, leastShare } from '../support/idle.js';
import { LIMIT } from '../support/limit.js';
import { byFd } from '../support/ready.js';

const byte = new Uint8Array(1);

/** Leaves a ghost in a selector; returns the peer that makes it report. */
function haunt(sel: EpollSelector): Socket {
  const [ghost, peer] = pair();
  const fd = ghost.fileno();
  sel.register(ghost, EVENT_READ);
  closing(ghost.dup());
  ghost.close();
  sel.unregister(fd);
  return peer;
}

/** A socket that has no room to write. */
function full(sock: Socket): void {
  sock.setblocking(false);
  const data = Buffer.alloc(1 << 16);
  while (sock.trySend(data) !== null);
}

describe('EPOLLRDHUP without EVENT_READ', () => {
  it.each(['register', 'modify'])('does not report a peer that shut down as no event at all: %s', (how) => {
    const sel = closing(new EpollSelector());
    const [a, b] = pair();
    full(a);
    if (how === 'register') sel.register(a, EVENT_WRITE, undefined, EPOLLRDHUP);
    else sel.register(a, EVENT_READ, undefined, EPOLLRDHUP);
    if (how === 'modify') sel.modify(a, EVENT_WRITE);
    b.shutdown(SHUT_WR);
    const start = performance.now();
    expect(sel.select(0.03)).toEqual([]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(30);
    // The flag is kept, and counts again.
    expect(byFd([...sel.select(0), [sel.modify(a, EVENT_READ), 0]])).toEqual([[a.fileno(), 0]]);
    expect(sel.select(60)).toEqual([[sel.getKey(a), EVENT_READ]]);
  });

  it('does not spin in events()', async () => {
    const sel = closing(new EpollSelector());
    const [a, b] = pair();
    full(a);
    sel.register(a, EVENT_WRITE, undefined, EPOLLRDHUP);
    b.shutdown(SHUT_WR);
    let rounds = 0;
    const share = await leastShare(async () => {
      for await (const _ of sel.events({ signal: AbortSignal.timeout(300) })) rounds++;
    });
    expect(rounds).toBe(0);
    expect(share).toBeLessThan(IDLE);
  });
});

describe('after a rebuild', () => {
  it('a disarmed one-shot registration does not report a hang-up, nor end a wait early', async () => {
    const sel = closing(new EpollSelector());
    const [a, b] = pair();
    sel.register(a, EVENT_WRITE, undefined, EPOLLONESHOT);
    expect(sel.select(0)).toHaveLength(1);
    haunt(sel).send(byte);
    expect(sel.select(0)).toEqual([]);
    b.close();
    const start = performance.now();
    expect(sel.select(0.03)).toEqual([]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(30);
    expect(await sel.selectAsync(0.01)).toEqual([]);
    sel.modify(a, EVENT_WRITE);
    expect(sel.select(60)).toHaveLength(1);
    expect(sel.select(0)).toEqual([]);
  });

  it('one whose number was closed and reused meanwhile is still found out by modify', () => {
    const sel = closing(new EpollSelector());
    const [a] = pair();
    const [other] = pair();
    const fd = native.dup(a.fileno());
    sel.register(fd, EVENT_WRITE, undefined, EPOLLONESHOT);
    expect(sel.select(0)).toHaveLength(1);
    haunt(sel).send(byte);
    expect(sel.select(0)).toEqual([]);
    native.dup2(other.fileno(), fd);
    expect(() => sel.modify(fd, EVENT_WRITE)).toThrow('ENOENT');
    expect(sel.getMap().size).toBe(0);
    native.close(fd);
  });

  it('one call reports all that is ready, however many ghosts take room', () => {
    const sel = closing(new EpollSelector());
    const peers = Array.from({ length: 40 }, () => haunt(sel));
    const live = Array.from({ length: 10 }, pair);
    for (const [a] of live) sel.register(a, EVENT_READ, undefined, EPOLLONESHOT);
    const order = live.map(([, b]) => b);
    for (const socket of [order.pop(), ...peers, ...order]) socket?.send(byte);
    const fds = live.map(([a]) => a.fileno()).sort((a, b) => a - b);
    expect(byFd(sel.select(0)).map(([fd]) => fd)).toEqual(fds);
    expect(sel.select(0)).toEqual([]);
  });

  it('what was found before is reported once, with all its events', () => {
    const sel = closing(new EpollSelector());
    const [a, b] = pair();
    const [c, d] = pair();
    sel.register(a, EVENT_READ | EVENT_WRITE, undefined, EPOLLET);
    sel.register(c, EVENT_READ, undefined, EPOLLEXCLUSIVE);
    haunt(sel).send(byte);
    for (const peer of [b, d]) peer.send(byte);
    expect(byFd(sel.select(0))).toEqual(
      [
        [a.fileno(), EVENT_READ | EVENT_WRITE],
        [c.fileno(), EVENT_READ],
      ].sort(([x], [y]) => (x as number) - (y as number)),
    );
    expect(byFd(sel.select(0))).toEqual([[c.fileno(), EVENT_READ]]);
  });
});

describe('register of a ghost that came back as the same file under the same number', () => {
  it.each([0, EPOLLONESHOT, EPOLLEXCLUSIVE])('does not throw EEXIST, with flags %d', (flags) => {
    const sel = closing(new EpollSelector());
    const [a, b] = pair();
    const fd = native.dup(a.fileno());
    sel.register(fd, EVENT_WRITE, 'before', flags);
    native.close(fd);
    sel.unregister(fd);
    native.dup2(a.fileno(), fd);
    const key = sel.register(fd, EVENT_READ, 'after');
    expect(sel.select(0)).toEqual([]);
    b.send(byte);
    expect(sel.select(60)).toEqual([[key, EVENT_READ]]);
    expect(sel.select(0)).toHaveLength(1);
    sel.unregister(fd);
    expect(sel.select(0)).toEqual([]);
    native.close(fd);
  });
});

/** A process with few descriptors: \`exhaust\` takes those that are left, what it returns gives them back. */
const prelude = `
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { EpollSelector, EVENT_READ, EVENT_WRITE, ready } from 'fd-selectors';
import { close, dup } from 'fd-selectors/fds';
import { EPOLLET, EPOLLONESHOT } from 'fd-selectors/select';
import { socketpair } from 'fd-selectors/socket';
const say = (text) => writeSync(1, text + '\\n');
const byte = Buffer.from('x');
function exhaust() {
  const taken = [];
  for (;;) {
    try { taken.push(dup(0)); } catch (error) { if (error.code !== 'EMFILE') throw error; break; }
  }
  return () => { for (const fd of taken.splice(0)) close(fd); };
}
function haunt(sel) {
  const [ghost, peer] = socketpair();
  const fd = ghost.fileno();
  sel.register(fd, EVENT_READ);
  dup(fd);
  ghost.close();
  sel.unregister(fd);
  return peer;
}
const cpu = (before) => { const { user, system } = process.cpuUsage(before); return (user + system) / 1e3; };
const sel = new EpollSelector();
const [a, b] = socketpair();
const [c, d] = socketpair();
const peer = haunt(sel);
`;

describe('a rebuild at EMFILE', () => {
  it.each([
    [
      'loses no one-shot and no edge that was taken',
      `sel.register(a, EVENT_READ, 'oneshot', EPOLLONESHOT);
       sel.register(c, EVENT_READ, 'edge', EPOLLET);
       const restore = exhaust();
       for (const socket of [peer, b, d]) socket.send(byte);
       say(sel.select(60).map(([key]) => key.data).sort().join());
       say(String(sel.select(0).length));
       restore();
       c.recv(1);
       say(String(sel.select(0).length));
       d.send(byte);
       say(sel.select(60).map(([key]) => key.data).join());`,
      'edge,oneshot\n0\n0\nedge\n',
    ],
    [
      'is put off without a spin, and waits are not early',
      `await sel.selectAsync(0.001);
       exhaust();
       peer.send(byte);
       for (const wait of [() => sel.select(0.4), () => sel.selectAsync(0.4)]) {
         let sleeps = false;
         // What spins does so each time.
         for (let i = 0; i < 10 && !sleeps; i++) {
           const before = process.cpuUsage();
           const start = performance.now();
           const found = (await wait()).length;
           if (found > 0 || performance.now() - start < 400) say('found ' + found + ', or early');
           sleeps = cpu(before) < 200;
         }
         say(String(sleeps));
       }
       sel.register(a, EVENT_READ, 'live');
       setTimeout(() => b.send(byte), 5);
       say((await sel.selectAsync(60))[0][0].data);
       say(sel.select(60)[0][0].data);`,
      'true\ntrue\nlive\nlive\n',
    ],
    [
      'does not hide what many ghosts leave no room for',
      `const peers = Array.from({ length: 20 }, () => haunt(sel));
       sel.register(a, EVENT_READ, 'a', EPOLLONESHOT);
       sel.register(c, EVENT_READ, 'c', EPOLLONESHOT);
       exhaust();
       for (const socket of [b, ...peers, d]) socket.send(byte);
       say(sel.select(60).map(([key]) => key.data).sort().join());`,
      'a,c\n',
    ],
    [
      'rejects no pending ready()',
      `const waits = [ready(a, EVENT_READ), ready(c, EVENT_READ)];
       const [ghost, ghostPeer] = socketpair();
       const controller = new AbortController();
       ready(ghost, EVENT_READ, { signal: controller.signal }).catch(() => {});
       await delay(5);
       dup(ghost.fileno());
       ghost.close();
       controller.abort();
       const restore = exhaust();
       ghostPeer.send(byte);
       await delay(5);
       for (const socket of [b, d]) socket.send(byte);
       say((await Promise.all(waits)).join());
       process.exit();`,
      '1,1\n',
    ],
  ])('%s', async (_what, script, output) => {
    const outcome = await runScript(prelude + script, undefined, LIMIT, 120);
    expect(outcome).toEqual({ code: 0, signal: null, output });
  });
});

describe('break out of a batch of events()', () => {
  it.each([
    ['edge-triggered', EPOLLET],
    ['one-shot', EPOLLONESHOT],
    ['both', EPOLLET | EPOLLONESHOT],
    ['exclusive and edge-triggered', EPOLLEXCLUSIVE | EPOLLET],
    ['level-triggered', 0],
  ])('does not lose what it has not seen: %s', async (_what, flags) => {
    const sel = closing(new EpollSelector());
    const pairs = Array.from({ length: 5 }, pair);
    for (const [a] of pairs) sel.register(a, EVENT_READ, undefined, flags);
    for (const [, b] of pairs) b.send(byte);
    const seen: number[] = [];
    const leave = [
      async () => {
        for await (const [{ fileobj }] of sel.events()) {
          seen.push(fileobj.fileno());
          fileobj.recv(1);
          break;
        }
      },
      async () => {
        const controller = new AbortController();
        for await (const [{ fileobj }] of sel.events({ signal: controller.signal })) {
          seen.push(fileobj.fileno());
          fileobj.recv(1);
          controller.abort();
        }
      },
      async () => {
        for (const [{ fileobj }] of await sel.selectAsync(60)) {
          seen.push(fileobj.fileno());
          fileobj.recv(1);
        }
      },
    ];
    for (const how of leave) await how();
    expect(seen.sort()).toEqual(pairs.map(([a]) => a.fileno()).sort());
    expect(sel.select(0)).toEqual([]);
  });

  it('reports nothing that was closed or unregistered meanwhile', async () => {
    const sel = closing(new EpollSelector());
    const pairs = Array.from({ length: 3 }, pair);
    for (const [a] of pairs) sel.register(a.fileno(), EVENT_READ, undefined, EPOLLET);
    for (const [, b] of pairs) b.send(byte);
    for await (const [{ fd }] of sel.events()) {
      for (const [a] of pairs) {
        if (a.fileno() === fd) continue;
        if (sel.getMap().size === 3) sel.unregister(a.fileno());
        else a.close();
      }
      break;
    }
    expect(sel.select(0)).toEqual([]);
  });

  it.each([
    ['SelectSelector', SelectSelector],
    ['PollSelector', PollSelector],
  ])('%s asks again, as ever', async (_name, Class) => {
    const sel = closing(new Class());
    const [a, b] = pair();
    for (const one of [a, b]) sel.register(one, EVENT_WRITE);
    for await (const _ of sel.events()) break;
    expect(await sel.selectAsync(60)).toHaveLength(2);
  });
});
