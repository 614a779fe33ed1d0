/** What the HTTP server leaves to its batch: bytes that are elsewhere, and answers that the system does not take at once. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { AF_INET, MSG_PEEK, SHUT_WR, SO_RCVBUF, SOCK_STREAM, SOL_SOCKET, socket } from 'fd-selectors/socket';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Inbox } from '../../demos/support/inbox.js';
import { runScript } from '../support/child.js';
import { openSockets, visit } from './fixture.js';
import { ask, receive, request } from './httpclient.js';
import { LARGE, serve } from './httpserver.js';

describe('Inbox.take', () => {
  it('leaves bytes where they are, and keeps what is left over', () => {
    const arena = Buffer.from('....half a head....');
    const inbox = new Inbox();
    inbox.take(arena, 4, 15);
    expect([inbox.bytes === arena, inbox.start, inbox.end]).toEqual([true, 4, 15]);
    inbox.start += 5;
    inbox.keep();
    arena.fill('x');
    expect(inbox.bytes.toString('latin1', inbox.start, inbox.end)).toBe('a head');
    arena.write(', and the rest\r\n\r\n');
    inbox.take(arena, 0, 18);
    inbox.keep();
    arena.fill('y');
    expect(inbox.bytes.toString('latin1', inbox.start, inbox.end)).toBe('a head, and the rest\r\n\r\n');
    expect(inbox.find('\r\n\r\n')).toBe(inbox.end - 4);
    inbox.start = inbox.end;
    inbox.keep();
    inbox.take(arena, 1, 3);
    expect([inbox.bytes === arena, inbox.length]).toEqual([true, 2]);
  });

  it('has room for more than it had', () => {
    const inbox = new Inbox();
    const parts = Array.from({ length: 50 }, (_, i) => randomBytes(1 + ((i * 997) % 5000)));
    for (const part of parts) {
      const arena = Buffer.from(part);
      inbox.take(arena, 0, arena.length);
      inbox.keep();
      arena.fill(0);
    }
    expect(inbox.bytes.subarray(inbox.start, inbox.end).equals(Buffer.concat(parts))).toBe(true);
  });
});

describe('http in batches', () => {
  it('does not mix up halves of requests that arrive together', async () => {
    const { server, root } = await serve('--quiet');
    const visitors = await Promise.all(Array.from({ length: 30 }, () => visit(server)));
    for (const [i] of visitors.entries()) writeFileSync(`${root}/number${i}`, `this is ${i}`);
    for (let round = 0; round < 3; round++) {
      for (const [i, visitor] of visitors.entries()) visitor.send(`GET /number${i} HTT`);
      // Most likely it looks at the halves before it answers this.
      await ask(server, 'GET / HTTP/1.1');
      for (const visitor of visitors) visitor.send('P/1.1\r\nHost: x\r\n\r\n');
      for (const [i, visitor] of visitors.entries())
        expect((await receive(visitor)).body.toString()).toBe(`this is ${i}`);
    }
  });

  it('answers pipelines of files that are larger than what it queues', async () => {
    const { server, root } = await serve('--quiet');
    const data = randomBytes(100_000);
    writeFileSync(`${root}/medium.bin`, data);
    const clients = Array.from({ length: 4 }, async () => {
      const visitor = await visit(server);
      visitor.send(request('GET /medium.bin HTTP/1.1').repeat(20));
      for (let i = 0; i < 20; i++) expect((await receive(visitor)).body.equals(data)).toBe(true);
    });
    await Promise.all(clients);
  });

  it.each(['keep-alive', 'close'])(
    'sends all to a client that has half closed and reads late (%s)',
    async (how) => {
      const { server } = await serve('--quiet', '--timeout', '60');
      const idle = openSockets(server);
      const late = socket(AF_INET, SOCK_STREAM);
      onTestFinished(() => late.close());
      late.setsockopt(SOL_SOCKET, SO_RCVBUF, 65536);
      late.connect(['127.0.0.1', server.port]);
      late.sendall(
        Buffer.from(request('GET /large.bin HTTP/1.1', `Connection: ${how}`).repeat(how === 'close' ? 1 : 3)),
      );
      late.shutdown(SHUT_WR);
      expect(late.recv(1, MSG_PEEK)).toHaveLength(1);
      expect((await ask(server, 'GET / HTTP/1.1')).status).toBe(200);
      const parts: Buffer[] = [];
      for (let data = late.recv(1 << 20); data.length > 0; data = late.recv(1 << 20)) parts.push(data);
      const all = Buffer.concat(parts);
      expect(all.subarray(-LARGE.length).equals(LARGE)).toBe(true);
      expect(all.length).toBeGreaterThan((how === 'close' ? 1 : 3) * LARGE.length);
      await expect.poll(() => openSockets(server)).toBe(idle);
    },
  );

  it('hangs up on who does not read the end, after a while', async () => {
    const { output } = await runScript(`
      import { createConnection, createServer } from 'fd-selectors/socket';
      import { BatchMachines } from './dist/demos/support/batchmachines.js';
      import { silence } from './dist/demos/support/log.js';
      silence();
      const server = createServer(['127.0.0.1', 0]);
      const LENGTH = 32 * 1024 * 1024; // More than the buffers of the kernel hold on the way.
      let conn;
      let ends = 0;
      const machines = new BatchMachines(server, LENGTH, 60_000, (socket) => {
        conn = socket;
        return { socket, turn: () => void socket.send(Buffer.alloc(LENGTH)), end: () => ends++ };
      });
      const client = createConnection(server.getsockname());
      client.sendall(Buffer.from('x'));
      while (ends === 0) for (const event of machines.batch.receive(60)) event.key.data(event);
      console.log([...machines].length, conn.pending > 0, conn.closed);
      machines.tidy(performance.now());
      console.log(client.recv(1).length, conn.closed);
      machines.tidy(performance.now() + 61_000);
      console.log(ends, conn.closed);
      process.exit(0);
    `);
    expect(output).toBe('0 true false\n1 false\n1 true\n');
  });
});
