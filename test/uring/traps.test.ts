/** The known traps of io_uring, each a test named after it. */
import { fstatSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import type { Socket } from '../../src/socket/index.js';
import { connection, fill, KERNELS, open, pair, receive, said, take, uring } from './rings.js';

const ECANCELED = -errnoOf('ECANCELED');

/** Reads until the end of the stream, which must come in time. */
function untilEnd(peer: Socket): number {
  let bytes = 0;
  for (let data = peer.recv(1 << 20); data.length > 0; data = peer.recv(1 << 20)) bytes += data.length;
  return bytes;
}

describe.skipIf(!uring.available).each(KERNELS)('with a kernel %s', (_name, deferred) => {
  it('a descriptor that is closed with a receive armed sends no FIN: closeFd() cancels first', () => {
    const ring = open({}, deferred);
    const [ours, peer] = connection();
    ring.recvMultishot(ours);
    ring.recv(ours);
    ring.completions(0);
    ring.closeFd(ours);
    expect(said(take(ring, 3)).sort()).toEqual([
      ['close', 0, false],
      ['recv', ECANCELED, false],
      ['recv', ECANCELED, false],
    ]);
    expect(peer.recv(1).length).toBe(0);
  });

  it('so does one that is closed before anything was submitted', () => {
    const ring = open({}, deferred);
    const [ours, peer] = connection();
    ring.recvMultishot(ours);
    ring.closeFd(ours);
    expect(said(take(ring, 2)).sort()).toEqual([
      ['close', 0, false],
      ['recv', ECANCELED, false],
    ]);
    expect(peer.recv(1).length).toBe(0);
  });

  it('and one with more operations under way than the ring has entries', () => {
    const ring = open({ entries: 4 }, deferred);
    const [ours, peer] = connection();
    for (let i = 0; i < 40; i++) ring.recv(ours);
    ring.completions(0);
    ring.closeFd(ours);
    const ends = take(ring, 41);
    expect(ends.filter(({ op, result }) => op === 'recv' && result === ECANCELED).length).toBe(40);
    expect(peer.recv(1).length).toBe(0);
  });

  it('what was sent goes out before the end, and the number is free afterwards', () => {
    const ring = open({}, deferred);
    const [ours, peer] = pair();
    const fd = ours.fileno();
    const filled = fill(ours);
    ring.recvMultishot(ours);
    ring.send(ours, Buffer.alloc(100_000, 'x'));
    ring.closeFd(ours);
    expect(ours.fileno()).toBe(-1);
    expect(ring.completions(0)).toEqual([]);
    expect(() => ring.send(fd, Buffer.from('late'))).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
    const [, ends] = receive(ring, peer, filled + 100_000);
    expect(said([...ends, ...take(ring, 3 - ends.length)]).sort()).toEqual([
      ['close', 0, false],
      ['recv', ECANCELED, false],
      ['send', 100_000, false],
    ]);
    expect(untilEnd(peer)).toBe(0);
    expect(() => fstatSync(fd)).toThrow('EBADF');
  });

  it('a close that waits for a peer that does not read ends at once when the sends are cancelled', () => {
    const ring = open<string>({}, deferred);
    const [ours, peer] = pair();
    const filled = fill(ours);
    const send = ring.send(ours, Buffer.alloc(100, 'x'), 'send');
    const close = ring.closeFd(ours, 'close');
    expect(ring.completions(0)).toEqual([]);
    ring.cancel(send);
    const ends = take(ring, 2);
    expect(ends.map(({ data }) => data)).toEqual(['send', 'close']);
    expect(ends[1]?.operation).toBe(close);
    expect(untilEnd(peer)).toBe(filled);
  });

  it('two sends on a full socket are reordered: they go one at a time', () => {
    const ring = open({}, deferred);
    const [ours, peer] = pair();
    const filled = fill(ours);
    const pieces = Array.from({ length: 200 }, (_, i) => Buffer.alloc(1 + ((i * 37) % 3000), i));
    for (const [i, piece] of pieces.entries()) {
      if (i % 3 === 0) ring.sendmsg(ours, [piece.subarray(0, 1), piece.subarray(1)], {});
      else if (i % 3 === 1) ring.write(ours, piece, null);
      else ring.send(ours, piece);
      if (i % 50 === 0) ring.submit();
    }
    const wanted = Buffer.concat(pieces);
    const got = receive(ring, peer, filled + wanted.length)[0].subarray(filled);
    expect(got.equals(wanted)).toBe(true);
  });

  it('buffers run out for everybody under one flooding peer: the others get theirs all the same', () => {
    const ring = open<string>({ buffers: 2, bufferSize: 64 }, deferred);
    const [flooded, flood] = connection();
    // Not by TCP, whose bytes may arrive later than those of the flood that are there already.
    const quiet = Array.from({ length: 5 }, () => pair());
    ring.recvMultishot(flooded, 'flood');
    for (const [ours] of quiet) ring.recvMultishot(ours, 'quiet');
    ring.completions(0);
    fill(flood);
    let flooding = 0;
    for (let round = 0; round < 20; round++) {
      for (const [, peer] of quiet) peer.send(Buffer.from('me too'));
      let heard = 0;
      // However it goes, nobody is forgotten for long: all five within so many batches.
      for (let batch = 0; heard < quiet.length && batch < 50; batch++) {
        for (const { data, result, bytes, more } of ring.completions(60)) {
          expect(more).toBe(true);
          if (data === 'flood') flooding += result;
          else expect(bytes.toString()).toBe('me too');
          if (data === 'quiet') heard++;
        }
      }
      expect(heard).toBe(quiet.length);
      flood.trySend(Buffer.alloc(65536));
    }
    expect(flooding).toBeGreaterThan(0);
  });

  it('buffers that wait in sends to a peer that does not read leave some for receives', () => {
    const ring = open<string>({ buffers: 4, bufferSize: 64 }, deferred);
    const [slow, stuck] = pair();
    const [ours, peer] = connection();
    fill(slow);
    ring.recvMultishot(ours, 'recv');
    for (let i = 0; i < 50; i++) {
      peer.send(Buffer.from(`echo ${i}`));
      const [completion] = take(ring, 1);
      expect(completion?.bytes.toString()).toBe(`echo ${i}`);
      ring.send(slow, completion!, 'send');
    }
    expect(ring.unsent(slow)).toBe(10 * 6 + 40 * 7);
    expect(stuck.recv(1).toString()).toBe('.');
  });

  it('a peer that floods before anybody listens is heard in order', () => {
    const ring = open({ buffers: 4, bufferSize: 100 }, deferred);
    const [ours, peer] = connection();
    const data = Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 31) >> 3));
    peer.sendall(data);
    ring.recvMultishot(ours);
    const got: Buffer[] = [];
    for (let bytes = 0; bytes < data.length; ) {
      for (const completion of take(ring, 1)) {
        got.push(Buffer.from(completion.bytes));
        bytes += completion.result;
      }
    }
    expect(Buffer.concat(got).equals(data)).toBe(true);
  });

  it('a receive that waits for a buffer can be cancelled', () => {
    const ring = open<string>({ buffers: 2, bufferSize: 10 }, deferred);
    const [flooded, flood] = connection();
    fill(flood);
    const operation = ring.recvMultishot(flooded, 'flood');
    take(ring, 1);
    take(ring, 1);
    expect(ring.cancel(operation)).toBe(true);
    let last = take(ring, 1).at(-1);
    while (last?.more) last = take(ring, 1).at(-1);
    expect([ECANCELED, 10]).toContain(last?.result);
    expect(ring.cancel(operation)).toBe(false);
  });

  it('closing the ring leaves the bytes to others, and the descriptors open', () => {
    const ring = open({}, deferred);
    const [ours, peer] = pair();
    ring.recvMultishot(ours);
    ring.recv(ours);
    ring.completions(0);
    ring.close();
    ring.close();
    peer.send(Buffer.from('for others'));
    expect(ours.recv(100).toString()).toBe('for others');
    expect(() => ring.completions(0)).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
  });

  it('a number that is used again belongs to its new file', () => {
    const ring = open<string>({}, deferred);
    for (let i = 0; i < 20; i++) {
      const [ours, peer] = connection();
      const fd = ours.fileno();
      ring.recvMultishot(ours, 'recv');
      ring.closeFd(ours, 'close');
      // The completions are not taken yet: the ring has to tell the two apart.
      ring.submit();
      const [again, other] = connection();
      ring.recvMultishot(again, `again ${fd}`);
      other.send(Buffer.from('hello'));
      const all = take(ring, 3);
      expect(all.find(({ data }) => data === `again ${fd}`)?.bytes.toString()).toBe('hello');
      expect(peer.recv(1).length).toBe(0);
      ring.closeFd(again, 'close');
      take(ring, 2);
    }
  });
});
