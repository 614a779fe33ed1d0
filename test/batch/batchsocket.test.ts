/** What a socket of a batch promises: what it sends, in order, and how it ends. */
import type { BatchSocket } from 'fd-selectors/batch';
import { describe, expect, it } from 'vitest';
import { codeOf, pair } from '../support/descriptors.js';
import { member, open, textOf } from './fixture.js';

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
