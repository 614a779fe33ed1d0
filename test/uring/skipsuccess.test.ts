/** Sends that complete only if they fail. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { SO_RCVBUF, SO_SNDBUF, SOL_SOCKET } from '../../src/socket/index.js';
import { Engine } from '../../src/uring/engine.js';
import type { Submitted } from '../../src/uring/operation.js';
import { kernel } from '../../src/uring/queues.js';
import { connection, fill, KERNELS, open, pair, receive, said, take, uring } from './rings.js';

const ECANCELED = -errnoOf('ECANCELED');
const EPIPE = -errnoOf('EPIPE');

describe.skipIf(!uring.available).each(KERNELS)('with a kernel %s, sendSkipSuccess()', (_name, deferred) => {
  it('completes only if it fails, with its data', () => {
    const ring = open<string>({}, deferred);
    const [ours, peer] = pair();
    for (const word of ['one', 'two', 'three']) ring.sendSkipSuccess(ours, Buffer.from(word), word);
    expect(ring.completions(0)).toEqual([]);
    expect(ring.unsent(ours)).toBe(0);
    expect(peer.recv(100).toString()).toBe('onetwothree');
    peer.close();
    ring.sendSkipSuccess(ours, Buffer.from('lost'), 'a');
    ring.sendSkipSuccess(ours, Buffer.from('lost'), 'b');
    const failed = take(ring, 2);
    expect(failed.map(({ fd, data, result }) => [fd, data, result])).toEqual([
      [ours.fileno(), 'a', EPIPE],
      [ours.fileno(), 'b', EPIPE],
    ]);
    expect(said(failed)).toEqual([
      ['send', EPIPE, false],
      ['send', EPIPE, false],
    ]);
  });

  it('does not change an operation that has failed when the next is begun', () => {
    const ring = open<string>({}, deferred);
    const [ours, peer] = pair();
    const [other, listener] = pair();
    peer.close();
    ring.sendSkipSuccess(ours, Buffer.from('x'), 'failed');
    const [completion] = take(ring, 1);
    for (let i = 0; i < 3; i++) ring.sendSkipSuccess(other, Buffer.from('y'), 'later');
    expect(ring.completions(0)).toEqual([]);
    expect(listener.recv(100).toString()).toBe('yyy');
    expect(completion?.data).toBe('failed');
    expect(completion?.fd).toBe(ours.fileno());
    expect(completion?.operation.data).toBe('failed');
    expect(ring.cancel(completion?.operation as never)).toBe(false);
  });

  it('takes over the bytes of a completion, again and again, in few buffers', () => {
    const ring = open({ buffers: 4 }, deferred);
    const [ours, peer] = pair();
    ring.recvMultishot(ours);
    for (let i = 0; i < 40; i++) {
      peer.send(Buffer.from(`message ${i}`));
      const [completion] = take(ring, 1);
      if (completion === undefined) throw new Error('nothing came');
      ring.sendSkipSuccess(ours, completion);
      expect(() => completion.bytes).toThrow(expect.objectContaining({ code: 'ERR_BUFFER_RELEASED' }));
      expect(() => ring.sendSkipSuccess(ours, completion)).toThrow(
        expect.objectContaining({ code: 'ERR_BUFFER_RELEASED' }),
      );
      expect(ring.completions(0)).toEqual([]);
      expect(peer.recv(100).toString()).toBe(`message ${i}`);
    }
  });

  it('keeps its turn among other sends, and closeFd() waits for it', () => {
    const ring = open({}, deferred);
    const [ours, peer] = connection();
    ours.setsockopt(SOL_SOCKET, SO_SNDBUF, 65536);
    peer.setsockopt(SOL_SOCKET, SO_RCVBUF, 65536);
    const pieces = Array.from({ length: 8 }, (_, i) => Buffer.alloc(200_000, 97 + i));
    for (const [i, piece] of pieces.entries()) {
      if (i % 2 === 0) ring.sendSkipSuccess(ours, piece);
      else ring.send(ours, piece);
    }
    expect(ring.unsent(ours)).toBe(1_600_000);
    ring.closeFd(ours);
    const [got, completions] = receive(ring, peer, 1_600_000);
    expect(got.equals(Buffer.concat(pieces))).toBe(true);
    const rest = take(ring, 5 - completions.length);
    expect([...completions, ...rest].map(({ op }) => op)).toEqual(['send', 'send', 'send', 'send', 'close']);
    expect(peer.recv(1).length).toBe(0);
  });

  it('reports those that wait when the socket is shut down', () => {
    const ring = open<number>({}, deferred);
    const [ours] = pair();
    fill(ours);
    ring.sendSkipSuccess(ours, Buffer.from('x'), 1);
    ring.sendSkipSuccess(ours, Buffer.from('x'), 2);
    expect(ring.completions(0)).toEqual([]);
    ours.shutdown(2);
    expect(take(ring, 2).map(({ data, result }) => [data, result])).toEqual([
      [1, EPIPE],
      [2, EPIPE],
    ]);
  });

  it('checks its arguments, and then takes no memory', () => {
    const ring = open({ memory: 2 ** 18 }, deferred);
    const [ours, peer] = pair();
    for (let i = 0; i < 100; i++) {
      expect(() => ring.sendSkipSuccess(-1, Buffer.alloc(60_000))).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_FD' }),
      );
    }
    expect(() => ring.sendSkipSuccess(ours, 'text' as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
    expect(() => ring.sendSkipSuccess(ours, Buffer.alloc(2 ** 20))).toThrow(
      expect.objectContaining({ code: 'ENOBUFS' }),
    );
    ring.sendSkipSuccess(ours, Buffer.alloc(0));
    ring.sendSkipSuccess(ours, Buffer.alloc(60_000, 'x'));
    expect(ring.completions(0)).toEqual([]);
    expect(peer.recv(60_000).length).toBe(60_000);
    ring.close();
    expect(() => ring.sendSkipSuccess(ours, Buffer.alloc(1))).toThrow(
      expect.objectContaining({ code: 'ERR_CLOSED' }),
    );
  });

  it('is cancelled by the end of the ring, whether it waits or not', () => {
    const ring = open({}, deferred);
    const [ours, peer] = pair();
    const [other] = pair();
    const filled = fill(ours);
    ring.sendSkipSuccess(other, Buffer.from('done'));
    ring.sendSkipSuccess(ours, Buffer.from('x'));
    ring.sendSkipSuccess(ours, Buffer.from('x'));
    expect(ring.completions(0)).toEqual([]);
    ring.close();
    ours.close();
    const all = Buffer.alloc(filled + 1);
    let got = 0;
    for (let nbytes = -1; nbytes !== 0; got += nbytes) nbytes = peer.recvInto(all.subarray(got));
    expect(got).toBe(filled);
  });
});

describe.skipIf(!uring.available)('the operations of a ring', () => {
  const SIZES = { entries: 4, completions: 8, buffers: 2, bufferSize: 64, memory: 2 ** 20 };

  function opened(deferred: boolean): Engine<number> {
    kernel.deferred = deferred;
    try {
      const engine = new Engine<number>(SIZES);
      onTestFinished(() => engine.end());
      return engine;
    } finally {
      kernel.deferred = true;
    }
  }

  function send(engine: Engine<number>, fd: number, data: number): Submitted<number> | undefined {
    engine.sends.beginUnseen(fd, data, engine.memory.copy(Buffer.from('x')), 1);
    return engine.descriptors.get(fd).sending;
  }

  it('that nobody has seen are used again, and do not keep a ring from its end', () => {
    const engine = opened(false);
    const [ours, peer] = pair();
    const fd = ours.fileno();
    const first = send(engine, fd, 1) as Submitted<number>;
    expect(engine.batch(0)).toEqual([]);
    expect(send(engine, fd, 2)).toBe(first);
    expect(first.data).toBe(2);
    expect(engine.batch(0)).toEqual([]);
    expect(engine.pending).toBe(false);
    expect(engine.cancel(first)).toBe(false);
    expect(peer.recv(100).toString()).toBe('xx');
    fill(ours);
    const waiting = send(engine, fd, 3) as Submitted<number>;
    expect(engine.pending).toBe(true);
    expect(engine.cancel(waiting)).toBe(true);
    const [completion] = engine.batch(60);
    expect([completion?.result, completion?.data]).toEqual([ECANCELED, 3]);
    expect(engine.pending).toBe(false);
    expect(send(engine, fd, 4)).not.toBe(waiting);
  }, 60_000);

  it('begin when the kernel reports a silent send, and keep no ring from its end', ({ skip }) => {
    const engine = opened(true);
    skip(!engine.queues.deferred, 'needs Linux 6.1');
    const [ours, peer] = pair();
    const fd = ours.fileno();
    expect(send(engine, fd, 1)).toBe(undefined);
    expect(engine.pending).toBe(true);
    expect(engine.batch(0)).toEqual([]);
    expect(engine.pending).toBe(false);
    expect(peer.recv(100).toString()).toBe('x');
    fill(ours);
    expect(send(engine, fd, 2)).toBe(undefined);
    expect(engine.batch(0)).toEqual([]);
    const waiting = engine.descriptors.get(fd).sending as Submitted<number>;
    expect(waiting.data).toBe(2);
    expect(engine.pending).toBe(true);
    expect(engine.cancel(waiting)).toBe(true);
    const [completion] = engine.batch(60);
    expect([completion?.result, completion?.data]).toEqual([ECANCELED, 2]);
    expect(engine.pending).toBe(false);
  }, 60_000);
});
