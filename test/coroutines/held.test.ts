/** Bytes that were received for a task that was stopped before it could take them are not lost. */
import {
  type Coroutine,
  createConnection,
  createServer,
  run,
  type Socket,
  sleep,
  socketpair,
  spawn,
  type Task,
  waitRead,
} from 'fd-selectors/coroutines';
import { SO_LINGER, SOL_SOCKET } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { thrown } from '../support/thrown.js';
import { both, thrownBy } from './bothways.js';

/**
 * Kills a task in the turn in which the hub has received `text` for it, and before it runs: the killer's own bytes
 * arrived earlier, so epoll reports them first.
 */
function* killInTime(victim: Task, from: Socket, text: string): Coroutine<void> {
  yield* killAt(victim, () => from.sock.send(Buffer.from(text)));
}

/** As `killInTime()`, for anything that makes the victim's socket readable. */
function* killAt(victim: Task, happen: () => void): Coroutine<void> {
  const [signal, killerEnd] = socketpair();
  const killer = spawn(function* () {
    yield* killerEnd.recv(1);
    void victim.kill();
  });
  yield* sleep();
  yield* sleep();
  // Without a switch in between: both are ready at the next wait.
  signal.sock.send(Buffer.from('!'));
  happen();
  yield* killer.join();
  yield* victim.join();
  signal.close();
  killerEnd.close();
  expect(victim.killed).toBe(true);
}

describe('what a killed task did not take', () => {
  both('goes to the next recv(), in parts', function* () {
    const [a, b] = socketpair();
    yield* killInTime(
      spawn(() => b.recv(100)),
      a,
      'hello',
    );
    a.sock.send(Buffer.from(' world'));
    expect(String(yield* b.recv(2))).toBe('he');
    expect(String(yield* b.recv(100))).toBe('llo');
    expect(String(yield* b.recv(100))).toBe(' world');
    a.close();
    b.close();
  });

  both('goes to recvInto() and recvfrom(), and peeking leaves it', function* () {
    const [a, b] = socketpair();
    const MSG_PEEK = 2;
    yield* killInTime(
      spawn(() => b.recvInto(Buffer.alloc(10))),
      a,
      'hello',
    );
    expect(String(yield* b.recv(3, MSG_PEEK))).toBe('hel');
    const buffer = Buffer.alloc(2);
    expect([yield* b.recvInto(buffer), buffer.toString()]).toEqual([2, 'he']);
    expect(String((yield* b.recvfrom(10))[0])).toBe('llo');
    a.close();
    b.close();
  });

  both('makes the socket readable', function* () {
    const [a, b] = socketpair();
    yield* killInTime(
      spawn(() => b.recv(100)),
      a,
      'hello',
    );
    yield* waitRead(b, { timeout: 10 });
    expect(String(yield* b.recv(100))).toBe('hello');
    a.close();
    b.close();
  });

  both('comes before what arrives later, also after somebody has peeked at it', function* () {
    const [a, b] = socketpair();
    const MSG_PEEK = 2;
    yield* killInTime(
      spawn(() => b.recv(100)),
      a,
      'first',
    );
    expect(String(yield* b.recv(100, MSG_PEEK))).toBe('first');
    const reader = spawn(() => b.recv(100));
    yield* sleep();
    yield* a.sendall(Buffer.from('later'));
    expect(String(yield* reader.get())).toBe('first');
    expect(String(yield* b.recv(100))).toBe('later');
    a.close();
    b.close();
  });

  both('comes once, and what follows comes after it', function* () {
    const [a, b] = socketpair();
    yield* killInTime(
      spawn(() => b.recv(100)),
      a,
      'first',
    );
    expect(String(yield* b.recv(100))).toBe('first');
    const reader = spawn(() => b.recv(100));
    yield* sleep();
    yield* a.sendall(Buffer.from('more'));
    expect(String(yield* reader.get())).toBe('more');
    a.close();
    b.close();
  });
});

describe('what a task of one run did not take', () => {
  const kept = (): Socket[] => {
    const [a, b] = socketpair();
    run(() =>
      killInTime(
        spawn(() => b.recv(100)),
        a,
        'hello',
      ),
    );
    return [a, b];
  };

  it('goes to a task of the next run', () => {
    const [a, b] = kept() as [Socket, Socket];
    expect(String(run(() => b.recv(100)))).toBe('hello');
    a.close();
    b.close();
  });

  it('is an error of the next run if the call failed', () => {
    const server = createServer(['127.0.0.1', 0]);
    const [a, b] = run(function* () {
      const client = yield* createConnection(server.getsockname());
      const [conn] = yield* server.accept();
      return [client, conn] as const;
    });
    // Closing the client resets the connection.
    a.setsockopt(SOL_SOCKET, SO_LINGER, Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]));
    run(() =>
      killAt(
        spawn(() => b.recv(100)),
        () => a.close(),
      ),
    );
    expect(run(() => thrownBy(b.recv(100)))).toBe('ConnectionResetError ECONNRESET');
    b.close();
    server.close();
  });
});

