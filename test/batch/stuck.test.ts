/** What a batch keeps for a socket although no event will say when the kernel takes it. */
import { EpollSelector, EVENT_WRITE, OSError, type SelectorKey } from 'fd-selectors';
import { Batch, type BatchEvent, type BatchOptions, type BatchSocket } from 'fd-selectors/batch';
import { AF_UNIX, SOCK_DGRAM, type Socket, socket } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing, codeOf, pair } from '../support/descriptors.js';

/** The errno on Linux. */
const ENOSPC = 28;

/** A sender that keeps a few datagrams, as the queue of its peer is full. To epoll, it is writable. */
function full(name: string): { batch: Batch; conn: BatchSocket; reader: Socket; sent: string[] } {
  const path = `\0fd-selectors-${name}-${process.pid}`;
  const reader = closing(socket(AF_UNIX, SOCK_DGRAM));
  reader.bind(path);
  reader.setblocking(false);
  const batch = closing(new Batch(closing(new EpollSelector()), { limit: 600 }));
  const conn = batch.add(closing(socket(AF_UNIX, SOCK_DGRAM)));
  const sent: string[] = [];
  while (conn.sendto(Buffer.from(`${sent.length}`), path)) {
    sent.push(`${sent.length}`);
    batch.flush();
  }
  expect(conn.pending).toBeGreaterThan(0);
  return { batch, conn, reader, sent };
}

function readAll(reader: Socket): string[] {
  const received: string[] = [];
  for (let part = reader.tryRecv(100); part !== null; part = reader.tryRecv(100)) received.push(`${part}`);
  return received;
}

describe('a socket that is writable and takes nothing', () => {
  it('does not keep receive() busy', () => {
    const { batch } = full('busy');
    const before = process.cpuUsage();
    const end = performance.now() + 2000;
    // A signal ends a wait.
    for (let left = 2; left > 0; left = (end - performance.now()) / 1000) {
      expect([...batch.receive(left)]).toEqual([]);
    }
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(1);
  });

  it('sends what is kept once there is room', () => {
    const { batch, conn, reader, sent } = full('room');
    const received = readAll(reader);
    let event: BatchEvent | undefined;
    while (event === undefined) [event] = [...batch.receive(60)];
    expect([event.socket, event.events, conn.pending]).toEqual([conn, EVENT_WRITE, 0]);
    expect([...received, ...readAll(reader)]).toEqual(sent);
  });

  it('sends it on the event loop as well', async () => {
    const { batch, conn, reader, sent } = full('async');
    const wait = batch.receiveAsync(60);
    await new Promise(setImmediate);
    const received = readAll(reader);
    const [event] = [...(await wait)];
    expect([event?.socket, event?.events, conn.pending]).toEqual([conn, EVENT_WRITE, 0]);
    expect([...received, ...readAll(reader)]).toEqual(sent);
  });

  it('is forgotten when it is closed', () => {
    const { batch, conn } = full('closed');
    expect([...batch.receive(0)]).toEqual([]);
    conn.close();
    expect([...batch.receive(0.05)]).toEqual([]);
  });
});

/** A selector that cannot watch for more. */
class CrowdedSelector extends EpollSelector<unknown, Socket> {
  crowded = false;

  override modify(sock: Socket | number, events: number, data?: unknown): SelectorKey<unknown, Socket> {
    if (this.crowded) throw new OSError(ENOSPC, 'epoll_ctl');
    return super.modify(sock, events, data);
  }
}

describe('a socket that cannot be watched', () => {
  function crowded(options: BatchOptions): { sel: CrowdedSelector; batch: Batch } {
    const sel = closing(new CrowdedSelector());
    return { sel, batch: closing(new Batch(sel, options)) };
  }

  const data = Buffer.alloc(1_000_000);
  for (let i = 0; i < data.length; i += 4) data.writeUInt32LE(i, i);

  it('loses nothing, nor does any other: flush() throws once, when all have been told', () => {
    const { sel, batch } = crowded({ limit: 3_000_000 });
    const members = Array.from({ length: 3 }, () => {
      const [server, client] = pair();
      client.setblocking(false);
      let filled = 0;
      for (let sent = server.trySend(data); sent !== null; sent = server.trySend(data)) filled += sent;
      return { conn: batch.add(server), client, filled, received: [] as Buffer[] };
    });
    for (const { conn } of members) conn.send(data, 0, 10_000);
    for (const { conn } of members) conn.send(data, 10_000, 20_000);
    sel.crowded = true;
    expect(codeOf(() => batch.flush())).toBe('ENOSPC');
    expect(codeOf(() => batch.flush())).toBe('nothing was thrown');
    for (const { conn } of members) conn.send(data, 20_000);
    // Asks the sockets by and by, as it cannot watch them.
    let left = members.reduce((sum, { filled }) => sum + filled + data.length, 0);
    while (left > 0) {
      for (const { error } of batch.receive(0)) expect(error).toBeUndefined();
      for (const { client, received } of members) {
        const part = client.tryRecv(200_000);
        if (part === null) continue;
        received.push(part);
        left -= part.length;
      }
    }
    for (const { filled, received, conn } of members) {
      expect(Buffer.concat(received).subarray(filled).equals(data)).toBe(true);
      expect(conn.pending).toBe(0);
    }
  });

  it('leaves the error to the next flush() if send() or close() came across it', () => {
    const { sel, batch } = crowded({ limit: 3_000_000 });
    const [[server], [other, peer]] = [pair(), pair()];
    const [conn, second] = [batch.add(server), batch.add(other)];
    sel.crowded = true;
    conn.send(data);
    second.send(Buffer.from('bye'));
    second.close();
    expect(peer.recv(10).toString()).toBe('bye');
    expect(codeOf(() => batch.receive(0))).toBe('ENOSPC');
  });
});
