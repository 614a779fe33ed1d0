/** How much send() takes, and the report that follows if it was not all. */
import { EpollSelector, EVENT_WRITE } from 'fd-selectors';
import { Batch, type BatchEvent, type BatchSocket } from 'fd-selectors/batch';
import { AF_UNIX, SOCK_DGRAM, type Socket, socketpair } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing, pair } from '../support/descriptors.js';

/** A socket that keeps at most 10 bytes, and its peer. */
function member(sockets: [Socket, Socket] = pair(), limit = 10): [Batch, BatchSocket, Socket] {
  const batch = closing(new Batch(closing(new EpollSelector()), { limit }));
  return [batch, batch.add(sockets[0]), sockets[1]];
}

const TEXT = Buffer.from('hello, world');

const shown = (events: Iterable<BatchEvent>): unknown[] =>
  [...events].map((event) => [event.socket, event.events, event.error, event.ended]);

describe('send() of much', () => {
  it('sends it behind what is queued, without a flush, and keeps only what the kernel does not take', () => {
    const [batch, conn, client] = member(pair(), 100_000);
    const data = Buffer.from(Array.from({ length: 50_000 }, (_, i) => i % 251));
    expect([conn.send(TEXT), conn.send(data), conn.send(data.subarray(0, 5))]).toEqual([12, 50_000, 5]);
    expect(conn.pending).toBe(5);
    batch.flush();
    const all = Buffer.concat([TEXT, data, data.subarray(0, 5)]);
    expect(client.makefile('rb').read(all.length)?.equals(all)).toBe(true);
  });

  it('keeps no more than the limit, however much it is, in order', () => {
    const [batch, conn, client] = member(pair(), 100_000);
    const data = Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => (i >> 8) % 251));
    const parts: Buffer[] = [];
    let read = 0;
    for (let sent = 0; read < data.length; ) {
      if (sent < data.length) sent += conn.send(data, sent);
      expect(conn.pending).toBeLessThanOrEqual(100_000);
      for (const event of batch.receive(0))
        expect([event.events, event.error]).toEqual([EVENT_WRITE, undefined]);
      const part = client.tryRecv(70_000);
      if (part !== null) parts.push(part);
      read += part?.length ?? 0;
    }
    expect(Buffer.concat(parts).equals(data)).toBe(true);
  });

  it.each([
    new Uint8Array(new SharedArrayBuffer(20_000)),
    new DataView(new ArrayBuffer(20_000)),
    new Float64Array(2500),
  ])('takes any view: %o', (data) => {
    const [, conn, client] = member(pair(), 100_000);
    expect([conn.send(data), conn.send(data, 1, 18_000), conn.pending]).toEqual([20_000, 17_999, 0]);
    expect(client.recv(50_000)).toHaveLength(37_999);
  });

  it('reports why it failed', () => {
    const [batch, conn, client] = member();
    client.close();
    expect(conn.send(Buffer.alloc(20_000))).toBe(20_000);
    expect(conn.pending).toBe(0);
    expect([...batch.receive(60)].map(({ error }) => error?.code)).toContain('EPIPE');
  });
});

describe('send() that falls short', () => {
  it('is followed by a report once the kernel has taken all', () => {
    const [batch, conn, client] = member();
    expect([conn.send(TEXT), conn.send(TEXT, 10)]).toEqual([10, 0]);
    expect(shown(batch.receive(60))).toEqual([[conn, EVENT_WRITE, undefined, false]]);
    expect([conn.pending, client.recv(20).toString()]).toEqual([0, 'hello, wor']);
    expect([...batch.receive(0)]).toEqual([]);
    // A second time, by flush().
    expect(conn.send(TEXT)).toBe(10);
    batch.flush();
    expect(shown(batch.receive(60))).toEqual([[conn, EVENT_WRITE, undefined, false]]);
  });

  it('is followed by a report on the event loop, whenever it was called', async () => {
    const [batch, conn] = member();
    conn.send(TEXT);
    expect(shown(await batch.receiveAsync(60))).toEqual([[conn, EVENT_WRITE, undefined, false]]);
    const wait = batch.receiveAsync(60);
    expect([conn.send(TEXT), conn.send(TEXT, 10)]).toEqual([10, 0]);
    expect(shown(await wait)).toEqual([[conn, EVENT_WRITE, undefined, false]]);
  });

  it('is followed by a report for a datagram that did not fit', () => {
    const [batch, conn] = member(socketpair(AF_UNIX, SOCK_DGRAM).map(closing) as [Socket, Socket]);
    expect([conn.send(TEXT.subarray(0, 7)), conn.send(TEXT.subarray(0, 7))]).toEqual([7, 0]);
    expect(shown(batch.receive(60))).toEqual([[conn, EVENT_WRITE, undefined, false]]);
  });

  it('is followed by the error alone if sending fails', () => {
    const [batch, conn, client] = member();
    client.close();
    conn.pause();
    conn.send(TEXT);
    const events = [...batch.receive(60)];
    expect(events.map(({ error }) => error?.code)).toEqual(['EPIPE']);
    expect([...batch.receive(0)]).toEqual([]);
  });

  it('is not followed by anything once the socket is closed', () => {
    const [batch, conn] = member();
    conn.send(TEXT);
    conn.close();
    expect([...batch.receive(0)]).toEqual([]);
  });
});
