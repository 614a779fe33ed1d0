/** How many sockets share one receive(): as many as the cache has room for. */
import { EpollSelector } from 'fd-selectors';
import { Batch } from 'fd-selectors/batch';
import type { Socket } from 'fd-selectors/socket';
import { expect, it } from 'vitest';
import { closing, pair } from '../support/descriptors.js';

const SOCKETS = 32;

it('takes fewer at a time while pieces are large, and all of them while they are small', () => {
  const sel = closing(new EpollSelector<number>());
  const batch = closing(new Batch(sel));
  const peers = Array.from({ length: SOCKETS }, (_, i): Socket => {
    const [server, client] = pair();
    batch.add(server, i);
    return client;
  });

  /** How many bytes arrive with each receive(), until everyone's have. Those of each socket must be complete. */
  const shares = (size: number): number[] => {
    for (const [i, peer] of peers.entries()) peer.sendall(Buffer.alloc(size, i));
    const got = peers.map(() => 0);
    const found: number[] = [];
    while (got.some((length) => length < size)) {
      let bytes = 0;
      for (const event of batch.receive(60)) {
        expect(event.bytes.every((byte) => byte === event.key.data)).toBe(true);
        got[event.key.data] = (got[event.key.data] as number) + event.length;
        bytes += event.length;
      }
      found.push(bytes);
    }
    expect(got).toEqual(peers.map(() => size));
    return found;
  };

  shares(16_384);
  const large = shares(16_384);
  expect(Math.max(...large)).toBeLessThanOrEqual(80 * 1024);
  // It grows by and by.
  let small = shares(64);
  for (let round = 0; round < 20; round++) small = shares(64);
  expect(small).toEqual([SOCKETS * 64]);
});
