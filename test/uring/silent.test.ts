/** Sends that the kernel does not report when they succeed: nothing may wait for a completion that never comes. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Engine } from '../../src/uring/engine.js';
import type { Block } from '../../src/uring/memory.js';
import { Descriptor } from '../../src/uring/operation.js';
import { Queues } from '../../src/uring/queues.js';
import { Silent } from '../../src/uring/silent.js';
import { LIMIT } from '../support/limit.js';
import { fill, KERNELS, open, pair, receive, take, uring } from './rings.js';

describe.skipIf(!uring.available).each(KERNELS)(
  'with a kernel %s, after a silent send',
  (_name, deferred) => {
    it('a close is not waited for in vain', () => {
      const ring = open({}, deferred);
      const [ours, peer] = pair();
      ring.sendSkipSuccess(ours, Buffer.from('last'));
      ring.closeFd(ours);
      expect(take(ring, 1).map(({ op }) => op)).toEqual(['close']);
      expect(peer.recv(100).toString()).toBe('last');
      expect(peer.recv(1).length).toBe(0);
    }, 60_000);

    it('neither are other sends, nor a close behind those', () => {
      const ring = open({}, deferred);
      const [ours, peer] = pair();
      ring.sendSkipSuccess(ours, Buffer.from('a'));
      ring.send(ours, Buffer.from('b'));
      ring.sendSkipSuccess(ours, Buffer.from('c'));
      ring.sendSkipSuccess(ours, Buffer.from('d'));
      ring.closeFd(ours);
      expect(take(ring, 2).map(({ op }) => op)).toEqual(['send', 'close']);
      expect(peer.recv(100).toString()).toBe('abcd');
    }, 60_000);

    it('nor is a buffer, with fewer than there are sockets', () => {
      const ring = open<number>({ buffers: 2, bufferSize: 64 }, deferred);
      const pairs = Array.from({ length: 3 }, pair);
      for (const [i, [ours]] of pairs.entries()) ring.recvMultishot(ours, i);
      for (let round = 0; round < 30; round++) {
        for (const [, peer] of pairs) peer.send(Buffer.from(`round ${round}`));
        for (let echoed = 0; echoed < pairs.length; ) {
          for (const completion of take(ring, 1)) {
            ring.sendSkipSuccess(completion.fd, completion, completion.data);
            echoed++;
          }
        }
        ring.completions(0);
        for (const [, peer] of pairs) expect(peer.recv(100).toString()).toBe(`round ${round}`);
      }
    }, 60_000);

    it('nor is a close on the event loop', async () => {
      const ring = open({}, deferred);
      const [ours, peer] = pair();
      const waiting = ring.completionsAsync(LIMIT / 1e3);
      ring.sendSkipSuccess(ours, Buffer.from('last'));
      ring.closeFd(ours);
      expect((await waiting).map(({ op }) => op)).toEqual(['close']);
      expect(peer.recv(100).toString()).toBe('last');
    }, 60_000);

    it('the bytes that did not fit follow, in order, once there is room', () => {
      const ring = open({}, deferred);
      const [ours, peer] = pair();
      const filled = fill(ours);
      ring.sendSkipSuccess(ours, Buffer.from('x'.repeat(1000)));
      ring.sendSkipSuccess(ours, Buffer.from('y'));
      expect(ring.completions(0)).toEqual([]);
      expect(ring.unsent(ours)).toBe(1001);
      const [all, completions] = receive(ring, peer, filled + 1001);
      expect(completions).toEqual([]);
      expect(all.subarray(filled).toString()).toBe(`${'x'.repeat(1000)}y`);
      expect(ring.unsent(ours)).toBe(0);
    }, 60_000);
  },
);

describe.skipIf(!uring.available)('a silent send', () => {
  it('is submitted by the call that waits for the next message', ({ skip }) => {
    const engine = new Engine({ entries: 4, completions: 8, buffers: 2, bufferSize: 64, memory: 2 ** 20 });
    onTestFinished(() => engine.end());
    skip(!engine.queues.deferred, 'needs Linux 6.1');
    const ring = open();
    const [ours, peer] = pair();
    ring.recvMultishot(ours);
    peer.send(Buffer.from('one'));
    const [completion] = take(ring, 1);
    peer.send(Buffer.from('two'));
    ring.sendSkipSuccess(ours, completion as never);
    const enter = vi.spyOn(Queues.prototype, 'enter');
    onTestFinished(() => enter.mockRestore());
    expect(take(ring, 1).map(({ result }) => result)).toEqual([3]);
    expect(enter).toHaveBeenCalledTimes(1);
    expect(peer.recv(100).toString()).toBe('one');
  });

  it('keeps its number when those before it are done, also where the numbers begin again', () => {
    const queues = { unsubmitted: 0, overflows: false } as Queues;
    const silent = new Silent<string>(queues, 2 ** 30 - 3);
    const on = new Descriptor<string>();
    const block = {} as Block;
    const done: Descriptor<string>[] = [];
    for (let i = 0; i < 20; i++) {
      const slots = ['a', 'b', 'c', 'd'].map((data) => silent.add(new Descriptor(), 7, data, block, 1));
      expect(new Set(slots).size).toBe(4);
      expect(silent.settle(2, (one) => done.push(one))).toBe(true);
      const last = silent.add(on, 7, 'e', block, 1);
      expect(silent.reported(slots[3] as number)?.data).toBe('d');
      expect(silent.reported(last)?.data).toBe('e');
      expect(on.written).toBe(undefined);
      expect(silent.reported(-1)).toBe(undefined);
      expect(silent.settle(silent.taken, (one) => done.push(one))).toBe(true);
      expect(silent.pending).toBe(false);
    }
    expect(done).toHaveLength(60);
  });
});
