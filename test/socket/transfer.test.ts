/** Sending and receiving on streams: what is taken, what is returned, and to whom the bytes belong. */
import { createConnection, createServer, MSG_PEEK, MSG_TRUNC } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing, pair } from '../support/descriptors.js';
import { readable, YES } from '../support/readable.js';
import { tcpPair } from '../support/tcp.js';
import { thrown } from '../support/thrown.js';

describe('sending', () => {
  it('takes part of the data while there is room, then none', () => {
    const [a, b] = pair();
    a.setblocking(false);
    const data = Buffer.alloc(8 << 20, 'x');
    const sent = a.send(data);
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(data.length);
    while (a.trySend(data) !== null);
    expect(thrown(() => a.send(data))).toBe('BlockingIOError EAGAIN');
    expect(thrown(() => a.sendall(data))).toBe('BlockingIOError EAGAIN');
    expect(b.recv(10).toString()).toBe('xxxxxxxxxx');
  });

  it('raises no SIGPIPE', () => {
    const [a, b] = pair();
    b.close();
    const data = Buffer.from('x');
    for (const send of [
      () => a.send(data),
      () => a.trySend(data),
      () => a.sendall(data),
      () => a.send(data, 2),
    ]) {
      expect(thrown(send)).toBe('BrokenPipeError EPIPE');
    }
  });

  it('takes every kind of view, and the part that it shows', () => {
    const [a, b] = pair();
    const { buffer } = Uint8Array.from(Buffer.from('..pi..ng'));
    a.send(new DataView(buffer, 2, 2));
    a.sendall(new Uint16Array(buffer, 6, 1));
    a.trySend(new Uint8ClampedArray(buffer, 0, 1));
    a.send(new Uint8Array(new SharedArrayBuffer(1)));
    expect(b.recv(100).toString()).toBe('ping.\0');
  });

  it('takes as many bytes from the beginning as asked, none included', () => {
    const [a, b] = pair();
    const data = Buffer.from('abcdef');
    expect(a.send(data, 0, 2)).toBe(2);
    expect(a.trySend(data, 0, 1)).toBe(1);
    expect(a.send(data, 0, 0)).toBe(0);
    expect(a.send(new Uint16Array(data.buffer, data.byteOffset, 3), 0, 3)).toBe(3);
    a.sendall(data, 0, 4);
    a.sendall(data, 0, 0);
    expect(b.recv(100).toString()).toBe('abaabcabcd');
  });

  it('moves megabytes by turns, partial sends and all', () => {
    const [a, b] = pair();
    const data = Buffer.alloc(3 << 20, 'megabytes');
    const chunks: Buffer[] = [];
    for (let sent = 0, got = 0; got < data.length; ) {
      if (sent < data.length) sent += a.trySend(data.subarray(sent)) ?? 0;
      const chunk = b.tryRecv(65_536) ?? Buffer.alloc(0);
      chunks.push(chunk);
      got += chunk.length;
    }
    expect(Buffer.concat(chunks).equals(data)).toBe(true);
  });
});

describe('receiving', () => {
  it('returns what there is, and an empty Buffer at the end', () => {
    const [a, b] = pair();
    a.send(Buffer.from('pingpong'));
    expect(b.recv(4).toString()).toBe('ping');
    expect(b.recv(100, MSG_PEEK).toString()).toBe('pong');
    expect(b.recv(100).toString()).toBe('pong');
    a.close();
    expect([b.recv(100).length, b.tryRecv(100)?.length, b.tryRecvInto(Buffer.alloc(1))]).toEqual([0, 0, 0]);
  });

  it('returns Buffers that later calls leave alone', () => {
    const [a, b] = pair();
    a.send(Buffer.from('onetwo'));
    const one = b.recv(3);
    const two = b.recv(3);
    expect(`${one} ${two}`).toBe('one two');
  });

  it('takes more than the shared buffer holds', () => {
    const [a, b] = pair();
    const data = Buffer.alloc(100_000, 'data');
    a.sendall(data);
    expect(b.recv(1 << 20).equals(data)).toBe(true);
  });

  it('fills a view, or as much of it as asked', () => {
    const [a, b] = pair();
    a.send(Buffer.from('abcdefgh'));
    const room = Buffer.alloc(4, '.');
    expect(b.recvInto(room, 2)).toBe(2);
    expect(room.toString()).toBe('ab..');
    expect(b.tryRecvInto(room.subarray(2))).toBe(2);
    expect(room.toString()).toBe('abcd');
    const view = new DataView(new ArrayBuffer(4));
    expect(b.recvInto(view)).toBe(4);
    expect(Buffer.from(view.buffer).toString()).toBe('efgh');
    expect(b.tryRecvInto(view)).toBeNull();
  });

  it('never shows what an older call received', () => {
    const [client, conn] = tcpPair();
    client.send(Buffer.from('secret'));
    expect(conn.recv(6).toString()).toBe('secret');
    client.send(Buffer.from('public'));
    // TCP drops what is received with MSG_TRUNC, and writes nothing.
    expect(conn.recv(6, MSG_TRUNC)).toEqual(Buffer.alloc(6));
  });

  it('has a twin that returns null in place of waiting, on blocking sockets too', () => {
    const server = closing(createServer(['127.0.0.1', 0]));
    const [a, b] = pair();
    const nothing = [a.tryRecv(1), a.tryRecvInto(Buffer.alloc(1)), a.tryRecvfrom(1), server.tryAccept()];
    expect(nothing).toEqual([null, null, null, null]);
    b.send(Buffer.from('x'));
    expect(a.tryRecv(1)?.toString()).toBe('x');
    const client = closing(createConnection(server.getsockname()));
    expect(readable(server)).toEqual(YES);
    const accepted = server.tryAccept();
    closing(accepted![0]);
    expect(accepted?.[1]).toEqual(client.getsockname());
    expect([a.getblocking(), server.getblocking(), accepted?.[0].getblocking()]).toEqual([true, true, true]);
  });
});
