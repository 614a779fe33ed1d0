/** Datagrams in batches: several of one socket, each with its sender. */
import { EpollSelector, EVENT_WRITE } from 'fd-selectors';
import { Batch, type BatchEvent } from 'fd-selectors/batch';
import {
  AF_INET,
  AF_UNIX,
  IP_RECVERR,
  IPPROTO_IP,
  MSG_ERRQUEUE,
  SOCK_DGRAM,
  type Socket,
  socket,
  socketpair,
} from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing, codeOf, pair } from '../support/descriptors.js';

function open(options = {}): { sel: EpollSelector; batch: Batch } {
  const sel = closing(new EpollSelector());
  return { sel, batch: closing(new Batch(sel, options)) };
}

function bound(): Socket {
  const sock = closing(socket(AF_INET, SOCK_DGRAM));
  sock.bind(['127.0.0.1', 0]);
  sock.settimeout(60);
  return sock;
}

describe('a batch of datagrams', () => {
  it('has one event for each, with its sender', () => {
    const { batch } = open();
    const [server, client, other] = [bound(), bound(), bound()];
    const conn = batch.add(server);
    for (const text of ['a', '', 'ccc']) client.sendto(Buffer.from(text), server.getsockname());
    other.sendto(Buffer.from('dd'), server.getsockname());
    const seen: unknown[] = [];
    while (seen.length < 4) {
      for (const event of batch.receive(60)) {
        expect([event.socket, event.ended, event.truncated]).toEqual([conn, false, false]);
        seen.push([event.bytes.toString(), event.address]);
      }
    }
    const [from, fromOther] = [client.getsockname(), other.getsockname()];
    expect(seen).toEqual([
      ['a', from],
      ['', from],
      ['ccc', from],
      ['dd', fromOther],
    ]);
  });

  it('answers each, whole and in order', () => {
    const { batch } = open();
    const [server, client] = [bound(), bound()];
    const conn = batch.add(server);
    for (const text of ['one', 'two', 'three']) client.sendto(Buffer.from(text), server.getsockname());
    let answered = 0;
    while (answered < 3) {
      for (const event of batch.receive(60)) {
        expect(conn.sendto(event.bytes, event.address)).toBe(true);
        answered++;
      }
    }
    expect(conn.pending).toBe(11);
    batch.flush();
    expect(conn.pending).toBe(0);
    const texts = [1, 2, 3].map(() => client.recv(100).toString());
    expect(texts).toEqual(['one', 'two', 'three']);
  });

  it('sends on a connected socket, empty datagrams, too', () => {
    const { batch } = open();
    const [one, two] = socketpair(AF_UNIX, SOCK_DGRAM).map(closing) as [Socket, Socket];
    const conn = batch.add(one);
    expect([conn.send(Buffer.from('abc')), conn.send(Buffer.alloc(0)), conn.send(Buffer.from('d'))]).toEqual([
      3, 0, 1,
    ]);
    batch.flush();
    expect([two.recv(10), two.recv(10), two.recv(10)].map(String)).toEqual(['abc', '', 'd']);
  });

  it('says which were longer than bufsize', () => {
    const { batch } = open();
    const [one, two] = socketpair(AF_UNIX, SOCK_DGRAM).map(closing) as [Socket, Socket];
    batch.add(one, undefined, { bufsize: 4, datagrams: 2 });
    for (const text of ['1234', '12345', '1']) two.send(Buffer.from(text));
    const first = [...batch.receive(60)];
    expect(first.map((event) => [event.bytes.toString(), event.truncated])).toEqual([
      ['1234', false],
      ['1234', true],
    ]);
    expect([...batch.receive(60)].map((event) => event.bytes.toString())).toEqual(['1']);
  });

  it('keeps those that the kernel does not take, and sends them in order', () => {
    const { batch } = open();
    const [one, two] = socketpair(AF_UNIX, SOCK_DGRAM).map(closing) as [Socket, Socket];
    const conn = batch.add(one);
    const count = 1000;
    for (let i = 0; i < count; i++) conn.send(Buffer.from(`${i}`));
    batch.flush();
    expect(conn.pending).toBeGreaterThan(0);
    const received: string[] = [];
    while (received.length < count) {
      received.push(two.recv(10).toString());
      for (const _ of batch.receive(0));
    }
    expect(conn.pending).toBe(0);
    expect(received).toEqual(Array.from({ length: count }, (_, i) => `${i}`));
  });

  it('keeps more of a blocked socket than the send area holds, and all else still goes out', () => {
    const { batch } = open();
    const [one, two] = socketpair(AF_UNIX, SOCK_DGRAM).map(closing) as [Socket, Socket];
    const [stream, peer] = pair();
    const conn = batch.add(one);
    const other = batch.add(stream);
    two.setblocking(false);
    const sent: string[] = [];
    const queue = (count: number): void => {
      for (const end = sent.length + count; sent.length < end; ) {
        sent.push(`${sent.length}`.padEnd(1000, '.'));
        expect(conn.send(Buffer.from(sent.at(-1) as string))).toBe(1000);
      }
    };
    queue(300);
    batch.flush();
    expect(conn.pending).toBeGreaterThan(0);
    // Over 256 KiB, while no row waits.
    queue(500);
    expect(other.send(Buffer.from('hello'))).toBe(5);
    batch.flush();
    expect(peer.recv(10).toString()).toBe('hello');
    const received: string[] = [];
    while (received.length < sent.length) {
      for (const { error } of batch.receive(0)) expect(error).toBeUndefined();
      for (let part = two.tryRecv(2000); part !== null; part = two.tryRecv(2000)) received.push(`${part}`);
    }
    expect(received).toEqual(sent);
    expect(conn.pending).toBe(0);
  });

  it('keeps datagrams with their recipients', () => {
    const { batch } = open();
    const [server, path] = [closing(socket(AF_UNIX, SOCK_DGRAM)), `\0fd-selectors-kept-${process.pid}`];
    server.bind(path);
    server.setblocking(false);
    const client = closing(socket(AF_UNIX, SOCK_DGRAM));
    const conn = batch.add(client);
    const texts = Array.from({ length: 1500 }, (_, i) => `${i}`);
    for (const text of texts) {
      expect(conn.sendto(Buffer.from(text), path)).toBe(true);
      batch.flush();
    }
    expect(conn.pending).toBeGreaterThan(0);
    const received: string[] = [];
    while (received.length < texts.length) {
      for (let part = server.tryRecv(10); part !== null; part = server.tryRecv(10)) received.push(`${part}`);
      for (const { error } of batch.receive(0)) expect(error).toBeUndefined();
    }
    expect(received).toEqual(texts);
  });

  it('takes a datagram whole or not at all', () => {
    const { batch } = open({ limit: 10 });
    const [one, two] = socketpair(AF_UNIX, SOCK_DGRAM).map(closing) as [Socket, Socket];
    const conn = batch.add(one);
    expect([conn.send(Buffer.alloc(8)), conn.send(Buffer.alloc(3)), conn.send(Buffer.alloc(2))]).toEqual([
      8, 0, 2,
    ]);
    batch.flush();
    expect([two.recv(10).length, two.recv(10).length]).toEqual([8, 2]);
    expect(codeOf(() => conn.send(Buffer.alloc(300_000)))).toBe('EMSGSIZE');
  });

  it('keeps a bounded number of empty ones', () => {
    const { batch } = open({ limit: 40_000 });
    const [one, two] = socketpair(AF_UNIX, SOCK_DGRAM).map(closing) as [Socket, Socket];
    two.setblocking(false);
    const conn = batch.add(one);
    let tries = 0;
    for (; conn.send(Buffer.from('x')) > 0; tries++) {
      conn.send(Buffer.alloc(0));
      if (conn.pending > 1) batch.flush();
    }
    // Far fewer than 40,000 of one byte, and as many empty ones.
    expect(tries).toBeLessThan(1000);
    for (let i = 0; i < 10_000; i++) conn.send(Buffer.alloc(0));
    let received = 0;
    while (conn.pending > 0) {
      for (; two.tryRecv(10) !== null; received++);
      for (const _ of batch.receive(0));
    }
    for (; two.tryRecv(10) !== null; received++);
    expect(received).toBeLessThanOrEqual(2 * tries + 1);
  });

  it('has no address where there is room again', () => {
    const { batch } = open({ limit: 4096 });
    const [one, two] = socketpair(AF_UNIX, SOCK_DGRAM).map(closing) as [Socket, Socket];
    two.setblocking(false);
    const conn = batch.add(one);
    while (conn.send(Buffer.alloc(100)) > 0) batch.flush();
    let event: BatchEvent | undefined;
    while (event === undefined) {
      while (two.tryRecv(100) !== null);
      [event] = [...batch.receive(0)];
    }
    expect([event?.events, event?.length, event?.address, event?.bytes.length]).toEqual([
      EVENT_WRITE,
      0,
      '',
      0,
    ]);
  });

  it('reports one that was refused, and goes on', () => {
    const { batch } = open();
    const server = bound();
    const dead = closing(socket(AF_INET, SOCK_DGRAM));
    dead.bind(['127.0.0.1', 0]);
    const client = bound();
    const conn = batch.add(server);
    // A broadcast is not permitted without SO_BROADCAST.
    conn.sendto(Buffer.from('x'), ['255.255.255.255', 9]);
    conn.sendto(Buffer.from('y'), client.getsockname());
    const [event] = [...batch.receive(60)];
    expect([event?.socket, event?.error?.code, event?.ended]).toEqual([conn, 'EACCES', false]);
    expect(client.recv(10).toString()).toBe('y');
    expect(conn.send.bind(conn, Buffer.from('x'))).not.toThrow();
  });

  it('reports an error queue that nobody reads, and waits once it is read', () => {
    const { batch } = open();
    const client = closing(socket(AF_INET, SOCK_DGRAM));
    client.setsockopt(IPPROTO_IP, IP_RECVERR, 1);
    client.setblocking(false);
    const conn = batch.add(client);
    // Connected to another socket, it refuses what comes from this one.
    const refuser = bound();
    refuser.connect(bound().getsockname());
    conn.sendto(Buffer.from('x'), refuser.getsockname());
    const codes: unknown[] = [];
    while (codes.at(-1) !== 'EAGAIN') {
      for (const { error, length, ended, address: from } of batch.receive(60)) {
        expect([length, ended, from]).toEqual([0, false, '']);
        codes.push(error?.code);
      }
    }
    expect(codes).toEqual(['ECONNREFUSED', 'EAGAIN']);
    expect([...batch.receive(60)].map(({ socket: sock }) => sock)).toEqual([conn]);
    const [data] = client.recvmsg(100, 256, MSG_ERRQUEUE);
    expect(data.toString()).toBe('x');
    expect([...batch.receive(0)]).toEqual([]);
  });

  it('checks addresses', () => {
    const { batch } = open();
    const conn = batch.add(bound());
    expect(codeOf(() => conn.sendto(Buffer.from('x'), 'path'))).toBe('ERR_INVALID_ARG_TYPE');
    expect(codeOf(() => conn.sendto(Buffer.from('x'), ['127.0.0.1', 70_000]))).toBe('ERR_INVALID_PORT');
    expect(conn.pending).toBe(0);
  });
});
