/** Errors in the middle of something: no completion is lost, none comes twice. */
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { errnoOf, osError } from '../../src/errors.js';
import { Engine } from '../../src/uring/engine.js';
import { IORING_OP_NOP } from '../../src/uring/layout.js';
import { Queues } from '../../src/uring/queues.js';
import { KERNELS, open, pair, said, take, uring } from './rings.js';

const SIZES = { entries: 8, completions: 32, buffers: 4, bufferSize: 64, memory: 2 ** 20 };

afterEach(() => {
  vi.restoreAllMocks();
});

function fail(): never {
  throw osError(errnoOf('EAGAIN'), 'io_uring_enter');
}

describe.skipIf(!uring.available).each(KERNELS)('with a kernel %s', (_name, deferred) => {
  it('an error while a batch is completed does not take the batch away', () => {
    const engine = new Engine<string>(SIZES);
    onTestFinished(() => engine.end());
    const nop = (data: string) => engine.begin(engine.make('timeout', -1, data, IORING_OP_NOP));
    nop('first');
    engine.onTaken = () => {
      engine.onTaken = undefined;
      nop('second');
      vi.spyOn(engine.queues, 'submit').mockImplementationOnce(fail);
    };
    expect(engine.batch(60).map(({ data }) => data)).toEqual(['first']);
    expect(engine.batch(60).map(({ data }) => data)).toEqual(['second']);
  });

  it('an error while something is submitted during a wait is not thrown where nobody can catch it', async () => {
    const ring = open({}, deferred);
    const batch = ring.completionsAsync(60);
    vi.spyOn(Queues.prototype, 'submit').mockImplementationOnce(fail);
    ring.timeout(0);
    expect(said(await batch)).toEqual([['timeout', 0, false]]);
  });

  it('a receive that finds no memory leaves nothing behind, and the next is as good as the first', () => {
    const ring = open({}, deferred);
    const [ours, peer] = pair();
    const refuse = () => {
      throw osError(errnoOf('ENOMEM'), 'mmap');
    };
    vi.spyOn(Queues.prototype, 'map').mockImplementationOnce(refuse);
    if (deferred && uring.available && uring.multishot) expect(() => ring.recv(ours)).toThrow('ENOMEM');
    vi.restoreAllMocks();
    peer.send(Buffer.from('hello'));
    ring.recvMultishot(ours);
    expect(take(ring, 1)[0]?.bytes.toString()).toBe('hello');
    ring.closeFd(ours);
    expect(
      said(take(ring, 2))
        .map(([op]) => op)
        .sort(),
    ).toEqual(['close', 'recv']);
  });

  it('a receive waits where the kernel has no memory for a block of its own', () => {
    const ring = open({}, deferred);
    const [ours, peer] = pair();
    vi.spyOn(Queues.prototype, 'tryMap').mockReturnValue(undefined);
    ring.recv(ours);
    expect(() => ring.send(ours, Buffer.from('x'))).toThrow('ENOMEM');
    vi.restoreAllMocks();
    peer.send(Buffer.from('hello'));
    expect(take(ring, 1)[0]?.bytes.toString()).toBe('hello');
  });
});
