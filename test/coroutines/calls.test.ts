/** The calls of a socket are kept and used again: nobody may notice. */
import { run, type Socket, sleep, socketpair, spawn, waitWrite, withTimeout } from 'fd-selectors/coroutines';
import { describe, expect, it } from 'vitest';
import { both, thrownBy } from './bothways.js';

const bytes = (text: string): Buffer => Buffer.from(text);

describe('calls that are used again', () => {
  both('a call that was made and never run takes nothing', function* () {
    const [a, b] = socketpair();
    const forgotten = b.recv(1);
    yield* a.sendall(bytes('xyz'));
    expect(String(yield* b.recv(1))).toBe('x');
    expect(String(yield* forgotten)).toBe('y');
    expect(String(yield* b.recv(1))).toBe('z');
    a.close();
    b.close();
  });

  both('two calls that are made before either runs keep their arguments', function* () {
    const [a, b] = socketpair();
    const [first, second] = [a.sendall(bytes('one ')), a.sendall(bytes('two'))];
    yield* second;
    yield* first;
    const buffers = [Buffer.alloc(4), Buffer.alloc(3)] as const;
    const [into, rest] = [b.recvInto(buffers[0], 3), b.recvInto(buffers[1])];
    expect([yield* into, yield* rest]).toEqual([3, 3]);
    expect(buffers.map(String)).toEqual(['two\0', 'one']);
    a.close();
    b.close();
  });

  both('a call works after one that was killed, one that timed out, and one that failed', function* () {
    const [a, b] = socketpair();
    const killed = spawn(() => b.recv(10));
    yield* sleep();
    yield* killed.kill();
    expect(yield* withTimeout({ seconds: 0.001, timeoutValue: 'late' }, () => b.recv(10))).toBe('late');
    b.settimeout(0.001);
    expect(yield* thrownBy(b.recv(10))).toBe('TimeoutError ETIMEDOUT');
    expect(yield* thrownBy(b.recv(-1))).toBe('ValueError ERR_OUT_OF_RANGE');
    yield* a.sendall(bytes('still here'));
    expect(String(yield* b.recv(10))).toBe('still here');
    a.close();
    b.close();
  });

  both('refuses to send while another task waits for the descriptor by its number', function* () {
    const [a, b] = socketpair();
    const chunk = Buffer.alloc(65536);
    let filled = 0;
    for (let sent: number | null = 0; sent !== null; sent = a.sock.trySend(chunk)) filled += sent;
    const waiter = spawn(() => waitWrite(a));
    yield* sleep();
    // Now there is room, but the task that waits for it has not run yet.
    for (let drained = 0; drained < filled; ) drained += b.sock.recv(chunk.length).length;
    const inUse = 'ConcurrentObjectUseError ERR_CONCURRENT_USE';
    expect(yield* thrownBy(a.sendall(chunk))).toBe(inUse);
    expect(b.sock.tryRecv(1)).toBe(null);
    yield* waiter.get();
    a.close();
    b.close();
  });

  both('sendall() says what it has sent of data that lost its memory meanwhile', function* () {
    for (const data of [Buffer.from(new ArrayBuffer(4 << 20)), new DataView(new ArrayBuffer(4 << 20))]) {
      const [a, b] = socketpair();
      const sender = spawn(() => a.sendall(data));
      yield* sleep();
      structuredClone(data.buffer, { transfer: [data.buffer] });
      let received = (yield* b.recv(1 << 20)).length;
      expect(yield* thrownBy(sender.get())).toBe('ValueError ERR_INVALID_STATE');
      a.close();
      for (let more = 1; more > 0; received += more) more = (yield* b.recv(1 << 20)).length;
      const { message } = sender.exception as Error;
      expect(message).toContain(`while the call waited. ${received} bytes were sent`);
      b.close();
    }
  });

  both('one that two tasks make at once is refused to the second', function* () {
    const [a, b] = socketpair();
    const first = spawn(() => b.recv(10));
    yield* sleep();
    expect(yield* thrownBy(b.recv(10))).toBe('ConcurrentObjectUseError ERR_CONCURRENT_USE');
    expect(yield* thrownBy(b.recvInto(Buffer.alloc(1)))).toBe('ConcurrentObjectUseError ERR_CONCURRENT_USE');
    yield* a.sendall(bytes('for the first'));
    expect(String(yield* first.get())).toBe('for the fi');
    a.close();
    b.close();
  });

  both('one that gave way before it began does not mix its bytes with those of another task', function* () {
    const [a, b] = socketpair();
    const first = spawn(function* () {
      // It gives way now and then, though there is room.
      for (let i = 0; i < 1000; i++) yield* a.sendall(bytes('.'));
      return 'sent';
    });
    const second = spawn(() => a.sendall(Buffer.alloc(4_000_000, 'x')));
    const received: Buffer[] = [];
    const reader = spawn(function* () {
      for (let data = yield* b.recv(1e6); data.length > 0; data = yield* b.recv(1e6)) received.push(data);
    });
    yield* second.get();
    expect(yield* thrownBy(first.get())).toBe('ConcurrentObjectUseError ERR_CONCURRENT_USE');
    a.close();
    yield* reader.get();
    const all = Buffer.concat(received);
    expect(all.indexOf('x')).toBe(all.length - 4_000_000);
    expect(all.lastIndexOf('.')).toBe(all.length - 4_000_001);
    b.close();
  });

  both('sendall goes on where it stopped', function* () {
    const [a, b] = socketpair();
    const data = Buffer.alloc(1_000_000, 'abcdefg');
    const sending = spawn(() => a.sendall(data, 0, 999_999));
    const parts: Buffer[] = [];
    for (let left = 999_999; left > 0; left -= parts.at(-1)?.length ?? 0) parts.push(yield* b.recv(left));
    yield* sending.get();
    expect(Buffer.concat(parts).equals(data.subarray(0, 999_999))).toBe(true);
    a.close();
    b.close();
  });
});

it('an error has the path through the coroutines in its stack', () => {
  let stack = '';
  run(function* () {
    const [a, b] = socketpair();
    const inner = function* readHeader(conn: Socket) {
      return yield* conn.recv(-1);
    };
    try {
      yield* inner(b);
    } catch (error) {
      stack = String((error as Error).stack);
    }
    a.close();
    b.close();
  });
  expect(stack).toContain('readHeader');
});
