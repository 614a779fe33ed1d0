import { randomBytes } from 'node:crypto';
import { openSync } from 'node:fs';
import {
  createConnection,
  createServer,
  joinall,
  run,
  Socket,
  sleep,
  socket,
  socketpair,
  spawn,
  waitRead,
  waitWrite,
  withTimeout,
} from 'fd-selectors/coroutines';
import { close, pipe } from 'fd-selectors/fds';
import { AF_INET, AF_UNIX, SHUT_WR, SOCK_DGRAM, SOCK_SEQPACKET } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { IDLE, leastShareOf } from '../support/idle.js';
import { waitOnce } from '../support/openfds.js';
import { both, thrownBy } from './bothways.js';

await waitOnce();

const text = (data: Uint8Array): string => Buffer.from(data).toString();

describe('Socket', () => {
  both('connects, accepts, sends and receives', function* () {
    using server = createServer(['127.0.0.1', 0]);
    const accepting = spawn(() => server.accept());
    using client = yield* createConnection(server.getsockname());
    const [conn, address] = yield* accepting.get();
    expect(address).toEqual(client.getsockname());
    expect(conn.getpeername()).toEqual(address);
    const receiving = spawn(() => conn.recv(100));
    yield* sleep();
    expect(yield* client.send(Buffer.from('ping'))).toBe(4);
    expect(text(yield* receiving.get())).toBe('ping');
    const buffer = Buffer.alloc(10);
    yield* client.sendall(Buffer.from('pong'), 0, 2);
    expect(yield* conn.recvInto(buffer)).toBe(2);
    expect(text(buffer.subarray(0, 2))).toBe('po');
    client.shutdown(SHUT_WR);
    expect((yield* conn.recv(10)).length).toBe(0);
    expect((yield* conn.recv(10)).length).toBe(0);
    conn.close();
    conn.close();
    expect([conn.closed, conn.fileno()]).toEqual([true, -1]);
  });

  both('an end that came with the last data is seen', function* () {
    const [a, b] = socketpair();
    yield* a.sendall(Buffer.from('last'));
    a.close();
    expect(text(yield* b.recv(100))).toBe('last');
    expect((yield* b.recv(100)).length).toBe(0);
    b.close();
  });

  both('moves megabytes both ways at once', function* () {
    const [a, b] = socketpair();
    const data = randomBytes(3_000_000);
    const receive = function* (sock: Socket) {
      const parts: Buffer[] = [];
      for (let part = yield* sock.recv(65536); part.length > 0; part = yield* sock.recv(65536))
        parts.push(part);
      return Buffer.concat(parts);
    };
    const send = function* (sock: Socket) {
      yield* sock.sendall(data);
      sock.shutdown(SHUT_WR);
    };
    const got = [spawn(receive, a), spawn(receive, b)];
    yield* joinall([spawn(send, a), spawn(send, b)], { raiseError: true });
    for (const task of got) expect((yield* task.get()).equals(data)).toBe(true);
    a.close();
    b.close();
  });

  both('datagrams keep their senders and their limits', function* () {
    using receiver = socket(AF_INET, SOCK_DGRAM);
    using sender = socket(AF_INET, SOCK_DGRAM);
    receiver.bind(['127.0.0.1', 0]);
    sender.bind(['127.0.0.1', 0]);
    const task = spawn(() => receiver.recvfrom(100));
    yield* sleep();
    yield* sender.sendto(Buffer.from('one'), receiver.getsockname());
    yield* sender.sendto(Buffer.from('two'), 0, receiver.getsockname());
    const [data, from] = yield* task.get();
    expect([text(data), from]).toEqual(['one', sender.getsockname()]);
    expect(text(yield* receiver.recv(2))).toBe('tw');
    const [a, b] = socketpair(AF_UNIX, SOCK_SEQPACKET);
    for (const word of ['a', 'bb']) yield* a.send(Buffer.from(word));
    expect([text(yield* b.recv(100)), text(yield* b.recv(100))]).toEqual(['a', 'bb']);
    a.close();
    b.close();
  });

  both('times out, never early, and can be used again', function* () {
    const [a, b] = socketpair();
    a.settimeout(0.005);
    const start = performance.now();
    expect(yield* thrownBy(a.recv(10))).toBe('TimeoutError ETIMEDOUT');
    expect(performance.now() - start).toBeGreaterThanOrEqual(5);
    expect(a.gettimeout()).toBe(0.005);
    expect(yield* thrownBy(a.sendall(Buffer.alloc(10_000_000)))).toBe('TimeoutError ETIMEDOUT');
    yield* b.sendall(Buffer.from('late'));
    expect(text(yield* a.recv(10))).toBe('late');
    a.settimeout(0);
    expect(yield* thrownBy(a.recv(10))).toBe('TimeoutError ETIMEDOUT');
    a.settimeout(null);
    expect(yield* thrownBy(withTimeout(0.001, () => a.recv(10)))).toBe('Timeout ERR_TIMEOUT');
    a.close();
    b.close();
  });

  both('two tasks that read one socket: an error that says who', function* () {
    const [a, b] = socketpair();
    const reader = spawn(() => a.recv(10));
    reader.name = 'reader';
    const filler = spawn(() => a.sendall(Buffer.alloc(10_000_000)));
    yield* sleep();
    for (const second of [a.recv(10), a.recvInto(Buffer.alloc(1)), waitRead(a), a.recvfrom(10)]) {
      try {
        yield* second;
        expect.unreachable();
      } catch (error) {
        expect((error as Error).message).toBe(
          `Descriptor ${a.fileno()} is already being read by task reader. Readers must take turns`,
        );
        expect((error as { code: string }).code).toBe('ERR_CONCURRENT_USE');
      }
    }
    expect(yield* thrownBy(a.send(Buffer.from('x')))).toBe('ConcurrentObjectUseError ERR_CONCURRENT_USE');
    yield* b.sendall(Buffer.from('x'));
    expect(text(yield* reader.get())).toBe('x');
    filler.kill();
    a.close();
    b.close();
  });

  both('closing it wakes those who wait with EBADF', function* () {
    const [a, b] = socketpair();
    const tasks = [spawn(() => a.recv(10)), spawn(() => a.sendall(Buffer.alloc(10_000_000)))];
    yield* sleep();
    a.close();
    for (const task of tasks) {
      expect(yield* thrownBy(task.get())).toBe('OSError EBADF');
      expect((task.exception as Error).message).toMatch(/another task closed the socket/);
    }
    expect(yield* thrownBy(a.recv(10))).toBe('OSError EBADF');
    expect(yield* thrownBy(a.send(Buffer.from('x')))).toBe('OSError EBADF');
    b.close();
  });

  both('a killed reader leaves the data for the next one', function* () {
    const [a, b] = socketpair();
    const killed = spawn(() => a.recv(10));
    yield* sleep();
    yield* b.sendall(Buffer.from('data'));
    yield* killed.kill();
    expect(text(yield* a.recv(10))).toBe('data');
    const waiting = spawn(() => a.recv(10));
    yield* sleep();
    yield* waiting.kill();
    const next = spawn(() => a.recv(10));
    yield* sleep();
    yield* b.sendall(Buffer.from('more'));
    expect(text(yield* next.get())).toBe('more');
    a.close();
    b.close();
  });

  both('a number that is used again means the new socket', function* () {
    const fds = new Set<number>();
    for (let i = 0; i < 20; i++) {
      const [a, b] = socketpair();
      fds.add(a.fileno());
      const reader = spawn(() => a.recv(10));
      yield* sleep();
      yield* b.sendall(Buffer.from(`${i}`));
      expect(text(yield* reader.get())).toBe(`${i}`);
      const waiting = spawn(() => a.recv(10));
      yield* sleep();
      a.close();
      b.close();
      yield* waiting.join();
    }
    expect(fds.size).toBeLessThan(5);
  });

  both('a socket that always has data lets the others run', function* () {
    const [a, b] = socketpair();
    let turns = 0;
    const other = spawn(function* () {
      for (;;) {
        turns++;
        yield* sleep();
      }
    });
    const feeder = spawn(function* () {
      for (let i = 0; i < 150; i++) yield* b.sendall(Buffer.from('x'));
    });
    yield* feeder.join();
    turns = 0;
    for (let i = 0; i < 150; i++) yield* a.recv(1);
    expect(turns).toBeGreaterThan(0);
    other.kill();
    a.close();
    b.close();
  });

  both('data that comes while nobody waits does not spin, and is not lost', function* () {
    const [a, b] = socketpair();
    const reader = spawn(() => a.recv(1));
    yield* sleep();
    yield* b.sendall(Buffer.from('abc'));
    expect(text(yield* reader.get())).toBe('a');
    expect(yield* leastShareOf(() => sleep(0.2))).toBeLessThan(IDLE);
    expect(text(yield* a.recv(10))).toBe('bc');
    a.close();
    b.close();
  });

  both('fails as the kernel says', function* () {
    using refused = socket();
    // Bound, so that nobody else gets the port; nobody listens.
    using bound = socket();
    bound.bind(['127.0.0.1', 0]);
    const address = bound.getsockname();
    expect(yield* thrownBy(refused.connect(address))).toBe('ConnectionRefusedError ECONNREFUSED');
    expect(yield* thrownBy(createConnection(address))).toBe('ConnectionRefusedError ECONNREFUSED');
    const [a, b] = socketpair();
    b.close();
    expect(yield* thrownBy(a.send(Buffer.from('x')))).toBe('BrokenPipeError EPIPE');
    expect(yield* thrownBy(a.recv(-1))).toBe('ValueError ERR_OUT_OF_RANGE');
    a.close();
  });

  it('serves another run than the one that made it', () => {
    const [a, b] = run(function* () {
      const pair = socketpair();
      const reader = spawn(() => pair[0].recv(10));
      yield* sleep();
      yield* reader.kill();
      return pair;
    });
    run(function* () {
      const reader = spawn(() => a.recv(10));
      yield* sleep();
      yield* b.sendall(Buffer.from('again'));
      expect(text(yield* reader.get())).toBe('again');
    });
    a.close();
    b.close();
  });

  both('fromFd, dup and detach', function* () {
    const [a, b] = socketpair();
    const taken = Socket.fromFd(a.detach());
    expect(a.closed).toBe(true);
    const copy = taken.dup();
    taken.close();
    yield* copy.sendall(Buffer.from('copy'));
    expect(text(yield* b.recv(10))).toBe('copy');
    copy.close();
    b.close();
  });
});

describe('waitRead and waitWrite', () => {
  both('wait for any descriptor', function* () {
    const [reader, writer] = pipe();
    yield* waitWrite(writer);
    expect(yield* thrownBy(waitRead(reader, { timeout: 0.001 }))).toBe('TimeoutError ETIMEDOUT');
    const waiting = spawn(waitRead, reader.fileno());
    yield* sleep();
    writer.write(Buffer.from('x'));
    yield* waiting.get();
    reader.close();
    writer.close();
    expect(yield* thrownBy(waitRead(reader))).toBe('ValueError ERR_CLOSED');
  });

  both('a closed descriptor is an error, a regular file is ready', function* () {
    const [reader, writer] = pipe();
    const fd = reader.fileno();
    reader.close();
    expect(yield* thrownBy(waitRead(fd))).toBe('OSError EBADF');
    expect(yield* thrownBy(waitRead(fd))).toBe('OSError EBADF');
    writer.close();
    const file = openSync('/proc/self/stat', 'r');
    yield* waitRead(file);
    close(file);
  });
});
