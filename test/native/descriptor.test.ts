/** The raw contract of the calls that any descriptor takes. */
import { readFileSync } from 'node:fs';
import { constants as os } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { constant, native } from '../../src/native.js';

type Loose = (...args: unknown[]) => unknown;
const raw = native as unknown as Record<string, Loose>;
const { EAGAIN, EBADF, EINVAL } = os.errno;
const O_NONBLOCK = constant('O_NONBLOCK');

function pipe(flags = O_NONBLOCK): [number, number] {
  const fds = new Int32Array(2);
  expect(native.pipe2(fds, flags)).toBe(0);
  onTestFinished(() => {
    for (const fd of fds) native.close(fd);
  });
  return [fds[0] as number, fds[1] as number];
}

const flagsOf = (fd: number): number =>
  Number.parseInt(/flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '', 8);

describe('descriptors', () => {
  it('write and read as many bytes as asked, at most what the buffer holds', () => {
    const [reader, writer] = pipe();
    expect(native.write(writer, Uint8Array.of(1, 2, 3, 4), 3)).toBe(3);
    const buffer = new Uint8Array(8);
    expect(native.read(reader, buffer, 2)).toBe(2);
    expect(native.read(reader, buffer.subarray(4), 4)).toBe(1);
    expect([...buffer]).toEqual([1, 2, 0, 0, 3, 0, 0, 0]);
    expect(native.read(reader, buffer, 8)).toBe(-EAGAIN);
    expect(native.write(writer, buffer, 0)).toBe(0);
  });

  it.each(['read', 'write'])('%s refuses a length beyond the buffer, and what is no buffer', (name) => {
    const [reader, writer] = pipe();
    const fd = name === 'read' ? reader : writer;
    for (const length of [9, -1, 0.5, Number.NaN, Infinity, '1', undefined, null]) {
      expect(raw[name]?.(fd, new Uint8Array(8), length)).toBe(-EINVAL);
    }
    for (const buffer of [
      undefined,
      null,
      'text',
      [1],
      new ArrayBuffer(8),
      new Int32Array(8),
      new DataView(new ArrayBuffer(8)),
    ]) {
      expect(raw[name]?.(fd, buffer, 1)).toBe(-EINVAL);
    }
    expect(raw[name]?.()).toBe(-EINVAL);
    expect(raw[name]?.(999, new Uint8Array(8), 1)).toBe(-EBADF);
  });

  it('a detached buffer is empty, not freed memory', () => {
    const [, writer] = pipe();
    const buffer = new Uint8Array(8);
    structuredClone(buffer, { transfer: [buffer.buffer] });
    expect(native.write(writer, buffer, 8)).toBe(-EINVAL);
    expect(native.write(writer, buffer, 0)).toBe(0);
  });

  it.each([
    Number.NaN,
    Infinity,
    0.5,
    -0.5,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    '0',
    null,
    undefined,
    {},
    [],
    0n,
    true,
  ])('no call takes %s for a descriptor', (fd) => {
    for (const name of ['close', 'dup', 'getNonblock']) expect(raw[name]?.(fd)).toBe(-EINVAL);
    expect(raw['dup2']?.(fd, 900)).toBe(-EINVAL);
    expect(raw['dup2']?.(0, fd)).toBe(-EINVAL);
    expect(raw['setNonblock']?.(fd, 1)).toBe(-EINVAL);
  });

  it('negative and unopened descriptors are -EBADF', () => {
    for (const fd of [-1, -(2 ** 31), 999]) {
      for (const name of ['close', 'dup', 'getNonblock']) expect(raw[name]?.(fd)).toBe(-EBADF);
      expect(native.setNonblock(fd, 1)).toBe(-EBADF);
      expect(native.dup2(fd, 900)).toBe(-EBADF);
    }
    expect(native.dup2(0, -1)).toBe(-EBADF);
  });

  it('are born close-on-exec', () => {
    const [reader] = pipe(0);
    const copies = [native.dup(reader), native.dup2(reader, 900)];
    const cloexec = constant('O_CLOEXEC');
    expect(copies.map((fd) => flagsOf(fd) & cloexec)).toEqual([cloexec, cloexec]);
    expect(native.dup2(900, 900)).toBe(900);
    for (const fd of copies) expect(native.close(fd)).toBe(0);
  });

  it('O_NONBLOCK can be asked and set, other flags staying', () => {
    const [reader] = pipe(0);
    expect(native.getNonblock(reader)).toBe(0);
    expect(native.setNonblock(reader, 1)).toBe(0);
    expect(native.getNonblock(reader)).toBe(1);
    expect(native.setNonblock(reader, 1)).toBe(0);
    expect(native.setNonblock(reader, 0)).toBe(0);
    expect(native.getNonblock(reader)).toBe(0);
  });

  it.each([
    [new Int32Array(1), 0],
    [new Uint8Array(8), 0],
    [null, 0],
    [new Int32Array(2), 'x'],
    [new Int32Array(2), 1],
  ])('pipe2(%s, %s) is -EINVAL', (fds, flags) => {
    expect(raw['pipe2']?.(fds, flags)).toBe(-EINVAL);
  });
});
