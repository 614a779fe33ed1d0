/** Types of the batches: `key.data` is known without a cast. `npx tsc` checks them. */
import { DefaultSelector, EpollSelector, PollSelector, type SelectorKey } from 'fd-selectors';
import { Batch, type BatchEvent, type BatchSocket } from 'fd-selectors/batch';
import type { Address, Socket } from 'fd-selectors/socket';
import { expectTypeOf, test } from 'vitest';

declare const sock: Socket;

test('the data of the selector is that of the batch', () => {
  const batch = new Batch(new EpollSelector<string>());
  expectTypeOf(batch).toEqualTypeOf<Batch<string>>();
  expectTypeOf(batch.add(sock, 'data')).toEqualTypeOf<BatchSocket<string>>();
  expectTypeOf(batch.add(sock, 'data', { bufsize: 100 }).fileobj).toEqualTypeOf<Socket>();
  // @ts-expect-error: the data is missing
  batch.add(sock);
  // @ts-expect-error: the data is a string
  batch.add(sock, 1);
  // @ts-expect-error: there is no such option
  batch.add(sock, 'data', { size: 100 });
});

test('without a type, the data may be left out', () => {
  const batch = new Batch(new EpollSelector());
  expectTypeOf(batch.add(sock)).toEqualTypeOf<BatchSocket<unknown>>();
  const maybe = new Batch(new EpollSelector<number | undefined>());
  expectTypeOf(maybe.add(sock)).toEqualTypeOf<BatchSocket<number | undefined>>();
});

test('what arrives', async () => {
  const batch = new Batch(new EpollSelector<number>());
  for (const event of batch.receive(0)) {
    expectTypeOf(event).toEqualTypeOf<BatchEvent<number>>();
    expectTypeOf(event.key).toExtend<SelectorKey<number>>();
    expectTypeOf(event.key.data).toEqualTypeOf<number>();
    expectTypeOf(event.socket).toEqualTypeOf<BatchSocket<number> | undefined>();
    expectTypeOf(event.bytes).toEqualTypeOf<Buffer<ArrayBuffer>>();
    expectTypeOf(event.address).toEqualTypeOf<Address>();
    // @ts-expect-error: it is not changed
    event.start = 1;
  }
  for (const { key } of await batch.receiveAsync(0)) expectTypeOf(key.data).toEqualTypeOf<number>();
  for await (const { key } of batch.events()) expectTypeOf(key.data).toEqualTypeOf<number>();
});

test('the selector has an epoll set', () => {
  new Batch(new DefaultSelector());
  // @ts-expect-error: a set of poll(2) cannot be waited on by a batch
  new Batch(new PollSelector());
});

test('what is sent', () => {
  const conn = new Batch(new EpollSelector()).add(sock);
  expectTypeOf(conn.send(new Uint8Array(3))).toEqualTypeOf<number>();
  expectTypeOf(conn.sendto(Buffer.from('x'), ['127.0.0.1', 1])).toEqualTypeOf<boolean>();
  expectTypeOf(conn.remove()).toEqualTypeOf<Socket>();
  // @ts-expect-error: text must be encoded first
  conn.send('text');
});
