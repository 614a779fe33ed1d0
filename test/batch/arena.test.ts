/** The memory that a batch receives into. */
import { EpollSelector } from 'fd-selectors';
import { Batch } from 'fd-selectors/batch';
import { expect, it } from 'vitest';
import { closing, pair } from '../support/descriptors.js';

it.each([
  [undefined, 256 * 1024],
  [1000, 1024],
])('asked for %o bytes, the arena has %i, and all of them are for what arrives', (arena, length) => {
  const batch = closing(new Batch(closing(new EpollSelector()), arena === undefined ? {} : { arena }));
  expect(batch.arena.length).toBe(length);
  const [server, client] = pair();
  const conn = batch.add(server, undefined, { bufsize: length });
  client.setblocking(false);
  const sent = client.send(Buffer.alloc(length, 'x'));
  const [event] = [...batch.receive(60)];
  expect([event?.socket, event?.length]).toEqual([conn, sent]);
  expect(event?.bytes.equals(Buffer.alloc(sent, 'x'))).toBe(true);
  // What is copied stands elsewhere.
  conn.send(Buffer.alloc(length, 'y'));
  expect(batch.arena.includes('y')).toBe(false);
});
