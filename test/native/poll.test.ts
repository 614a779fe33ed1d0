/** The raw contract of poll(2). */
import { describe, expect, it } from 'vitest';
import { native } from '../../src/native.js';
import { EINVAL, int, intBut, itTakes, openPipe, structs, timeout } from '../support/raw.js';

const [POLLIN, POLLOUT, POLLNVAL] = [1, 4, 32];

itTakes({
  poll: [0, structs(new ArrayBuffer(8)), intBut(0, -1, 2), timeout],
  pollOne: [0, int(-1), intBut(POLLIN, 2 ** 15, -(2 ** 15) - 1), timeout],
});

describe('poll', () => {
  it('fills revents', () => {
    const [reader, writer] = openPipe();
    const fds = Int32Array.of(reader, POLLIN, writer, POLLOUT, 999, POLLIN);
    expect(native.poll(fds.buffer, 3, 0)).toBe(2);
    const words = [...new Int16Array(fds.buffer)];
    expect(words.filter((_, i) => i % 4 === 3)).toEqual([0, POLLOUT, POLLNVAL]);
  });

  it('takes as many entries as the array holds, whole ones only', () => {
    expect(native.poll(new Int32Array(6).fill(-1).buffer, 3, 0)).toBe(0);
    expect(native.poll(new ArrayBuffer(23), 3, 0)).toBe(-EINVAL);
  });

  it('answers -EINVAL to more descriptors than the process may have', () => {
    expect(native.poll(new ArrayBuffer(8_400_000), 1_050_000, 0)).toBe(-EINVAL);
  });
});

describe('pollOne', () => {
  it('returns the revents of one descriptor, 0 after the timeout', () => {
    const [reader, writer] = openPipe();
    expect(native.pollOne(reader, POLLIN, 0)).toBe(0);
    expect(native.pollOne(writer, POLLIN | POLLOUT, -1)).toBe(POLLOUT);
    native.write(writer, Uint8Array.of(1));
    expect(native.pollOne(reader, POLLIN | POLLOUT, -1)).toBe(POLLIN);
    expect(native.pollOne(999, POLLIN, -1)).toBe(POLLNVAL);
  });

  it('waits at least for its timeout, also on a negative descriptor, which is never ready', () => {
    const start = process.hrtime.bigint();
    expect(native.pollOne(-1, POLLIN, 0.000_3)).toBe(0);
    expect(process.hrtime.bigint() - start).toBeGreaterThanOrEqual(300_000n);
  });
});
