/** Files on sockets: what test/parity/makefile.test.ts does not compare with CPython. */
import { type BufferedReader, Socket, SocketIO, socketpair } from 'fd-selectors/socket';
import { describe, expect, it, vi } from 'vitest';
import { pair } from '../support/descriptors.js';
import { openFds } from '../support/openfds.js';
import { thrown } from '../support/thrown.js';

describe('the count of files', () => {
  it('keeps the descriptor open until the last of them is closed', () => {
    const [a, b] = pair();
    const fd = a.fileno();
    const [first, second] = [a.makefile('rb'), a.makefile('rb')];
    a.close();
    expect([a.closed, a.fileno()]).toEqual([true, fd]);
    first.close();
    b.sendall(Buffer.from('x'));
    expect(a.recv(1).toString()).toBe('x');
    b.sendall(Buffer.from('y'));
    expect(second.read(1)?.toString()).toBe('y');
    second.close();
    expect(a.fileno()).toBe(-1);
    expect(thrown(() => a.recv(1))).toBe('OSError EBADF');
  });

  it('counts a file once, however often it is closed', () => {
    const [a] = pair();
    const [first, second] = [a.makefile('rb'), a.makefile('wb')];
    first.close();
    first.close();
    a.close();
    expect(a.fileno()).not.toBe(-1);
    second.close();
    expect(a.fileno()).toBe(-1);
  });

  it('does not count a file that was refused', () => {
    const [a] = pair();
    expect(thrown(() => a.makefile('x' as 'r'))).toBe('ValueError ERR_INVALID_MODE');
    expect(thrown(() => a.makefile('r', { encoding: 'no' }))).toBe('ValueError ERR_UNKNOWN_ENCODING');
    a.close();
    expect(a.fileno()).toBe(-1);
  });

  it('leaves a detached descriptor alone', () => {
    const [a, b] = pair();
    const file = a.makefile('rb');
    const same = Socket.fromFd(a.detach());
    file.close();
    same.sendall(Buffer.from('x'));
    expect(b.recv(1).toString()).toBe('x');
    same.close();
  });

  it('closes with the variable', () => {
    const before = openFds();
    {
      const [a, b] = socketpair();
      using reader = a.makefile('r');
      using writer = b.makefile('w');
      using _a = a;
      using _b = b;
      writer.write('line\n');
      writer.flush();
      expect(reader.readline()).toBe('line\n');
    }
    expect(openFds()).toBe(before);
  });
});

describe('a file', () => {
  it('is the unbuffered one below', () => {
    const [a] = pair();
    const raw = a.makefile('rwb', { buffering: 0 });
    expect(raw).toBeInstanceOf(SocketIO);
    expect([raw.mode, raw.name, raw.fileno()]).toEqual(['rwb', a.fileno(), a.fileno()]);
    const buffered = a.makefile('rb');
    expect(buffered.raw).toBeInstanceOf(SocketIO);
    expect((a.makefile('r').buffer as BufferedReader).raw).toBeInstanceOf(SocketIO);
  });

  it('moves much data in both directions', () => {
    const [a, b] = pair();
    const text = 'ä line of text\n'.repeat(2000);
    const file = a.makefile('w');
    const reader = b.makefile('r');
    let received = '';
    for (const line of text.match(/.*\n/g) ?? []) {
      file.write(line);
      file.flush();
      received += reader.readline();
    }
    expect(received).toBe(text);
  });

  it('that is full and non-blocking says how much it took', () => {
    const [a, b] = pair();
    a.setblocking(false);
    const file = a.makefile('wb', { buffering: 10 });
    while (a.trySend(Buffer.alloc(65536)) !== null);
    file.write(Buffer.from('12345'));
    const refused = catching(() => file.write(Buffer.from('67890abc')));
    expect(refused).toMatchObject({ name: 'BlockingIOError', code: 'EAGAIN', charactersWritten: 5 });
    expect(catching(() => file.flush())).toMatchObject({ code: 'EAGAIN', charactersWritten: 0 });
    while (b.tryRecv(1 << 20)?.length);
    file.flush();
    expect(b.recv(100).toString()).toBe('1234567890');
  });

  it('is closed even where its last flush fails', () => {
    const [a, b] = pair();
    const file = a.makefile('wb');
    file.write(Buffer.from('x'));
    b.close();
    expect(thrown(() => file.close())).toBe('BrokenPipeError EPIPE');
    expect(file.closed).toBe(true);
    a.close();
    expect(a.fileno()).toBe(-1);
  });

  it.each([
    [{ buffering: 0 }, 'ValueError ERR_INVALID_BUFFERING'],
    [{ buffering: 0.5 }, 'ValueError ERR_OUT_OF_RANGE'],
    [{ buffering: '1' }, 'TypeError ERR_INVALID_ARG_TYPE'],
    [{ newline: 'x' }, 'ValueError ERR_INVALID_NEWLINE'],
    [{ errors: 'ignore' }, 'ValueError ERR_INVALID_ERRORS'],
    [{ buffer_size: 5 }, 'TypeError ERR_INVALID_ARG_TYPE'],
    [0, 'TypeError ERR_INVALID_ARG_TYPE'],
    [null, 'TypeError ERR_INVALID_ARG_TYPE'],
  ])('is refused with the options %j', (options, error) => {
    const [a] = pair();
    expect(thrown(() => a.makefile('r', options as object))).toBe(error);
  });

  it('refuses what is not a size, bytes or text', () => {
    const [a] = pair();
    const file = a.makefile('rwb');
    expect(thrown(() => file.read(-2))).toBe('ValueError ERR_INVALID_LENGTH');
    expect(thrown(() => file.readline(0.5))).toBe('ValueError ERR_INVALID_LENGTH');
    expect(thrown(() => file.write('text' as unknown as Buffer))).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(thrown(() => a.makefile('w').write(Buffer.from('x') as unknown as string))).toBe(
      'TypeError ERR_INVALID_ARG_TYPE',
    );
  });
});

describe('a long line of text', () => {
  it.each([null, '\n', '\r\n'] as const)('is searched once, where newline is %j', (newline) => {
    const [a, b] = pair();
    const file = b.makefile('r', { newline });
    const length = a.trySend(Buffer.alloc(160_000, 'x')) as number;
    a.close();
    const search = vi.spyOn(String.prototype, 'indexOf');
    try {
      expect(file.readline()).toHaveLength(length);
      const searched = search.mock.contexts.reduce<number>((sum, text) => sum + String(text).length, 0);
      expect(searched).toBeLessThan(3 * length);
    } finally {
      search.mockRestore();
    }
  });

  it.each([1, 2, 5])('ends where it ends, in pieces of %d bytes', (size) => {
    const text = 'one\r\ntwo\rthree\n\r\r\n\u00e9\u{1f600}\r\nlast\r';
    const lines = (newline: null | '' | '\r\n') => {
      const [a, b] = pair();
      a.sendall(Buffer.from(text));
      a.close();
      return [...b.makefile('r', { newline, buffering: size })];
    };
    expect(lines(null)).toEqual(['one\n', 'two\n', 'three\n', '\n', '\n', '\u00e9\u{1f600}\n', 'last\n']);
    expect(lines('')).toEqual(['one\r\n', 'two\r', 'three\n', '\r', '\r\n', '\u00e9\u{1f600}\r\n', 'last\r']);
    expect(lines('\r\n')).toEqual(['one\r\n', 'two\rthree\n\r\r\n', '\u00e9\u{1f600}\r\n', 'last\r']);
  });
});

function catching(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
