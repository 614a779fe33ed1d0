/** Silent sends beside what hides them: completions that overflow, signals, an eventfd that they leave silent. */
import { spawn } from 'node:child_process';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { native } from '../../src/native.js';
import { pollOne } from '../../src/pollone.js';
import type { Socket } from '../../src/socket/index.js';
import type { Completion, Ring } from '../../src/uring/index.js';
import { Queues } from '../../src/uring/queues.js';
import { LIMIT } from '../support/limit.js';
import { fill, open, pair, take, uring } from './rings.js';

const POLLIN = 1;

/** Whether the kernel can be silent. */
function deferred(): boolean {
  const queues = new Queues(2, 4);
  queues.close();
  return queues.deferred;
}

/** Reads what is there now. */
function drain(peer: Socket): string {
  const buffer = Buffer.alloc(1 << 16);
  let all = '';
  for (let got = peer.tryRecvInto(buffer); got; got = peer.tryRecvInto(buffer))
    all += buffer.toString('latin1', 0, got);
  return all;
}

/** Takes what a program takes that waits for the eventfd, until a close is complete, or nothing wakes it. */
function takeWhenReadable(ring: Ring): string[] {
  const ops: string[] = [];
  while (!ops.includes('close') && pollOne(ring.fileno(), POLLIN, 10) > 0)
    ops.push(...ring.completions(0).map(({ op }) => op));
  return ops;
}

describe.skipIf(!uring.available)('a silent send', () => {
  it('whose report overflows is finished once, also if it is used again', () => {
    const ring = open({ entries: 8, completions: 8 });
    const [ours, peer] = pair();
    const [ready, other] = pair();
    const [third] = pair();
    other.send(Buffer.from('!'));
    // More completions than the queue holds, all there at once, keep the report of this one out of it.
    ring.sendSkipSuccess(ours, Buffer.alloc(400_000));
    for (let i = 0; i < 40; i++) ring.poll(ready, POLLIN);
    let taken = ring.completions(0).length;
    let got = drain(peer).length;
    ring.submit();
    got += drain(peer).length;
    for (let i = 0; i < 120; i++) ring.poll(ready, POLLIN);
    const end = performance.now() + LIMIT;
    while (ring.unsent(ours) > 0 && performance.now() < end) {
      taken += ring.completions(0).length;
      got += drain(peer).length;
    }
    got += drain(peer).length;
    expect(got).toBe(400_000);
    ring.sendSkipSuccess(third, Buffer.from('first'));
    taken += take(ring, 160 - taken).length;
    expect(taken).toBe(160);
    expect(ring.completions(0)).toEqual([]);
    expect(ring.unsent(third)).toBe(0);
  });

  it('does not keep a signal from ending the wait that submits it', async ({ skip }) => {
    skip(!deferred(), 'needs Linux 6.1');
    const ring = open();
    const [ours, peer] = pair();
    const ignore = (): void => {};
    process.on('SIGUSR2', ignore);
    const storm = spawn('sh', ['-c', `echo; while kill -USR2 ${process.pid}; do sleep 0.05; done`]);
    onTestFinished(async () => {
      const gone = new Promise((resolve) => storm.once('exit', resolve));
      storm.kill('SIGKILL');
      await gone;
      process.off('SIGUSR2', ignore);
    });
    await new Promise((resolve) => storm.stdout.once('data', resolve));
    const enter = vi.spyOn(native, 'uringEnter');
    onTestFinished(() => enter.mockRestore());
    ring.sendSkipSuccess(ours, Buffer.from('x'));
    const start = performance.now();
    expect(ring.completions(60)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(30_000);
    // Not by the next signal, in a second wait.
    expect(enter.mock.calls.map(([, , least]) => least)).toEqual([1]);
    expect(peer.recv(10).toString()).toBe('x');
  });

  it.each([1, 5, 20])(
    'of %i to one socket, all go out though only the first wakes the eventfd',
    (count) => {
      const ring = open();
      const [ours, peer] = pair();
      const [ready, other] = pair();
      ring.fileno();
      other.send(Buffer.from('!'));
      ring.recv(ready);
      for (let i = 0; i < count; i++) ring.sendSkipSuccess(ours, Buffer.from('m'));
      ring.closeFd(ours);
      ring.submit();
      expect(takeWhenReadable(ring)).toEqual(['recv', 'close']);
      expect(peer.recv(100).toString()).toBe('m'.repeat(count));
      expect(peer.recv(1).length).toBe(0);
    },
    60_000,
  );

  it('that another waits for, and that there was no room to write, holds up the wait', ({ skip }) => {
    skip(!deferred(), 'needs Linux 6.1');
    const ring = open({ entries: 2, completions: 2 });
    const [ours, peer] = pair();
    const [before] = pair();
    ring.sendSkipSuccess(before, Buffer.from('0'));
    ring.timeout(LIMIT / 1e3);
    const { uringEnter } = native;
    const beforeWait: string[] = [];
    // The queue is full, and the kernel takes nothing twice: so the first send waits in JavaScript for the next batch.
    let failures = 2;
    const enter = vi.spyOn(native, 'uringEnter').mockImplementation((fd, count, least, flags, seconds) => {
      if (failures-- > 0) return -errnoOf('EAGAIN');
      if (least === 0) return uringEnter(fd, count, least, flags, seconds);
      beforeWait.push(drain(peer));
      return -errnoOf('ETIME');
    });
    onTestFinished(() => enter.mockRestore());
    ring.sendSkipSuccess(ours, Buffer.from('1'));
    ring.sendSkipSuccess(ours, Buffer.from('2'));
    expect(ring.completions(1)).toEqual([]);
    expect(beforeWait).toEqual(['12']);
  });

  it.each([
    { entries: 8, completions: 8, buffers: 2, floods: 12 },
    { entries: 2, completions: 2, buffers: 4, floods: 5 },
    { entries: 16, completions: 64, buffers: 64, floods: 200 },
  ])(
    'lets others go after it while completions overflow again and again: %o',
    ({ floods, ...sizes }) => {
      const ring = open({ ...sizes, bufferSize: 200 });
      const peers = Array.from({ length: floods }, () => {
        const [flooded, peer] = pair();
        ring.recvMultishot(flooded);
        peer.setblocking(false);
        return peer;
      });
      const flood = Buffer.alloc(100_000);
      const batch = (): Completion[] => {
        for (const peer of peers) peer.trySend(flood);
        return ring.completions(0);
      };
      for (let i = 0; i < 20; i++) batch();
      const [ours, peer] = pair();
      ring.sendSkipSuccess(ours, Buffer.from('a'));
      const second = ring.send(ours, Buffer.from('b'));
      let sent = false;
      const end = performance.now() + LIMIT;
      while (!sent && performance.now() < end) sent = batch().some(({ operation }) => operation === second);
      expect(sent).toBe(true);
      expect(peer.recv(10).toString()).toBe('ab');
    },
    60_000,
  );

  it.each(['not submitted', 'submitted'])(
    'does not hold up close() where the kernel may not cancel everything: %s',
    (how) => {
      const ring = open();
      vi.spyOn(Queues.prototype, 'cancelsAll', 'get').mockReturnValue(false);
      const [ours] = pair();
      fill(ours);
      ring.sendSkipSuccess(ours, Buffer.alloc(1_000_000));
      if (how === 'submitted') ring.submit();
      const began = performance.now();
      ring.close();
      vi.restoreAllMocks();
      // Otherwise it gives up after ten seconds.
      expect(performance.now() - began).toBeLessThan(8000);
    },
    60_000,
  );
});
