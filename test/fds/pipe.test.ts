import { getblocking, pipe } from 'fd-selectors/fds';
import { PIPE_BUF, select } from 'fd-selectors/select';
import { describe, expect, it } from 'vitest';
import { NO, readable, YES } from '../support/readable.js';

const error = (name: string, code: string) => expect.objectContaining({ name, code });

describe('pipe', () => {
  it('is readable with data, and at the end', () => {
    const [reader, writer] = pipe();
    expect(readable(reader, 0)).toEqual(NO);
    writer.write(Buffer.from('ping'));
    expect(readable(reader)).toEqual(YES);
    expect(reader.read(2).toString()).toBe('pi');
    expect(reader.read(100).toString()).toBe('ng');
    expect(reader.tryRead(1)).toBe(null);
    expect(() => reader.read(1)).toThrow(error('BlockingIOError', 'EAGAIN'));
    writer.close();
    // Hung up without data: select says readable, and the read says that it is the end.
    expect(select([reader], [], [], 0)[0]).toEqual([reader]);
    expect(reader.read(1).length).toBe(0);
    expect(reader.tryRead(1)?.length).toBe(0);
    reader.close();
  });

  it('is writable until it is full', () => {
    const [reader, writer] = pipe();
    const chunk = Buffer.alloc(PIPE_BUF);
    while (select([], [writer], [], 0)[1].length === 1) expect(writer.write(chunk)).toBe(PIPE_BUF);
    expect(writer.tryWrite(chunk)).toBe(null);
    expect(() => writer.write(chunk)).toThrow(error('BlockingIOError', 'EAGAIN'));
    reader.close();
    expect(() => writer.write(chunk)).toThrow(error('BrokenPipeError', 'EPIPE'));
    writer.close();
  });

  it('reads into a buffer of the caller', () => {
    const [reader, writer] = pipe();
    writer.write(Buffer.from('abcdef'), 5);
    const buffer = Buffer.alloc(4);
    expect(reader.readInto(buffer, 2)).toBe(2);
    expect(reader.tryReadInto(buffer)).toBe(3);
    expect(buffer.toString()).toBe('cde\0');
    expect(reader.tryReadInto(buffer)).toBe(null);
    expect(() => reader.readInto(buffer)).toThrow(error('BlockingIOError', 'EAGAIN'));
    reader.close();
    writer.close();
  });

  it('blocks when asked to', () => {
    const [reader, writer] = pipe({ nonblocking: false });
    expect([getblocking(reader), getblocking(writer)]).toEqual([true, true]);
    reader.close();
    writer.close();
  });

  it('rejects invalid sizes', () => {
    const [reader, writer] = pipe();
    for (const size of [-1, 0.5, Number.NaN, Infinity]) {
      expect(() => reader.read(size)).toThrow(error('ValueError', 'ERR_OUT_OF_RANGE'));
      expect(() => reader.tryRead(size)).toThrow(error('ValueError', 'ERR_OUT_OF_RANGE'));
    }
    for (const size of ['4', undefined] as unknown as number[]) {
      expect(() => reader.read(size)).toThrow(error('TypeError', 'ERR_INVALID_ARG_TYPE'));
      expect(() => reader.tryRead(size)).toThrow(error('TypeError', 'ERR_INVALID_ARG_TYPE'));
    }
    reader.close();
    writer.close();
  });
});
