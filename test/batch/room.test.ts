/** The report that follows a send() that has fallen short, where the kernel has taken everything at once. */
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
