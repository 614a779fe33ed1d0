import { close, pipe, readv, tryReadv, tryWritev, writev } from 'fd-selectors/fds';
import { describe, expect, it } from 'vitest';
import { closing } from '../support/descriptors.js';
import { thrown } from '../support/thrown.js';

function ends(): ReturnType<typeof pipe> {
  const [reader, writer] = pipe();
  return [closing(reader), closing(writer)];
}

describe('readv and writev', () => {
  it('move several buffers in one call', () => {
    const [reader, writer] = ends();
    expect(writev(writer, [Buffer.from('abc'), Buffer.alloc(0), Buffer.from('defg')])).toBe(7);
    const [one, two, three] = [Buffer.alloc(2), Buffer.alloc(4), Buffer.alloc(10)];
    expect(readv(reader, [one, two, three])).toBe(7);
    expect([one.toString(), two.toString(), three.toString('utf8', 0, 1)]).toEqual(['ab', 'cdef', 'g']);
    expect(writev(writer.fileno(), new Set([Buffer.from('x')]))).toBe(1);
  });

  it('give null where they would wait, in the twins that do not throw', () => {
    const [reader, writer] = ends();
    expect(tryReadv(reader, [Buffer.alloc(1)])).toBeNull();
    expect(thrown(() => readv(reader, [Buffer.alloc(1)]))).toBe('BlockingIOError EAGAIN');
    while (tryWritev(writer, [Buffer.alloc(4096), Buffer.alloc(4096)]) !== null);
    expect(thrown(() => writev(writer, [Buffer.alloc(8192)]))).toBe('BlockingIOError EAGAIN');
  });

  it('reach the end of the file, and no reader', () => {
    const [reader, writer] = ends();
    writer.close();
    expect(readv(reader, [Buffer.alloc(1)])).toBe(0);
    const [other, orphan] = ends();
    other.close();
    expect(thrown(() => writev(orphan, [Buffer.from('x')]))).toBe('BrokenPipeError EPIPE');
  });

  it('refuse what are not buffers', () => {
    const [reader] = ends();
    for (const wrong of [Buffer.alloc(1), 'x', null, 5, ['x'], [null], [undefined]]) {
      expect(thrown(() => readv(reader, wrong as never))).toBe('TypeError ERR_INVALID_ARG_TYPE');
      expect(thrown(() => writev(reader, wrong as never))).toBe('TypeError ERR_INVALID_ARG_TYPE');
    }
    expect(thrown(() => readv(reader, Array(1025).fill(Buffer.alloc(1))))).toBe('OSError EINVAL');
    expect(thrown(() => readv(-1, []))).toBe('ValueError ERR_INVALID_FD');
    expect(thrown(() => close(987_654))).toBe('OSError EBADF');
  });
});
