import { socketpair } from 'fd-selectors/socket';
import { expect, it } from 'vitest';
import { Inbox } from '../../demos/support/inbox.js';

it('finds a text in what has arrived, not in what was there before', () => {
  const [client, server] = socketpair();
  using _ = client;
  using __ = server;
  const inbox = new Inbox();
  client.sendall(Buffer.from('an older request\r\n\r\n'));
  inbox.receive(server);
  expect(inbox.find('\r\n\r\n')).toBe(16);
  inbox.start = inbox.end;
  expect(inbox.find('\r\n\r\n')).toBe(-1);
  inbox.keep();
  // It is received in the same memory, before the end of the older request.
  client.sendall(Buffer.from('half a head'));
  inbox.receive(server);
  expect(inbox.bytes.indexOf('\r\n\r\n')).toBe(16);
  expect(inbox.find('\r\n\r\n')).toBe(-1);
  client.sendall(Buffer.from('\r\n\r\n'));
  inbox.receive(server);
  expect(inbox.find('\r\n\r\n')).toBe(11);
});
