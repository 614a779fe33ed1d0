import { EVENT_WRITE, ready } from 'fd-selectors';
import { AF_UNIX, SOCK_DGRAM, type Socket, socket } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { expectReadableBothWays } from '../support/bothways.js';
import { closing } from '../support/descriptors.js';
import { tempdir } from '../support/tempdir.js';

function datagrams(address?: string): Socket {
  const sock = closing(socket(AF_UNIX, SOCK_DGRAM));
  if (address !== undefined) sock.bind(address);
  sock.setblocking(false);
  return sock;
}

describe('datagrams of AF_UNIX', () => {
  it('come to a path', async () => {
    using dir = tempdir();
    const path = dir.join('socket');
    const receiver = datagrams(path);
    const sender = datagrams();
    await expectReadableBothWays(
      receiver,
      () => sender.sendto(Buffer.from('ping'), path),
      () => expect(receiver.recvfrom(16)).toEqual([Buffer.from('ping'), '']),
    );
  });

  it('come to an abstract name, and tell who sent them', async () => {
    const receiver = datagrams('');
    const sender = datagrams('');
    await expectReadableBothWays(
      receiver,
      () => sender.sendto(Buffer.from('ping'), receiver.getsockname()),
      () => expect(receiver.recvfrom(16)).toEqual([Buffer.from('ping'), sender.getsockname()]),
    );
  });

  it('find room again once the receiver has read', async () => {
    const receiver = datagrams('');
    const sender = datagrams();
    sender.connect(receiver.getsockname());
    while (sender.trySend(Buffer.alloc(1024)) !== null);
    expect(await ready(sender, EVENT_WRITE, { timeout: 0 })).toBe(0);
    const pending = ready(sender, EVENT_WRITE, { timeout: 60 });
    while (receiver.tryRecv(2048) !== null);
    expect(await pending).toBe(EVENT_WRITE);
  });
});