describe('what arrives together with Ctrl-C', () => {
  it('goes to the next recv() of the main task that was interrupted', () => {
    const received: string[] = [];
    run(function* () {
      const [a, b] = socketpair();
      spawn(function* () {
        // Reported before the bytes, which came later, by one wait.
        process.kill(process.pid, 'SIGINT');
        a.sock.send(Buffer.from('hello'));
      });
      received.push(yield* thrownBy(b.recv(100)));
      b.settimeout(10);
      received.push(String(yield* b.recv(100)));
      a.close();
      b.close();
    });
    expect(received).toEqual(['KeyboardInterrupt ERR_KEYBOARD_INTERRUPT', 'hello']);
  });
});

describe('what arrives together with a second Ctrl-C', () => {
  it('goes to the next run', () => {
    const [a, b] = socketpair();
    const interrupted = thrown(() =>
      run(function* () {
        spawn(function* () {
          try {
            yield* sleep(1000);
          } finally {
            yield* b.recv(100);
          }
        });
        spawn(function* () {
          try {
            yield* sleep(1000);
          } finally {
            // The reader waits by now. Reported before the bytes, which came later, by one wait.
            yield* sleep();
            process.kill(process.pid, 'SIGINT');
            a.sock.send(Buffer.from('hello'));
            yield* sleep(1000);
          }
        });
        yield* sleep();
      }),
    );
    expect(interrupted).toBe('KeyboardInterrupt ERR_KEYBOARD_INTERRUPT');
    b.settimeout(10);
    expect(String(run(() => b.recv(100)))).toBe('hello');
    a.close();
    b.close();
  });
});

describe('receiving for a task that waits', () => {
  both('refuses bad arguments as ever, after a receive that got all', function* () {
    const [a, b] = socketpair();
    for (const call of [
      () => b.recv(1.5),
      () => b.recv(undefined as never),
      () => b.recvInto(Buffer.alloc(4), 5),
      () => b.recvInto('text' as never),
      () => b.recvInto(null as never),
    ]) {
      yield* a.sendall(Buffer.from('x'));
      expect(String(yield* b.recv(10))).toBe('x');
      // At once: nothing has arrived that could wake it.
      expect(yield* thrownBy(call())).toMatch(/ERR_/);
      yield* a.sendall(Buffer.from('y'));
      expect(yield* thrownBy(call())).toMatch(/ERR_/);
      expect(String(yield* b.recv(10))).toBe('y');
    }
    a.close();
    b.close();
  });

  both('fills large buffers, and views that are not Buffers', function* () {
    const [a, b] = socketpair();
    const data = Buffer.alloc(50_000, 'abc');
    const parts: Buffer[] = [];
    const reader = spawn(function* () {
      for (let size = 0; size < data.length; ) {
        const view = new DataView(new ArrayBuffer(20_000), 8, 10_000);
        const length = yield* b.recvInto(view);
        parts.push(Buffer.from(view.buffer, 8, length));
        size += length;
      }
    });
    yield* sleep();
    yield* a.sendall(data);
    yield* reader.get();
    expect(Buffer.concat(parts).equals(data)).toBe(true);
    a.close();
    b.close();
  });

  both('keeps what arrived for a view whose memory was transferred meanwhile', function* () {
    for (const view of [Buffer.from(new ArrayBuffer(10)), new DataView(new ArrayBuffer(10))]) {
      const [a, b] = socketpair();
      const reader = spawn(() => b.recvInto(view));
      yield* sleep();
      structuredClone(view.buffer, { transfer: [view.buffer] });
      yield* a.sendall(Buffer.from('hello'));
      expect(yield* thrownBy(reader.get())).toMatch(/ERR_/);
      expect(String(yield* b.recv(100))).toBe('hello');
      a.close();
      b.close();
    }
  });

  both('keeps what arrived for a view whose resizable memory became too small', function* () {
    const [a, b] = socketpair();
    // The types are those of an older language.
    const resizable: unknown = Reflect.construct(ArrayBuffer, [16, { maxByteLength: 16 }]);
    const memory = resizable as ArrayBuffer & { resize(length: number): void };
    const reader = spawn(() => b.recvInto(new DataView(memory, 8, 8)));
    yield* sleep();
    memory.resize(10);
    yield* a.sendall(Buffer.from('hello'));
    expect(yield* thrownBy(reader.get())).toBe('ValueError ERR_INVALID_STATE');
    expect(String(yield* b.recv(100))).toBe('hello');
    a.close();
    b.close();
  });
});
