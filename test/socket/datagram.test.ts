import {
  AF_INET,
  AF_UNIX,
  MSG_DONTWAIT,
  MSG_PEEK,
  MSG_TRUNC,
  SOCK_DGRAM,
  type Socket,
  socket,
  socketpair,
} from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing } from '../support/descriptors.js';
import { readable, YES } from '../support/readable.js';
import { tempdir } from '../support/tempdir.js';
import { thrown } from '../support/thrown.js';

function udp(): Socket {
  const sock = closing(socket(AF_INET, SOCK_DGRAM));
  sock.bind(['127.0.0.1', 0]);
  return sock;
}

function datagramPair(): [Socket, Socket] {
  const [a, b] = socketpair(AF_UNIX, SOCK_DGRAM);
  return [closing(a), closing(b)];
}

describe('datagrams', () => {
  it('go to an address and come with one', () => {
    const [a, b] = [udp(), udp()];
    expect(a.sendto(Buffer.from('ping'), b.getsockname())).toBe(4);
    expect(b.recvfrom(100)).toEqual([Buffer.from('ping'), a.getsockname()]);
    expect(b.sendto(Buffer.from('pong'), MSG_DONTWAIT, a.getsockname())).toBe(4);
    const room = Buffer.alloc(10, '.');
    expect(a.recvfromInto(room)).toEqual([4, b.getsockname()]);
    expect(room.toString()).toBe('pong......');
    expect(a.trySendto(Buffer.from('x'), b.getsockname())).toBe(1);
    expect(readable(b)).toEqual(YES);
    expect(b.tryRecvfrom(100)).toEqual([Buffer.from('x'), a.getsockname()]);
    expect(b.tryRecvfrom(100)).toBeNull();
  });

  it('keep their bounds: empty ones too, and long ones are cut', () => {
    const [a, b] = datagramPair();
    for (const text of ['one', '', 'three']) a.sendall(Buffer.from(text));
    expect(b.recv(100).toString()).toBe('one');
    expect(b.recv(100).length).toBe(0);
    expect(b.recvInto(Buffer.alloc(2), 0, MSG_PEEK | MSG_TRUNC)).toBe(5);
    expect(b.recv(2, MSG_PEEK | MSG_TRUNC).toString()).toBe('th');
    expect(b.recv(2).toString()).toBe('th');
    expect(b.tryRecv(100)).toBeNull();
  });

  it('have a peer once connected', () => {
    const [a, b] = [udp(), udp()];
    a.connect(b.getsockname());
    a.send(Buffer.from('ping'));
    expect(b.recv(100).toString()).toBe('ping');
    expect(a.getpeername()).toEqual(b.getsockname());
    expect(thrown(() => b.send(Buffer.from('x')))).toBe('OSError EDESTADDRREQ');
    expect(thrown(() => b.sendto(Buffer.alloc(70_000), a.getsockname()))).toBe('OSError EMSGSIZE');
  });

  it('come from names that are not UTF-8: bytes in, bytes out', () => {
    using dir = tempdir();
    const names = [
      Buffer.from(`\0\xff\xfe ${process.pid}`, 'latin1'),
      Buffer.from(`${dir.path}/\xff\0`, 'latin1'),
    ];
    for (const name of names) {
      const address = Buffer.concat([Buffer.from(Uint16Array.of(AF_UNIX).buffer), name]);
      const [a, b] = [closing(socket(AF_UNIX, SOCK_DGRAM)), closing(socket(AF_UNIX, SOCK_DGRAM))];
      a.bind(address);
      expect(a.getsockname()).toEqual(address);
      b.bind('');
      b.sendto(Buffer.from('ping'), a.getsockname());
      a.connect(b.getsockname());
      a.send(Buffer.from('pong'));
      expect(b.recvfrom(10)).toEqual([Buffer.from('pong'), address]);
      b.connect(address);
      expect(b.getpeername()).toEqual(address);
    }
  });

  it('travel over AF_UNIX by path and by abstract name', () => {
    using dir = tempdir();
    const path = dir.join('named');
    const named = closing(socket(AF_UNIX, SOCK_DGRAM));
    named.bind(path);
    const abstract = closing(socket(AF_UNIX, SOCK_DGRAM));
    abstract.bind(`\0fd-selectors datagram ${process.pid}`);
    abstract.sendto(Buffer.from('ping'), path);
    const [data, from] = named.recvfrom(100);
    expect([data.toString(), from]).toEqual(['ping', abstract.getsockname()]);
    named.sendto(Buffer.from('pong'), from);
    expect(abstract.recvfrom(100)).toEqual([Buffer.from('pong'), path]);
    const nameless = closing(socket(AF_UNIX, SOCK_DGRAM));
    nameless.sendto(Buffer.from('who?'), path);
    expect(named.recvfrom(100)[1]).toBe('');
  });

  it('are not taken when the buffer is full: null, and only then', () => {
    const [a, b] = datagramPair();
    while (a.trySend(Buffer.alloc(1000)) !== null);
    expect(thrown(() => a.send(Buffer.alloc(1), MSG_DONTWAIT))).toBe('BlockingIOError EAGAIN');
    expect(b.recv(2000).length).toBe(1000);
    b.close();
    expect(thrown(() => a.trySend(Buffer.alloc(1)))).toBe('ConnectionRefusedError ECONNREFUSED');
  });
});
