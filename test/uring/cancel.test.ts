/** How many bytes a cancelled send says that it has sent. */
import { describe, expect, it } from 'vitest';
import { FIONREAD, ioctl, O_NONBLOCK, pipe2 } from '../../src/fds/index.js';
import { MSG_DONTWAIT } from '../../src/socket/index.js';
import { KERNELS, open, pair, take, uring } from './rings.js';

const BYTES = Buffer.alloc(4 << 20);

describe.skipIf(!uring.available).each(KERNELS)('with a kernel %s', (_name, deferred) => {
  it('a sendmsg that is cancelled while it waits for room completes with what it has sent', () => {
    const ring = open({}, deferred);
    const [ours, peer] = pair();
    const operation = ring.sendmsg(ours, [BYTES], { flags: MSG_DONTWAIT });
    expect(ring.completions(0.01)).toEqual([]);
    ring.cancel(operation);
    const sent = take(ring, 1)[0]?.result ?? -1;
    let got = 0;
    for (let data = peer.tryRecv(1 << 20); data !== null; data = peer.tryRecv(1 << 20)) got += data.length;
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBe(got);
  });

  it('so does a write to a pipe that does not block', () => {
    const ring = open({}, deferred);
    const [reader, writer] = pipe2(O_NONBLOCK);
    const operation = ring.write(writer, BYTES, null);
    expect(ring.completions(0.01)).toEqual([]);
    ring.cancel(operation);
    const sent = take(ring, 1)[0]?.result ?? -1;
    expect(sent).toBeGreaterThan(0);
    const readable = new Int32Array(1);
    ioctl(reader, FIONREAD, readable);
    expect(sent).toBe(readable[0]);
    for (const fd of [reader, writer]) ring.closeFd(fd);
    take(ring, 2);
  });
});
