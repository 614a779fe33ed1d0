/** What a batch promises: bytes in, bytes out, in order, and what it shares with its selector. */
import { EpollSelector, EVENT_READ } from 'fd-selectors';
import { Batch, type BatchEvent, type BatchOptions, type BatchSocket } from 'fd-selectors/batch';
import { pipe } from 'fd-selectors/fds';
import { socket as openSocket, SHUT_WR, type Socket } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing, codeOf, pair } from '../support/descriptors.js';
import { tcpPair } from '../support/tcp.js';

function open(options?: BatchOptions): { sel: EpollSelector<string>; batch: Batch<string> } {
  const sel = closing(new EpollSelector<string>());
  return { sel, batch: closing(new Batch(sel, options)) };
}

/** A socket of the batch, and its peer. */
function member(batch: Batch<string>, data = 'data'): [BatchSocket<string>, Socket] {
  const [server, client] = pair();
  return [batch.add(server, data), client];
}

const textOf = (event: BatchEvent<string>): string => event.bytes.toString('latin1');

describe('Batch.receive', () => {
  it('has received already', () => {
    const { batch } = open();
    const [one, first] = member(batch, 'one');
    const [two, second] = member(batch, 'two');
    first.sendall(Buffer.from('ping'));
    second.sendall(Buffer.from('hello'));
    const events = [...batch.receive(60)].sort((a, b) => a.length - b.length);
    expect(events.map((event) => [event.key.data, event.socket, textOf(event), event.events])).toEqual([
      ['one', one, 'ping', EVENT_READ],
      ['two', two, 'hello', EVENT_READ],
    ]);
    expect(events[0]?.ended).toBe(false);
    expect(events[0]?.error).toBeUndefined();
    expect(batch.arena.toString('latin1', events[1]?.start, events[1]?.end)).toBe('hello');
    expect([...batch.receive(0)]).toEqual([]);
  });

  it('reports other registrations of the selector as select() does', () => {
    const { sel, batch } = open();
    const [reader, writer] = pipe().map(closing) as ReturnType<typeof pipe>;
    sel.register(reader, EVENT_READ, 'a pipe');
    writer.write(Buffer.from('x'));
    const [event] = [...batch.receive(60)];
    expect([event?.key.data, event?.socket, event?.events, event?.length]).toEqual([
      'a pipe',
      undefined,
      EVENT_READ,
      0,
    ]);
    expect(reader.read(10).toString()).toBe('x');
  });

  it('leaves sockets of the batch to select() and getMap() as well', () => {
    const { sel, batch } = open();
    const [conn, client] = member(batch);
    client.sendall(Buffer.from('ping'));
    expect(sel.select(10)).toEqual([[sel.getKey(conn.fileobj), EVENT_READ]]);
    expect(conn.fileobj.recv(10).toString()).toBe('ping');
    expect(sel.getMap().has(conn.fd)).toBe(true);
  });

  it('waits for its timeout, and never less', () => {
    const { batch } = open();
    member(batch);
    const start = performance.now();
    expect([...batch.receive(0.02)]).toEqual([]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(20);
  });

  it('gives at most bufsize bytes of a socket, and the rest the next time', () => {
    const { batch } = open();
    const [server, client] = pair();
    batch.add(server, 'data', { bufsize: 3 });
    client.sendall(Buffer.from('abcdefgh'));
    const texts: string[] = [];
    while (texts.join('').length < 8) for (const event of batch.receive(60)) texts.push(textOf(event));
    expect(texts).toEqual(['abc', 'def', 'gh']);
  });

  it.each([2, 9, 10])('starves none of %i that flood it, even where the arena has room for one', (count) => {
    const { batch } = open({ arena: 256 });
    const clients = Array.from({ length: count }, (_, i) => {
      const [server, client] = pair();
      batch.add(server, `${i}`, { bufsize: 256 });
      return client;
    });
    const served = new Set<string>();
    // Which one comes first is random.
    for (let rounds = 10_000; rounds > 0 && served.size < count; rounds--) {
      for (const client of clients) client.trySend(Buffer.alloc(1000));
      for (const { key } of batch.receive(0)) served.add(key.data);
    }
    expect(served.size).toBe(count);
  });

  it('reports the end of a stream once, and lets the other direction live', () => {
    const { sel, batch } = open();
    const [conn, client] = member(batch);
    client.shutdown(SHUT_WR);
    const [event] = [...batch.receive(60)];
    expect([event?.ended, event?.length, event?.error]).toEqual([true, 0, undefined]);
    expect([...batch.receive(0)]).toEqual([]);
    expect(sel.getMap().size).toBe(0);
    expect(conn.send(Buffer.from('answer'))).toBe(6);
    batch.flush();
    expect(client.recv(10).toString()).toBe('answer');
  });

  it('reports a connection that was reset', () => {
    const { batch } = open();
    const [client, server] = tcpPair();
    const conn = batch.add(server, 'data');
    client.setsockopt(1, 13, new Uint8Array(new Int32Array([1, 0]).buffer));
    client.close();
    const [event] = [...batch.receive(60)];
    expect([event?.ended, event?.error?.code, event?.error?.syscall]).toEqual([true, 'ECONNRESET', 'recv']);
    expect(codeOf(() => conn.send(Buffer.from('x')))).toBe('ECONNRESET');
    conn.close();
  });

  it('goes on with what a loop has left', () => {
    const { batch } = open();
    for (const i of [1, 2, 3]) member(batch, `${i}`)[1].sendall(Buffer.from(`${i}`));
    const seen: string[] = [];
    for (const event of batch.receive(60)) {
      seen.push(textOf(event));
      break;
    }
    expect(() => {
      for (const event of batch.receive()) {
        seen.push(textOf(event));
        throw new Error('in a handler');
      }
    }).toThrow('in a handler');
    for (const event of batch.receive()) seen.push(textOf(event));
    expect(seen.sort()).toEqual(['1', '2', '3']);
    expect([...batch.receive(0)]).toEqual([]);
  });
});

describe('BatchSocket.send', () => {
  it('queues until the next receive() or flush(), in order, whatever the memory', () => {
    const { batch } = open();
    const [conn, client] = member(batch);
    client.sendall(Buffer.from('-arena-'));
    for (const event of batch.receive(60)) {
      conn.send(Buffer.from('copied'));
      conn.send(batch.arena, event.start, event.end);
      conn.send(event.bytes);
      conn.send(Buffer.from('xxpartxx'), 2, 6);
      conn.send(new DataView(Buffer.from('ab').buffer, Buffer.from('').byteOffset, 0));
      conn.send(Buffer.alloc(300, 'l'));
    }
    expect(conn.pending).toBe(6 + 7 + 7 + 4 + 300);
    expect(client.tryRecv(1)).toBeNull();
    expect([...batch.receive(0)]).toEqual([]);
    expect(conn.pending).toBe(0);
    expect(client.recv(1000).toString()).toBe(`copied-arena--arena-part${'l'.repeat(300)}`);
  });

  it('copies at once: the caller may use the buffer again', () => {
    const { batch } = open();
    const [conn, client] = member(batch);
    const buffer = Buffer.from('one');
    conn.send(buffer);
    buffer.write('two');
    conn.send(buffer);
    batch.flush();
    expect(client.recv(10).toString()).toBe('onetwo');
  });

  it('keeps what the kernel does not take, in order, and takes no more than the limit', () => {
    const { batch } = open({ limit: 3_000_000 });
    const [conn, client] = member(batch);
    const data = Buffer.alloc(1_000_000);
    for (let i = 0; i < data.length; i += 4) data.writeUInt32LE(i, i);
    expect([conn.send(data), conn.send(data), conn.send(data)]).toEqual([1e6, 1e6, 1e6]);
    batch.flush();
    const sent = 3e6 - conn.pending;
    expect(sent).toBeGreaterThan(0);
    expect(conn.pending).toBeGreaterThan(0);
    expect(conn.send(data)).toBe(sent);
    const received: Buffer[] = [];
    let bytes = 0;
    let room = 0;
    while (bytes < 3e6 + sent) {
      const part = client.tryRecv(200_000);
      if (part !== null) {
        received.push(part);
        bytes += part.length;
      }
      for (const event of batch.receive(0)) room += event.events;
    }
    for (const event of batch.receive(0)) room += event.events;
    expect(conn.pending).toBe(0);
    expect(room).toBe(2);
    expect(Buffer.concat(received).equals(Buffer.concat([data, data, data, data.subarray(0, sent)]))).toBe(
      true,
    );
  });

  it('receives nothing from a peer that does not read, and goes on when it reads', () => {
    const { batch } = open({ limit: 200_000 });
    const [conn, client] = member(batch);
    client.setblocking(false);
    conn.send(Buffer.alloc(200_000));
    batch.flush();
    while (conn.pending <= 100_000) {
      conn.send(Buffer.alloc(200_000));
      batch.flush();
    }
    client.sendall(Buffer.from('request'));
    expect([...batch.receive(0)]).toEqual([]);
    const heard: string[] = [];
    while (heard.length === 0) {
      client.tryRecv(100_000);
      for (const event of batch.receive(0)) if (event.length > 0) heard.push(textOf(event));
    }
    expect(heard).toEqual(['request']);
  });

  it('reports why sending failed, and then throws it', () => {
    const { batch } = open();
    const [conn, client] = member(batch);
    const [other, second] = member(batch, 'other');
    client.close();
    conn.send(Buffer.from('x'));
    other.send(Buffer.from('y'));
    const events = [...batch.receive(60)];
    const [failed] = events.filter((event) => event.error !== undefined);
    expect([failed?.socket, failed?.error?.code, failed?.error?.syscall, failed?.ended]).toEqual([
      conn,
      'EPIPE',
      'send',
      true,
    ]);
    expect(codeOf(() => conn.send(Buffer.from('x')))).toBe('EPIPE');
    expect(second.recv(10).toString()).toBe('y');
    expect([...batch.receive(0)]).toEqual([]);
  });

  it('rejects bad arguments', () => {
    const { batch } = open();
    const [conn] = member(batch);
    expect(codeOf(() => conn.send('text' as never))).toBe('ERR_INVALID_ARG_TYPE');
    expect(codeOf(() => conn.send(null as never))).toBe('ERR_INVALID_ARG_TYPE');
    for (const [start, end] of [
      [-1, 2],
      [3, 2],
      [0, 5],
      [0.5, 2],
      [0, Number.NaN],
    ] as const) {
      expect(codeOf(() => conn.send(Buffer.alloc(4), start, end))).toBe('ERR_OUT_OF_RANGE');
    }
    conn.close();
    expect(codeOf(() => conn.send(Buffer.alloc(4)))).toBe('EBADF');
  });
});

describe('BatchSocket', () => {
  it('sends what is queued before it closes', () => {
    const { sel, batch } = open();
    const [conn, client] = member(batch);
    conn.send(Buffer.from('bye'));
    conn.close();
    conn.close();
    expect([conn.closed, conn.fileobj.closed, sel.getMap().size]).toEqual([true, true, 0]);
    expect(client.recv(10).toString()).toBe('bye');
    expect(client.recv(10)).toHaveLength(0);
  });

  it('closes when all is sent', () => {
    const { sel, batch } = open({ limit: 3_000_000 });
    const [conn, client] = member(batch);
    client.settimeout(10);
    const length = 2_000_000;
    expect(conn.send(Buffer.alloc(length))).toBe(length);
    conn.closeWhenSent();
    conn.closeWhenSent();
    expect(conn.closed).toBe(false);
    expect(codeOf(() => conn.send(Buffer.from('x')))).toBe('EBADF');
    let received = 0;
    for (let part = client.recv(100_000); part.length > 0; part = client.recv(100_000)) {
      received += part.length;
      for (const _ of batch.receive(0)) expect.unreachable();
    }
    expect([received, conn.closed, sel.getMap().size]).toEqual([length, true, 0]);
  });

  it('closes at once when nothing is left to send, and when sending fails', () => {
    const { batch } = open({ limit: 5_000_000 });
    const [conn, client] = member(batch);
    conn.send(Buffer.from('bye'));
    conn.closeWhenSent();
    expect([conn.closed, client.recv(10).toString()]).toEqual([true, 'bye']);
    const [other, second] = member(batch);
    other.send(Buffer.alloc(3_000_000));
    other.closeWhenSent();
    expect(other.closed).toBe(false);
    second.close();
    expect([...batch.receive(0)]).toEqual([]);
    expect(other.closed).toBe(true);
  });

  it('that is closed within a batch is not reported any more; the others are', () => {
    const { batch } = open();
    const members = [1, 2, 3, 4].map((i) => member(batch, `${i}`));
    for (const [, client] of members) client.sendall(Buffer.from('x'));
    const seen: string[] = [];
    for (const event of batch.receive(60)) {
      seen.push(event.key.data);
      for (const [conn] of members) if (conn !== event.socket && seen.length === 1) conn.close();
    }
    expect(seen).toHaveLength(1);
  });

  it('does not get the bytes of one whose number it inherits', () => {
    const { batch } = open();
    const [one, first] = member(batch, 'one');
    const [two, second] = member(batch, 'two');
    first.sendall(Buffer.from('for one'));
    second.sendall(Buffer.from('for two'));
    const added: BatchSocket<string>[] = [];
    for (const event of batch.receive(60)) {
      const other = event.socket === one ? two : one;
      expect(other.closed).toBe(false);
      other.send(Buffer.from('to the old one'));
      other.close();
      // The lowest free number: its own.
      const [server, client] = pair();
      added.push(batch.add(server, 'new'));
      expect([server.fileno(), client.fileno()]).toContain(other.fd);
    }
    expect(added).toHaveLength(1);
    expect([...batch.receive(0)]).toEqual([]);
  });

  it('leaves the batch by remove(), open', () => {
    const { sel, batch } = open();
    const [conn, client] = member(batch);
    const sock = conn.remove();
    expect([sock.closed, conn.closed, sel.getMap().size]).toEqual([false, true, 0]);
    sock.sendall(Buffer.from('x'));
    expect(client.recv(1).toString()).toBe('x');
    expect(batch.add(sock, 'again').closed).toBe(false);
  });

  it('pauses and resumes, and loses nothing of the batch under way', () => {
    const { batch } = open();
    const members = [1, 2].map((i) => member(batch, `${i}`));
    for (const [, client] of members) client.sendall(Buffer.from('a'));
    const seen: string[] = [];
    for (const event of batch.receive(60)) {
      for (const [conn] of members) conn.pause();
      seen.push(textOf(event));
    }
    expect(seen).toEqual(['a', 'a']);
    for (const [, client] of members) client.sendall(Buffer.from('b'));
    expect([...batch.receive(0)]).toEqual([]);
    for (const [conn] of members) conn.resume();
    expect([...batch.receive(60)].map(textOf)).toEqual(['b', 'b']);
  });
});

describe('Batch', () => {
  it('rejects bad arguments', () => {
    const { sel, batch } = open();
    const [server] = pair();
    expect(codeOf(() => new Batch({} as never))).toBe('ERR_INVALID_ARG_TYPE');
    expect(codeOf(() => new Batch(sel, { arena: 1 }))).toBe('ERR_OUT_OF_RANGE');
    expect(codeOf(() => new Batch(sel, { limit: 0 }))).toBe('ERR_OUT_OF_RANGE');
    expect(codeOf(() => new Batch(sel, { size: 1 } as never))).toBe('ERR_INVALID_ARG_TYPE');
    expect(codeOf(() => batch.add(5 as never, ''))).toBe('ERR_INVALID_ARG_TYPE');
    expect(codeOf(() => batch.add(server, '', { bufsize: 0 }))).toBe('ERR_OUT_OF_RANGE');
    expect(codeOf(() => batch.add(server, '', { bufsize: 2 ** 20 }))).toBe('ERR_OUT_OF_RANGE');
    expect(codeOf(() => batch.receive(Number.NaN))).toBe('ERR_INVALID_TIMEOUT');
    const raw = closing(openSocket(1, 5));
    expect(codeOf(() => batch.add(raw, ''))).toBe('ERR_INVALID_SOCKET_TYPE');
    expect(sel.getMap().size).toBe(0);
    batch.add(server, '');
    expect(codeOf(() => batch.add(server, ''))).toBe('ERR_ALREADY_REGISTERED');
  });

  it('takes its sockets out of the selector when it is closed, which leaves both open', () => {
    const { sel, batch } = open();
    const [conn, client] = member(batch);
    conn.send(Buffer.from('bye'));
    batch.close();
    batch.close();
    expect([sel.getMap().size, conn.closed, conn.fileobj.closed]).toEqual([0, true, false]);
    expect(client.recv(10).toString()).toBe('bye');
    expect(codeOf(() => batch.receive(0))).toBe('ERR_BATCH_CLOSED');
    expect(sel.select(0)).toEqual([]);
  });

  it('says so when the selector is closed', () => {
    const { sel, batch } = open();
    const [conn] = member(batch);
    sel.close();
    expect(codeOf(() => batch.receive(0))).toBe('ERR_SELECTOR_CLOSED');
    conn.close();
    batch.close();
  });

  it('finds a ghost: a descriptor that was closed while a duplicate of it lives', () => {
    const { batch } = open();
    const [conn, client] = member(batch);
    const [other, second] = member(batch, 'other');
    const twin = closing(conn.fileobj.dup());
    conn.fileobj.close();
    conn.remove();
    client.sendall(Buffer.from('to a ghost'));
    expect([...batch.receive(0)]).toEqual([]);
    second.sendall(Buffer.from('x'));
    expect([...batch.receive(60)].map(({ socket }) => socket)).toEqual([other]);
    expect(twin.recv(20).toString()).toBe('to a ghost');
  });
});
