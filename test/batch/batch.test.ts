/** What a batch promises: bytes in, bytes out, in order, and what it shares with its selector. */
import { EVENT_READ } from 'fd-selectors';
import { Batch } from 'fd-selectors/batch';
import { pipe } from 'fd-selectors/fds';
import { socket as openSocket, SHUT_WR } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing, codeOf, pair } from '../support/descriptors.js';
import { tcpPair } from '../support/tcp.js';
import { member, open, textOf } from './fixture.js';

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
