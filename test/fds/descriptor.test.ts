import { openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { close, dup, getblocking, pipe, read, setblocking, tryRead, tryWrite, write } from 'fd-selectors/fds';
import { describe, expect, it } from 'vitest';

const error = (name: string, code: string) => expect.objectContaining({ name, code });

describe('read and write', () => {
  it('take what is there, at most the length', () => {
    const [reader, writer] = pipe();
    expect(write(writer, Buffer.from('hello world'))).toBe(11);
    expect(write(writer, Buffer.from('again'), 2)).toBe(2);
    const buffer = Buffer.alloc(8);
    expect(read(reader, buffer, 5)).toBe(5);
    expect(buffer.toString()).toBe('hello\0\0\0');
    expect(read(reader, buffer)).toBe(8);
    expect(buffer.toString()).toBe(' worldag');
    expect(read(reader, buffer, 0)).toBe(0);
    writer.close();
    expect(read(reader, buffer)).toBe(0);
    reader.close();
  });

  it('respect the part of memory that a view shows', () => {
    const [reader, writer] = pipe();
    const memory = new Uint8Array(6);
    write(writer, Uint8Array.of(9, 1, 2, 9).subarray(1, 3));
    expect(read(reader, memory.subarray(2, 5))).toBe(2);
    expect([...memory]).toEqual([0, 0, 1, 2, 0, 0]);
    reader.close();
    writer.close();
  });

  it.each([
    ['write and read', write, read],
    ['tryWrite and tryRead', tryWrite, tryRead],
  ])('%s take any view of bytes', (_, send, receive) => {
    const [reader, writer] = pipe();
    const memory = Uint8Array.from({ length: 16 }, (_byte, i) => i);
    const views = [new Uint16Array(memory.buffer, 2, 3), new DataView(memory.buffer, 8, 4)];
    for (const view of views) expect(send(writer, view)).toBe(view.byteLength);
    const floats = new Float64Array(2);
    expect(receive(reader, floats, 6)).toBe(6);
    expect(receive(reader, new DataView(floats.buffer, 6))).toBe(4);
    expect([...new Uint8Array(floats.buffer, 0, 10)]).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(send(writer, new Uint32Array(memory.buffer), 1)).toBe(1);
    expect(receive(reader, new Int8Array(4))).toBe(1);
    reader.close();
    writer.close();
  });

  it('throw EAGAIN, and their twins return null', () => {
    const [reader, writer] = pipe();
    const buffer = Buffer.alloc(1 << 16);
    expect(() => read(reader, buffer)).toThrow(error('BlockingIOError', 'EAGAIN'));
    expect(tryRead(reader, buffer)).toBe(null);
    while (tryWrite(writer, buffer) !== null);
    expect(() => write(writer, buffer)).toThrow(error('BlockingIOError', 'EAGAIN'));
    expect(tryRead(reader, buffer)).toBe(buffer.length);
    writer.close();
    while (tryRead(reader, buffer) !== 0);
    reader.close();
  });

  it.each([
    ['read', read],
    ['tryRead', tryRead],
    ['write', write],
    ['tryWrite', tryWrite],
  ])('%s refuses what it cannot take', (_, call) => {
    const buffer = Buffer.alloc(4);
    const fd = openSync('/dev/null', 'r+');
    for (const nbytes of [-1, 5, 1.5, Number.NaN, Infinity]) {
      expect(() => call(fd, buffer, nbytes)).toThrow(error('ValueError', 'ERR_OUT_OF_RANGE'));
    }
    expect(() => call(fd, new Uint16Array(2), 5)).toThrow(
      'The "nbytes" argument must be an integer from 0 to 4. Received 5',
    );
    expect(() => call(fd, buffer, '1' as never)).toThrow(error('TypeError', 'ERR_INVALID_ARG_TYPE'));
    for (const wrong of ['text', null, undefined, new ArrayBuffer(4), [1]]) {
      expect(() => call(fd, wrong as never)).toThrow(error('TypeError', 'ERR_INVALID_ARG_TYPE'));
    }
    close(fd);
    expect(() => call(fd, buffer)).toThrow(error('OSError', 'EBADF'));
    expect(() => call(-1, buffer)).toThrow(error('ValueError', 'ERR_INVALID_FD'));
    expect(() => call('0' as never, buffer)).toThrow(error('TypeError', 'ERR_INVALID_ARG_TYPE'));
  });

  it('report a reader that is gone as EPIPE, and the process lives', () => {
    const [reader, writer] = pipe();
    reader.close();
    expect(() => write(writer, Buffer.from('x'))).toThrow(error('BrokenPipeError', 'EPIPE'));
    expect(() => tryWrite(writer, Buffer.from('x'))).toThrow(error('BrokenPipeError', 'EPIPE'));
    writer.close();
  });

  it('take the FileHandle of Node', async () => {
    await using file = await open('/dev/zero', 'r');
    const buffer = Buffer.from('xx');
    expect(read(file, buffer)).toBe(2);
    expect([...buffer]).toEqual([0, 0]);
  });
});

describe('setblocking, getblocking, dup and close', () => {
  it('setblocking switches both ways, for duplicates too', () => {
    const [reader, writer] = pipe({ nonblocking: false });
    expect(getblocking(reader)).toBe(true);
    const copy = dup(reader);
    setblocking(reader, false);
    expect(getblocking(copy)).toBe(false);
    expect(tryRead(copy, Buffer.alloc(1))).toBe(null);
    setblocking(copy, true);
    expect(getblocking(reader)).toBe(true);
    close(copy);
    reader.close();
    writer.close();
  });

  it('fail on a closed descriptor', () => {
    const [reader, writer] = pipe();
    const fd = dup(reader);
    close(fd);
    for (const call of [close, dup, getblocking, (n: number) => setblocking(n, true)]) {
      expect(() => call(fd)).toThrow(error('OSError', 'EBADF'));
      expect(() => call(Number.NaN)).toThrow(error('ValueError', 'ERR_INVALID_FD'));
    }
    reader.close();
    writer.close();
  });
});
