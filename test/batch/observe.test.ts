/** What a batch publishes: its waits, as those of its selector. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EpollSelector, type ErrorMessage, EVENT_READ, type SelectMessage } from 'fd-selectors';
import { Batch } from 'fd-selectors/batch';
import { run, runAsync, sleep, spawn, socketpair as taskPair } from 'fd-selectors/coroutines';
import { pipe } from 'fd-selectors/fds';
import { AF_UNIX, SOCK_DGRAM, SOCK_STREAM, type Socket, socketpair } from 'fd-selectors/socket';
import { describe, expect, it, onTestFinished } from 'vitest';
import { closing } from '../support/descriptors.js';

/** What is published on a channel from now on. */
function published<M>(channel: string): M[] {
  const messages: M[] = [];
  const note = (message: unknown): void => void messages.push(message as M);
  subscribe(`fd-selectors:${channel}`, note);
  onTestFinished(() => void unsubscribe(`fd-selectors:${channel}`, note));
  return messages;
}

function pair(type: number): [Socket, Socket] {
  const [a, b] = socketpair(AF_UNIX, type);
  return [closing(a), closing(b)];
}

/** A batch with a stream, datagrams and a pipe beside it, all of them with something to read. */
function stage() {
  const sel = closing(new EpollSelector<string>());
  const batch = new Batch(sel);
  const [stream, streamPeer] = pair(SOCK_STREAM);
  const [datagrams, datagramPeer] = pair(SOCK_DGRAM);
  const [reader, writer] = pipe();
  closing(reader);
  closing(writer);
  batch.add(stream, 'stream');
  batch.add(datagrams, 'datagrams');
  sel.register(reader, EVENT_READ, 'pipe');
  streamPeer.send(Buffer.from('x'));
  for (const text of ['1', '2', '3']) datagramPeer.send(Buffer.from(text));
  writer.write(Buffer.from('x'));
  return { sel, batch };
}

/** What was ready, and with which events. */
const found = ({ ready }: SelectMessage): string[] =>
  ready.map(([{ data }, events]) => `${data} ${events}`).sort();
const ALL = [`datagrams ${EVENT_READ}`, `pipe ${EVENT_READ}`, `stream ${EVENT_READ}`];

describe('a batch publishes', () => {
  it('what receive() found, once for each descriptor', () => {
    const { sel, batch } = stage();
    const messages = published<SelectMessage>('select');
    expect([...batch.receive(5)]).toHaveLength(5);
    expect(messages).toHaveLength(1);
    const [message] = messages as [SelectMessage];
    expect(message).toMatchObject({ selector: sel, count: 3, timeout: 5, async: false });
    expect(message.duration).toBeGreaterThanOrEqual(0);
    expect(found(message)).toEqual(ALL);
  });

  it('what receiveAsync() found', async () => {
    const { sel, batch } = stage();
    const messages = published<SelectMessage>('select');
    await batch.receiveAsync(5);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ selector: sel, count: 3, timeout: 5, async: true });
    expect(found(messages[0] as SelectMessage)).toEqual(ALL);
  });

  it('a wait that found nothing', () => {
    const batch = new Batch(closing(new EpollSelector()));
    const messages = published<SelectMessage>('select');
    expect([...batch.receive(0.001)]).toEqual([]);
    expect(messages).toMatchObject([{ count: 0, ready: [], timeout: 0.001 }]);
    expect(messages[0]?.duration).toBeGreaterThanOrEqual(0.001);
  });

  it('an error of a wait, but not its end by close()', async () => {
    const sel = closing(new EpollSelector());
    const batch = new Batch(sel);
    const errors = published<ErrorMessage>('error');
    const pending = batch.receiveAsync();
    sel.close();
    await expect(pending).rejects.toMatchObject({ code: 'ERR_SELECTOR_CLOSED' });
    expect(errors).toEqual([]);
    expect(() => batch.receive(0)).toThrow(expect.objectContaining({ code: 'ERR_SELECTOR_CLOSED' }));
    expect(errors).toMatchObject([{ selector: sel, method: 'select' }]);
  });
});

it.each(['run', 'runAsync'])('the tasks of %s publish their waits', async (way) => {
  const messages = published<SelectMessage>('select');
  const main = function* () {
    const [a, b] = taskPair();
    const reader = spawn(() => b.recv(1));
    // Past the first call of the reader, which tries: now it waits.
    yield* sleep(0.001);
    yield* a.sendall(Buffer.from('x'));
    yield* reader.get();
    a.close();
    b.close();
  };
  if (way === 'run') run(main);
  else await runAsync(main);
  expect(messages.some(({ count }) => count === 1)).toBe(true);
  expect(new Set(messages.map(({ selector }) => selector)).size).toBe(1);
});
