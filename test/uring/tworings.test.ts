/** Two rings in one program. */
import { describe, expect, it } from 'vitest';
import { KERNELS, open, pair, take, uring } from './rings.js';

const SIZES = { buffers: 4, bufferSize: 64 };

describe.skipIf(!uring.available).each(KERNELS)('with a kernel %s', (_name, deferred) => {
  it("a completion of one ring is copied when another sends it: its block stays the first ring's", () => {
    const first = open(SIZES, deferred);
    const second = open(SIZES, deferred);
    const [ours, peer] = pair();
    const [sending, receiver] = pair();
    for (let i = 0; i < 10; i++) {
      peer.send(Buffer.from(`of the first ${i}`));
      first.recv(ours);
      const [received] = take(first, 1);
      second.send(sending, received!);
      expect(received?.bytes.toString()).toBe(`of the first ${i}`);
      expect(take(second, 1)[0]?.result).toBe(14);
      expect(receiver.recv(100).toString()).toBe(`of the first ${i}`);
      receiver.send(Buffer.from(`of the second ${i}`));
      second.recv(sending);
      expect(take(second, 1)[0]?.bytes.toString()).toBe(`of the second ${i}`);
    }
  });

  it('nor is it used once the first ring is closed', () => {
    const first = open(SIZES, deferred);
    const second = open(SIZES, deferred);
    const [ours, peer] = pair();
    const [sending, receiver] = pair();
    peer.send(Buffer.from('kept'));
    first.recv(ours);
    const [received] = take(first, 1);
    second.send(sending, received!);
    first.close();
    expect(take(second, 1)[0]?.result).toBe(4);
    expect(receiver.recv(100).toString()).toBe('kept');
    expect(() => second.send(sending, received!)).toThrow(
      expect.objectContaining({ code: 'ERR_BUFFER_RELEASED' }),
    );
  });
});
