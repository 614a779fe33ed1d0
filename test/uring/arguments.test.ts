/** What a ring refuses, and how. */

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Ring } from '../../src/uring/index.js';
import { open, pair, take, uring } from './rings.js';

const text = (value: unknown) => value as never;

describe.skipIf(!uring.available)('a ring', () => {
  it.each<[string, (ring: Ring) => unknown, string, string | RegExp]>([
    ['a descriptor', (ring) => ring.recv(-1), 'ERR_INVALID_FD', /The "fd" argument/],
    ['a descriptor', (ring) => ring.recv(text('x')), 'ERR_INVALID_ARG_TYPE', /The "fd" argument/],
    [
      'bytes',
      (ring) => ring.send(1, text('x')),
      'ERR_INVALID_ARG_TYPE',
      /The "bytes" argument must be an instance of Buffer/,
    ],
    ['bytes', (ring) => ring.write(1, text([1]), 0), 'ERR_INVALID_ARG_TYPE', /The "bytes" argument/],
    ['buffers', (ring) => ring.sendmsg(1, text(5), {}), 'ERR_INVALID_ARG_TYPE', /The "buffers" argument/],
    [
      'an option',
      (ring) => ring.sendmsg(1, [], text({ adress: 1 })),
      'ERR_INVALID_ARG_TYPE',
      /has no option 'adress'/,
    ],
    [
      'a position',
      (ring) => ring.read(1, 10, -1),
      'ERR_OUT_OF_RANGE',
      'The "position" argument must be an integer from 0 to 9007199254740991. Received -1',
    ],
    ['a count', (ring) => ring.read(1, 1.5, 0), 'ERR_OUT_OF_RANGE', /The "nbytes" argument/],
    ['a path', (ring) => ring.openat(null, 'a\0b', 0, 0), 'ERR_INVALID_PATH', /null bytes/],
    [
      'a path',
      (ring) => ring.openat(null, text(5), 0, 0),
      'ERR_INVALID_ARG_TYPE',
      /The "path" argument must be of type string/,
    ],
    [
      'a path',
      (ring) => ring.openat(null, 'x'.repeat(4096), 0, 0),
      'ERR_PATH_TOO_LONG',
      /at most 4095 bytes/,
    ],
    ['a mode', (ring) => ring.openat(null, 'x', 0, 0o10000), 'ERR_OUT_OF_RANGE', /The "mode" argument/],
    ['events', (ring) => ring.poll(1, -1), 'ERR_OUT_OF_RANGE', /The "events" argument/],
    [
      'a time',
      (ring) => ring.timeout(-1),
      'ERR_INVALID_TIMEOUT',
      'The "seconds" argument must be a non-negative, finite number. Received -1',
    ],
    ['a time', (ring) => ring.timeout(text('1')), 'ERR_INVALID_ARG_TYPE', /The "seconds" argument/],
    ['a timeout', (ring) => ring.completions(Number.NaN), 'ERR_INVALID_TIMEOUT', /The "timeout" argument/],
    ['an operation', (ring) => ring.cancel(text({})), 'ERR_INVALID_ARG_TYPE', /The "operation" argument/],
    ['too much', (ring) => ring.send(1, Buffer.alloc(2_000_000)), 'ENOBUFS', /ENOBUFS/],
    ['too much', (ring) => ring.read(1, 2_000_000, 0), 'ENOBUFS', /ENOBUFS/],
  ])('refuses %s (%#)', (_what, act, code, message) => {
    const ring = open({ memory: 1_000_000 });
    expect(() => act(ring)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
    // Nothing is begun, and the ring goes on.
    ring.timeout(0);
    expect(take(ring, 1).length).toBe(1);
    expect(ring.completions(0)).toEqual([]);
  });

  it.each([
    [{ entries: 0 }, 'ERR_OUT_OF_RANGE', 'options.entries'],
    [{ entries: 64, completions: 63 }, 'ERR_OUT_OF_RANGE', 'options.completions'],
    [{ buffers: 1 }, 'ERR_OUT_OF_RANGE', 'options.buffers'],
    [{ bufferSize: 0 }, 'ERR_OUT_OF_RANGE', 'options.bufferSize'],
    // 4 GiB of buffers.
    [{ bufferSize: 2 ** 22 }, 'ERR_OUT_OF_RANGE', 'options.bufferSize'],
    [{ buffers: 600, bufferSize: 2 ** 22 }, 'ERR_OUT_OF_RANGE', 'options.bufferSize'],
    [{ memory: -1 }, 'ERR_OUT_OF_RANGE', 'options.memory'],
    [{ size: 5 }, 'ERR_INVALID_ARG_TYPE', 'options'],
    [null, 'ERR_INVALID_ARG_TYPE', 'options'],
  ])('refuses the options %o', (options, code, name) => {
    expect(() => new Ring(text(options))).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(`"${name}"`) }),
    );
  });

  it('refuses everything once it is closed, and prints itself all the same', () => {
    const ring = open();
    expect(String(ring)).toMatch(/^<Ring fd=\d+>$/);
    ring.close();
    const [ours] = pair();
    for (const act of [
      () => ring.recv(ours),
      () => ring.send(ours, Buffer.from('x')),
      () => ring.closeFd(ours),
      () => ring.timeout(0),
      () => ring.completions(0),
      () => ring.submit(),
      () => ring.fileno(),
      () => ring.unsent(ours),
    ]) {
      expect(act).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
    }
    expect(ours.fileno()).toBeGreaterThanOrEqual(0);
    expect(inspect(ring)).toBe('<Ring [closed]>');
    expect(String(Ring.prototype)).toBe('<Ring>');
  });

  it('does not cancel the operation of another', () => {
    const [ring, other] = [open(), open()];
    const mine = ring.timeout(1000);
    const theirs = other.timeout(1000);
    expect(ring.cancel(theirs)).toBe(false);
    expect(ring.cancel(mine)).toBe(true);
    expect(take(ring, 1)[0]?.operation).toBe(mine);
  });
});
