/** Half-closing a stream behind what is queued. */
import { EpollSelector } from 'fd-selectors';
import { Batch, type BatchOptions, type BatchSocket } from 'fd-selectors/batch';
import { AF_UNIX, SO_LINGER, SOCK_DGRAM, SOL_SOCKET, type Socket, socketpair } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing, codeOf, pair } from '../support/descriptors.js';
import { tcpPair } from '../support/tcp.js';

/** More than the buffers of a Unix socket hold. */
const MUCH = 2_000_000;

function open(options?: BatchOptions): Batch {
  return closing(new Batch(closing(new EpollSelector()), options));
}

function member(batch: Batch): [BatchSocket, Socket] {
  const [server, client] = pair();
  client.settimeout(60);
  return [batch.add(server), client];
}

/** A socket that keeps some of what it has sent, and its peer. */
function keeper(): [Batch, BatchSocket, Socket] {
  const batch = open({ limit: MUCH });
  const [conn, client] = member(batch);
  expect(conn.send(Buffer.alloc(MUCH))).toBe(MUCH);
  conn.shutdownWhenSent();
  expect(conn.pending).toBeGreaterThan(0);
  return [batch, conn, client];
}

/** Reads to the end of the stream, while `turn` lets the other side send: how many bytes there were. */
async function readToEnd(client: Socket, turn: () => unknown): Promise<number> {
  let length = 0;
  for (let part = client.recv(100_000); part.length > 0; part = client.recv(100_000)) {
    length += part.length;
    await turn();
  }
  return length;
}

describe('BatchSocket.shutdownWhenSent', () => {
  it('ends the stream behind what is queued, and goes on receiving', () => {
    const batch = open();
    const [conn, client] = member(batch);
    conn.send(Buffer.from('bye'));
    conn.shutdownWhenSent();
    conn.shutdownWhenSent();
    expect([client.recv(10).toString(), client.recv(10).length]).toEqual(['bye', 0]);
    client.sendall(Buffer.from('thanks'));
    expect([...batch.receive(60)].map(({ bytes }) => bytes.toString())).toEqual(['thanks']);
    client.close();
    expect([...batch.receive(60)].map(({ ended, error }) => [ended, error])).toEqual([[true, undefined]]);
    expect(conn.closed).toBe(false);
  });

  it('ends it at once if nothing is queued', () => {
    const [conn, client] = member(open());
    conn.shutdownWhenSent();
    expect(client.recv(10)).toHaveLength(0);
  });

  it('waits for what the kernel has not taken', async () => {
    const [batch, conn, client] = keeper();
    const turn = () => {
      for (const _ of batch.receive(0)) expect.unreachable();
    };
    expect([await readToEnd(client, turn), conn.pending, conn.closed]).toEqual([MUCH, 0, false]);
    client.sendall(Buffer.from('thanks'));
    expect([...batch.receive(60)].map(({ bytes }) => bytes.toString())).toEqual(['thanks']);
  });

  it('waits for it on the event loop, too', async () => {
    const [batch, conn, client] = keeper();
    client.setblocking(false);
    const wait = batch.receiveAsync(60);
    let length = 0;
    for (let part = client.tryRecv(100_000); part?.length !== 0; part = client.tryRecv(100_000)) {
      length += part?.length ?? 0;
      await new Promise(setImmediate);
    }
    expect([length, conn.pending, conn.closed]).toEqual([MUCH, 0, false]);
    client.sendall(Buffer.from('thanks'));
    expect([...(await wait)].map(({ bytes }) => bytes.toString())).toEqual(['thanks']);
  });

  it('takes no more to send: EPIPE', () => {
    const [conn] = member(open());
    conn.shutdownWhenSent();
    expect(codeOf(() => conn.send(Buffer.from('x')))).toBe('EPIPE');
    const [, full] = keeper();
    expect(codeOf(() => full.send(Buffer.from('x')))).toBe('EPIPE');
  });

  it('is overtaken by close(), and discards what is kept', async () => {
    const [, conn, client] = keeper();
    const kept = conn.pending;
    conn.close();
    expect([await readToEnd(client, () => {}), conn.closed]).toEqual([MUCH - kept, true]);
    conn.shutdownWhenSent();
  });

  it('is followed by closeWhenSent(), and changes nothing after it', async () => {
    const [batch, conn, client] = keeper();
    conn.closeWhenSent();
    conn.shutdownWhenSent();
    expect(codeOf(() => conn.send(Buffer.from('x')))).toBe('EBADF');
    const turn = () => {
      for (const _ of batch.receive(0)) expect.unreachable();
    };
    expect([await readToEnd(client, turn), conn.closed]).toEqual([MUCH, true]);
  });

  it('does not happen after remove(): the stream stays open', async () => {
    const [, conn, client] = keeper();
    const kept = conn.pending;
    const sock = conn.remove();
    conn.shutdownWhenSent();
    for (let left = MUCH - kept; left > 0; ) left -= client.recv(left).length;
    sock.sendall(Buffer.from('more'));
    expect(client.recv(10).toString()).toBe('more');
  });

  it('reports that there is room before the end, if send() has fallen short', () => {
    const batch = open({ limit: 4 });
    const [conn, client] = member(batch);
    expect(conn.send(Buffer.from('request'))).toBe(4);
    conn.shutdownWhenSent();
    expect([...batch.receive(60)].map(({ socket, error }) => [socket, error])).toEqual([[conn, undefined]]);
    expect([client.recv(10).toString(), client.recv(10).length]).toEqual(['requ', 0]);
  });

  it('leaves the report to receive() when sending fails', () => {
    const [batch, conn, client] = keeper();
    client.close();
    expect([...batch.receive(60)].map(({ error }) => error?.code)).toContain('EPIPE');
    expect(conn.pending).toBe(0);
    expect(codeOf(() => conn.send(Buffer.from('x')))).toBe('EPIPE');
    const [other, second] = member(batch);
    second.close();
    other.send(Buffer.from('x'));
    other.shutdownWhenSent();
    expect([...batch.receive(60)].map(({ socket, error }) => [socket, error?.code])).toContainEqual([
      other,
      'EPIPE',
    ]);
  });

  it('leaves the report to receive() when the connection was reset', () => {
    const batch = open();
    const [client, server] = tcpPair();
    const conn = batch.add(server);
    client.setsockopt(SOL_SOCKET, SO_LINGER, new Uint8Array(new Int32Array([1, 0]).buffer));
    client.close();
    conn.shutdownWhenSent();
    const [event] = [...batch.receive(60)];
    expect([event?.socket, event?.ended]).toEqual([conn, true]);
  });

  it('is refused for datagrams', () => {
    const batch = open();
    const [one] = socketpair(AF_UNIX, SOCK_DGRAM).map(closing) as [Socket, Socket];
    expect(codeOf(() => batch.add(one).shutdownWhenSent())).toBe('ERR_INVALID_SOCKET_TYPE');
  });
});
