/** The raw contract of the calls that any descriptor takes. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { constant, native } from '../../src/native.js';
import { bytes, EBADF, EINVAL, int, intBut, ints, itTakes, openPipe, optional, raw } from '../support/raw.js';

const O_NONBLOCK = constant('O_NONBLOCK');

const flagsOf = (fd: number): number =>
  Number.parseInt(/flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '', 8);

/** Node has it, the library of TypeScript that we compile with does not. */
const resizable = (size: number): ArrayBuffer =>
  new (ArrayBuffer as new (size: number, options: { maxByteLength: number }) => ArrayBuffer)(size, {
    maxByteLength: 2 * size,
  });

describe('descriptors', () => {
  itTakes({
    read: [-EBADF, int(999), bytes(new Uint8Array(8)), optional(intBut(1, 9, -1))],
    write: [-EBADF, int(999), bytes(new Uint8Array(8)), optional(intBut(1, 9, -1))],
    close: [-EBADF, int(999)],
    dup: ['fd', int(0)],
    dup2: [-EBADF, int(999), int(900)],
    pipe2: ['fds', ints(2), intBut(0, 1)],
    getNonblock: [-EBADF, int(999)],
    setNonblock: [-EBADF, int(999), int(1)],
  });

  it.each(['read', 'write'])('%s takes all of the buffer where the length is left out', (name) => {
    const [reader, writer] = openPipe(O_NONBLOCK);
    native.write(writer, new Uint8Array(8));
    expect(raw[name]?.(name === 'read' ? reader : writer, new Uint8Array(5))).toBe(5);
  });

  it('write and read as many bytes as asked, at most what the buffer holds', () => {
    const [reader, writer] = openPipe(O_NONBLOCK);
    expect(native.write(writer, Uint8Array.of(1, 2, 3, 4), 3)).toBe(3);
    const buffer = new Uint8Array(8);
    expect(native.read(reader, buffer, 2)).toBe(2);
    expect(native.read(reader, buffer.subarray(4), 4)).toBe(1);
    expect([...buffer]).toEqual([1, 2, 0, 0, 3, 0, 0, 0]);
    expect(native.read(reader, buffer, 8)).toBe(-errnoOf('EAGAIN'));
    expect(native.write(writer, buffer, 0)).toBe(0);
  });

  it.each([
    ['a DataView', new DataView(new ArrayBuffer(16), 4, 8)],
    ['an Int8Array', new Int8Array(new ArrayBuffer(16), 4, 8)],
    ['a Uint8ClampedArray', new Uint8ClampedArray(new ArrayBuffer(16), 4, 8)],
    ['a Uint16Array', new Uint16Array(new ArrayBuffer(16), 4, 4)],
    ['an Int32Array', new Int32Array(new ArrayBuffer(16), 4, 2)],
    ['a Float64Array', new Float64Array(new ArrayBuffer(24), 8, 1)],
    ['a BigUint64Array', new BigUint64Array(new ArrayBuffer(24), 8, 1)],
    ['a view of shared memory', new Uint16Array(new SharedArrayBuffer(16), 4, 4)],
    ['a view that tracks a length', new Uint8Array(resizable(12), 4)],
  ])('take %s: its bytes, those around it untouched', (_, view) => {
    const [reader, writer] = openPipe(O_NONBLOCK);
    const all = new Uint8Array(view.buffer);
    const sent = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    native.write(writer, sent);
    expect(native.read(reader, view, 9)).toBe(-EINVAL);
    expect(native.read(reader, view)).toBe(8);
    const before = Array(view.byteOffset).fill(0);
    const after = Array(all.length - view.byteOffset - 8).fill(0);
    expect([...all]).toEqual([...before, 1, 2, 3, 4, 5, 6, 7, 8, ...after]);
    native.read(reader, sent, 1);
    expect(native.write(writer, view)).toBe(8);
    expect(native.write(writer, view, 3)).toBe(3);
    expect(native.read(reader, sent.fill(0))).toBe(9);
    expect([...sent]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1]);
  });

  it('a detached buffer is empty, not freed memory', () => {
    const [, writer] = openPipe(O_NONBLOCK);
    const buffer = new Uint8Array(8);
    structuredClone(buffer, { transfer: [buffer.buffer] });
    expect(native.write(writer, buffer, 8)).toBe(-EINVAL);
    expect(native.write(writer, buffer, 0)).toBe(0);
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
    const [reader] = openPipe();
    const copies = [native.dup(reader), native.dup2(reader, 900)];
    const cloexec = constant('O_CLOEXEC');
    expect(copies.map((fd) => flagsOf(fd) & cloexec)).toEqual([cloexec, cloexec]);
    expect(native.dup2(900, 900)).toBe(900);
    for (const fd of copies) expect(native.close(fd)).toBe(0);
  });

  it('O_NONBLOCK can be asked and set, other flags staying', () => {
    const [reader] = openPipe();
    expect(native.getNonblock(reader)).toBe(0);
    expect(native.setNonblock(reader, 1)).toBe(0);
    expect(native.getNonblock(reader)).toBe(1);
    expect(native.setNonblock(reader, 1)).toBe(0);
    expect(native.setNonblock(reader, 0)).toBe(0);
    expect(native.getNonblock(reader)).toBe(0);
  });
});
