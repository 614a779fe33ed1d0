import { randomBytes } from 'node:crypto';
import { type IncompleteReadError, Stream, sleep, socketpair, spawn } from 'fd-selectors/coroutines';
import { describe, expect, vi } from 'vitest';
import { both, thrownBy } from './bothways.js';

function pair(): [Stream, Stream] {
  const [a, b] = socketpair();
  return [a.makefile(), b.makefile()];
}

describe('Stream', () => {
  both('reads lines, however they come', function* () {
    const [writer, reader] = pair();
    const reading = spawn(function* () {
      const lines: string[] = [];
      for (let line = yield* reader.readline(); line.length > 0; line = yield* reader.readline()) {
        lines.push(line.toString());
      }
      return lines;
    });
    for (const part of ['one\ntw', 'o\n', '\n', 'rest']) {
      yield* writer.write(part);
      yield* writer.flush();
      yield* sleep();
    }
    writer.close();
    expect(yield* reading.get()).toEqual(['one\n', 'two\n', '\n', 'rest']);
    reader.close();
  });

  both('finds separators that come in two parts', function* () {
    const [writer, reader] = pair();
    const reading = spawn(() => reader.readuntil('\r\n'));
    yield* writer.write('head\r');
    yield* writer.flush();
    yield* sleep();
    yield* writer.write(Buffer.from('\nbody'));
    yield* writer.flush();
    expect(String(yield* reading.get())).toBe('head\r\n');
    writer.close();
    try {
      yield* reader.readuntil('\r\n');
      expect.unreachable();
    } catch (error) {
      expect((error as IncompleteReadError).code).toBe('ERR_INCOMPLETE_READ');
      expect(String((error as IncompleteReadError).partial)).toBe('body');
    }
    expect(yield* thrownBy(reader.readuntil(''))).toBe('ValueError ERR_INVALID_SEPARATOR');
    reader.close();
  });

  both('reads so many bytes, or all', function* () {
    const [writer, reader] = pair();
    const data = randomBytes(300_000);
    const sending = spawn(function* () {
      for (let at = 0; at < data.length; at += 1000) yield* writer.write(data.subarray(at, at + 1000));
      yield* writer.flush();
      writer.close();
    });
    expect((yield* reader.readexactly(100_000)).equals(data.subarray(0, 100_000))).toBe(true);
    expect((yield* reader.read(0)).length).toBe(0);
    expect((yield* reader.read()).equals(data.subarray(100_000))).toBe(true);
    expect((yield* reader.read()).length).toBe(0);
    expect(yield* thrownBy(reader.readexactly(1))).toBe('IncompleteReadError ERR_INCOMPLETE_READ');
    yield* sending.get();
    reader.close();
  });

  both('refuses a line without end, and loses nothing to a kill', function* () {
    const [writer, reader] = pair();
    yield* writer.write('0123456789');
    yield* writer.flush();
    expect(yield* thrownBy(reader.readline({ limit: 5 }))).toBe('ValueError ERR_LIMIT_EXCEEDED');
    const killed = spawn(() => reader.readline());
    yield* sleep();
    yield* killed.kill();
    const also = spawn(() => reader.readexactly(100));
    yield* sleep();
    yield* also.kill();
    yield* writer.write('\n');
    yield* writer.flush();
    expect(String(yield* reader.readline())).toBe('0123456789\n');
    writer.close();
    reader.close();
  });

  both('keeps what is written until flush, and its own copy', function* () {
    const [writer, reader] = pair();
    const buffer = Buffer.from('abc');
    yield* writer.write(buffer);
    buffer.fill('x');
    yield* writer.flush();
    yield* writer.flush();
    expect(String(yield* reader.read(3))).toBe('abc');
    yield* writer.write('lost');
    writer.close();
    expect(String(yield* reader.read())).toBe('');
    reader.close();
    expect(reader.closed).toBe(true);
  });

  both('copies each byte a few times at most, however many there are', function* () {
    const data = randomBytes(1 << 20);
    let sent = 0;
    const reader = new Stream({
      closed: false,
      *recv() {
        sent += 1024;
        return Buffer.from(data.subarray(sent - 1024, sent));
      },
      *sendall() {},
      close() {},
    });
    const [concat, alloc] = [vi.spyOn(Buffer, 'concat'), vi.spyOn(Buffer, 'allocUnsafeSlow')];
    try {
      // A few bytes stay in the buffer all the time.
      const parts = [yield* reader.read(1000), yield* reader.read(5000), yield* reader.read()];
      expect(Buffer.concat(parts).equals(data)).toBe(true);
      const joined = concat.mock.results.map(({ value }) => (value as Buffer).length);
      const moved = [...joined, ...alloc.mock.calls.map(([size]) => size)];
      expect(moved.reduce((sum, length) => sum + length, 0)).toBeLessThan(8 * data.length);
    } finally {
      concat.mockRestore();
      alloc.mockRestore();
    }
  });

  both('what was read is not overwritten by what follows', function* () {
    const [writer, reader] = pair();
    const lines: Buffer[] = [];
    for (const text of ['one\ntwo\nth', 'ree\nfo', 'ur\n']) {
      yield* writer.write(text);
      yield* writer.flush();
      lines.push(yield* reader.readline());
    }
    lines.push(yield* reader.readline());
    expect(lines.map(String)).toEqual(['one\n', 'two\n', 'three\n', 'four\n']);
    writer.close();
    reader.close();
  });

  both('keeps what it did not send because another task was sending', function* () {
    const [writer, reader] = pair();
    const data = randomBytes(4 << 20);
    yield* writer.write('first');
    const sending = spawn(() => writer.sock.sendall(data));
    yield* sleep();
    const inUse = 'ConcurrentObjectUseError ERR_CONCURRENT_USE';
    expect(yield* thrownBy(writer.flush())).toBe(inUse);
    yield* writer.write(' second');
    expect(yield* thrownBy(writer.flush())).toBe(inUse);
    const full = Buffer.alloc(64 << 10);
    expect(yield* thrownBy(writer.write(full))).toBe(inUse);
    expect((yield* reader.readexactly(data.length)).equals(data)).toBe(true);
    yield* sending.get();
    const flushing = spawn(() => writer.flush());
    expect(String(yield* reader.read(12))).toBe('first second');
    expect((yield* reader.readexactly(full.length)).equals(full)).toBe(true);
    yield* flushing.get();
    // Nothing is left, and nothing was sent twice.
    yield* writer.flush();
    writer.close();
    expect((yield* reader.read()).length).toBe(0);
    reader.close();
  });

  both('refuses a second flush while a first one has not sent its data', function* () {
    const [writer, reader] = pair();
    const flushing = spawn(function* () {
      // It has used up its turn: the flush gives way before it sends.
      for (let calls = 0; calls < 64; calls++) yield* writer.sock.sendall(Buffer.from('.'));
      yield* writer.write('first');
      yield* writer.flush();
    });
    yield* sleep();
    yield* writer.write(' second');
    const refused = yield* thrownBy(writer.flush());
    yield* flushing.get();
    expect(refused).toBe('ConcurrentObjectUseError ERR_CONCURRENT_USE');
    yield* writer.flush();
    expect(String(yield* reader.readexactly(76)).slice(64)).toBe('first second');
    writer.close();
    reader.close();
  });
});
