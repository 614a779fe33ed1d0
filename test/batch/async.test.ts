/** Batches on Node's event loop. */
import { EpollSelector } from 'fd-selectors';
import { Batch, type BatchSocket } from 'fd-selectors/batch';
import type { Socket } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing, pair } from '../support/descriptors.js';

function open(): { sel: EpollSelector; batch: Batch } {
  const sel = closing(new EpollSelector());
  return { sel, batch: closing(new Batch(sel)) };
}

function member(batch: Batch): [BatchSocket, Socket] {
  const [server, client] = pair();
  return [batch.add(server), client];
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: { code?: unknown; name?: string }) => error.code ?? error.name,
  );

describe('Batch.receiveAsync', () => {
  it('resolves with what arrives while it waits', async () => {
    const { batch } = open();
    const [conn, client] = member(batch);
    setImmediate(() => client.sendall(Buffer.from('ping')));
    const events = [...(await batch.receiveAsync(60))];
    expect(events.map((event) => [event.socket, event.bytes.toString()])).toEqual([[conn, 'ping']]);
  });

  it('resolves with nothing after its timeout, not before', async () => {
    const { batch } = open();
    const start = performance.now();
    expect([...(await batch.receiveAsync(0.02))]).toEqual([]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(20);
  });

  it('sends what is queued before, and what is queued while it waits', async () => {
    const { batch } = open();
    const [conn, client] = member(batch);
    client.settimeout(60);
    conn.send(Buffer.from('before'));
    const wait = batch.receiveAsync(60);
    expect(client.recv(10).toString()).toBe('before');
    conn.send(Buffer.from('during'));
    await null;
    expect(client.recv(10).toString()).toBe('during');
    client.sendall(Buffer.from('end'));
    expect([...(await wait)]).toHaveLength(1);
  });

  it('reports a send that fails while it waits', async () => {
    const { batch } = open();
    const [conn, client] = member(batch);
    conn.pause();
    const wait = batch.receiveAsync(60);
    client.close();
    conn.send(Buffer.from('x'));
    const [event] = [...(await wait)];
    expect([event?.socket, event?.error?.code]).toEqual([conn, 'EPIPE']);
  });

  it('is aborted, and refuses a second wait', async () => {
    const { sel, batch } = open();
    const controller = new AbortController();
    const wait = rejection(batch.receiveAsync(60, { signal: controller.signal }));
    expect(await rejection(batch.receiveAsync(60))).toBe('ERR_WAIT_PENDING');
    expect(await rejection(sel.selectAsync(60))).toBe('ERR_WAIT_PENDING');
    controller.abort();
    expect(await wait).toBe(controller.signal.reason.code);
    const closed = rejection(batch.receiveAsync(60));
    sel.close();
    expect(await closed).toBe('ERR_SELECTOR_CLOSED');
    expect(await rejection(batch.receiveAsync(0))).toBe('ERR_SELECTOR_CLOSED');
  });

  it('flushes by itself after a second wait was refused', async () => {
    const { batch } = open();
    const [conn, client] = member(batch);
    client.settimeout(60);
    const wait = batch.receiveAsync(60);
    expect(await rejection(batch.receiveAsync(60))).toBe('ERR_WAIT_PENDING');
    conn.send(Buffer.from('during'));
    await null;
    expect(client.recv(10).toString()).toBe('during');
    client.sendall(Buffer.from('end'));
    expect([...(await wait)]).toHaveLength(1);
  });

  it('resolves with what a loop over receive() has left meanwhile', async () => {
    const { batch } = open();
    const clients = Array.from({ length: 3 }, () => member(batch)[1]);
    const seen: string[] = [];
    const wait = batch.receiveAsync(60);
    for (const [i, client] of clients.entries()) client.sendall(Buffer.from(`${i}`));
    for (const event of batch.receive(60)) {
      seen.push(event.bytes.toString());
      break;
    }
    clients[0]?.sendall(Buffer.from('more'));
    for (const event of await wait) seen.push(event.bytes.toString());
    expect(seen.sort()).toEqual(['0', '1', '2']);
    expect([...batch.receive(60)].map((event) => event.bytes.toString())).toEqual(['more']);
  });

  it('resolves with them even if nothing more arrives', async () => {
    const { batch } = open();
    const clients = Array.from({ length: 3 }, () => member(batch)[1]);
    const wait = batch.receiveAsync(60);
    // The wait asks once in the first turn: by then, nothing has arrived.
    await new Promise(setImmediate);
    for (const client of clients) client.sendall(Buffer.from('x'));
    for (const _ of batch.receive(60)) break;
    expect([...(await wait)]).toHaveLength(2);
  });

  it('gives timers their turn even if something is always ready', async () => {
    const { batch } = open();
    const [conn, client] = member(batch);
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);
    client.sendall(Buffer.from('x'));
    while (!fired) {
      for (const event of await batch.receiveAsync(60)) conn.send(event.bytes);
      batch.flush();
      client.sendall(client.recv(10));
    }
    expect(fired).toBe(true);
  });
});

describe('Batch.events', () => {
  it('goes on from batch to batch, and after a break with the rest', async () => {
    const { batch } = open();
    const members = [member(batch), member(batch)];
    for (const [, client] of members) client.sendall(Buffer.from('x'));
    const seen: unknown[] = [];
    for await (const { socket } of batch.events()) {
      seen.push(socket);
      break;
    }
    for await (const { socket } of batch.events()) {
      seen.push(socket);
      break;
    }
    expect(new Set(seen)).toEqual(new Set(members.map(([conn]) => conn)));
  });

  it('ends when the signal is aborted, and when the batch is closed', async () => {
    const { sel, batch } = open();
    const [, client] = member(batch);
    const controller = new AbortController();
    client.sendall(Buffer.from('x'));
    for await (const _ of batch.events({ signal: controller.signal })) controller.abort();
    client.sendall(Buffer.from('x'));
    for await (const _ of batch.events()) batch.close();
    expect(sel.getMap().size).toBe(0);
  });
});
