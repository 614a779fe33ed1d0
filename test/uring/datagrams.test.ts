/** Receives and sends of datagrams. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import {
  AF_INET,
  AF_UNIX,
  MSG_DONTWAIT,
  SHUT_RD,
  SOCK_DGRAM,
  socket,
  socketpair,
} from '../../src/socket/index.js';
import { KERNELS, open, said, take, uring } from './rings.js';

const ECANCELED = -errnoOf('ECANCELED');
const bytes = (text: string): Buffer => Buffer.from(text);

function tempdir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'ring-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}

describe.skipIf(!uring.available).each(KERNELS)('with a kernel %s', (_name, deferred) => {
  it('goes on receiving after a datagram without bytes', () => {
    const ring = open({}, deferred);
    const [ours, peer] = [socket(AF_INET, SOCK_DGRAM), socket(AF_INET, SOCK_DGRAM)];
    onTestFinished(() => {
      for (const one of [ours, peer]) one.close();
    });
    ours.bind(['127.0.0.1', 0]);
    peer.connect(ours.getsockname());
    const operation = ring.recvMultishot(ours);
    for (const text of ['a', '', 'b', '', '', 'c']) {
      peer.send(bytes(text));
      expect(said(take(ring, 1))).toEqual([['recv', text.length, true]]);
    }
    ring.cancel(operation);
    expect(said(take(ring, 1))).toEqual([['recv', ECANCELED, false]]);
  });

  it('does not report the end of a socket that was shut down again and again', () => {
    const ring = open({}, deferred);
    const [ours, peer] = socketpair(AF_UNIX, SOCK_DGRAM);
    onTestFinished(() => {
      for (const one of [ours, peer]) one.close();
    });
    peer.send(bytes('before'));
    ours.shutdown(SHUT_RD);
    const operation = ring.recvMultishot(ours);
    expect(said(take(ring, 1))).toEqual([['recv', 6, true]]);
    const came = deferred ? [] : take(ring, 1);
    came.push(...ring.completions(0.01), ...ring.completions(0.01));
    // A kernel that repeats receives itself waits for more.
    if (deferred && ring.cancel(operation)) came.push(...take(ring, 1));
    expect(said(came)).toEqual([['recv', expect.toBeOneOf(deferred ? [ECANCELED, 0] : [0]), false]]);
  });

  it('returns in time while a send fails again and again although its socket is writable', () => {
    const ring = open({}, deferred);
    const name = join(tempdir(), 'full');
    const [receiver, sender] = [socket(AF_UNIX, SOCK_DGRAM), socket(AF_UNIX, SOCK_DGRAM)];
    onTestFinished(() => {
      for (const one of [receiver, sender]) one.close();
    });
    receiver.bind(name);
    receiver.settimeout(60);
    sender.setblocking(false);
    while (sender.trySendto(bytes('fill'), name) !== null);
    ring.sendmsg(sender, [bytes('last')], { address: name, flags: MSG_DONTWAIT });
    const begun = process.cpuUsage();
    expect(ring.completions(0)).toEqual([]);
    expect(ring.completions(1)).toEqual([]);
    const { user, system } = process.cpuUsage(begun);
    // In microseconds: it pauses instead of spinning.
    expect(user + system).toBeLessThan(500_000);
    receiver.recv(10);
    expect(said(take(ring, 1))).toEqual([['sendmsg', 4, false]]);
  });
});
