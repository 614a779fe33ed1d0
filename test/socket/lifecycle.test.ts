/** A socket's descriptor and options, from birth to close. */
import { closeSync, openSync } from 'node:fs';
import {
  AF_INET,
  AF_PACKET,
  AF_UNIX,
  createConnection,
  createServer,
  IPPROTO_TCP,
  SO_ACCEPTCONN,
  SO_LINGER,
  SO_PEERCRED,
  SO_REUSEADDR,
  SO_TYPE,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
  SOL_SOCKET,
  Socket,
  socket,
  socketpair,
  TCP_CONGESTION,
  TCP_NODELAY,
} from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { native } from '../../src/native.js';
import { runScript } from '../support/child.js';
import { closing, pair } from '../support/descriptors.js';
import { openFds } from '../support/openfds.js';
import { tcpPair } from '../support/tcp.js';
import { thrown } from '../support/thrown.js';

describe('descriptors', () => {
  it('are refused by the constructor if closed or of a file, and then not taken over', () => {
    const file = openSync('/etc/hosts', 'r');
    const make = (fd: number) => thrown(() => new Socket(AF_INET, SOCK_STREAM, 0, fd));
    expect(make(file)).toBe('OSError ENOTSOCK');
    closeSync(file);
    expect(make(file)).toBe('OSError EBADF');
    expect(make(-5)).toBe('ValueError ERR_INVALID_FD');
    const [a] = pair();
    // Another family than the descriptor has is not noticed, as in CPython.
    expect(closing(new Socket(AF_INET, SOCK_STREAM, 0, a.detach())).family).toBe(AF_INET);
  });

  it('are closed once, and then every call is EBADF', () => {
    const [a, b] = socketpair();
    b.close();
    const fd = a.fileno();
    a.close();
    expect([a.closed, a.fileno()]).toEqual([true, -1]);
    // The number now belongs to another: a second close must not touch it.
    const other = closing(socket());
    expect(other.fileno()).toBe(fd);
    a.close();
    expect(native.getNonblock(fd)).toBe(0);
    const calls: (() => unknown)[] = [
      () => a.send(Buffer.from('x')),
      () => a.trySend(Buffer.from('x')),
      () => a.sendall(Buffer.from('x')),
      () => a.sendto(Buffer.from('x'), '\0x'),
      () => a.recv(1),
      () => a.tryRecv(1),
      () => a.recvInto(Buffer.alloc(1)),
      () => a.tryRecvInto(Buffer.alloc(1)),
      () => a.recvfrom(1),
      () => a.recvfromInto(Buffer.alloc(1)),
      () => a.accept(),
      () => a.tryAccept(),
      () => a.bind('\0x'),
      () => a.listen(),
      () => a.connect('\0x'),
      () => a.getsockname(),
      () => a.getpeername(),
      () => a.getsockopt(SOL_SOCKET, SO_TYPE),
      () => a.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1),
      () => a.settimeout(1),
      () => a.shutdown(0),
      () => a.dup(),
    ];
    for (const call of calls) expect(thrown(call), call.toString()).toBe('OSError EBADF');
    expect(a.connectEx('\0x')).toBe(9);
  });

  it('close with the variable', () => {
    const sock = socket();
    {
      using scoped = sock;
      expect(scoped.closed).toBe(false);
    }
    expect(sock.closed).toBe(true);
  });

  it('say so when another closed them', () => {
    const sock = socket();
    closeSync(sock.fileno());
    expect(thrown(() => sock.close())).toBe('OSError EBADF');
    expect(sock.closed).toBe(true);
  });

  it('are given away by detach, and taken over by fromFd', () => {
    const [a, b] = pair();
    a.setblocking(false);
    const fd = a.detach();
    expect([a.closed, a.fileno(), a.detach()]).toEqual([true, -1, -1]);
    const again = closing(Socket.fromFd(fd));
    expect([again.fileno(), again.family, again.type, again.proto]).toEqual([fd, AF_UNIX, SOCK_STREAM, 0]);
    expect(again.gettimeout()).toBe(0);
    again.send(Buffer.from('ping'));
    expect(b.recv(10).toString()).toBe('ping');
  });

  it('tell fromFd what they are', () => {
    const udp = closing(socket(AF_INET, SOCK_DGRAM));
    const copy = closing(Socket.fromFd(native.dup(udp.fileno())));
    expect([copy.family, copy.type, copy.proto, copy.gettimeout()]).toEqual([AF_INET, SOCK_DGRAM, 17, null]);
    const fds = new Int32Array(2);
    native.pipe2(fds, 0);
    expect(thrown(() => Socket.fromFd(fds[0] as number))).toBe('OSError ENOTSOCK');
    for (const fd of fds) native.close(fd);
  });

  it('have duplicates for the same connection, timeout included', () => {
    const [a, b] = pair();
    a.settimeout(7);
    const copy = closing(a.dup());
    expect(copy.fileno()).not.toBe(a.fileno());
    expect([copy.family, copy.type, copy.gettimeout()]).toEqual([a.family, a.type, 7]);
    a.close();
    copy.send(Buffer.from('ping'));
    expect(b.recv(10).toString()).toBe('ping');
  });

  it('do not pass through exec', async () => {
    const server = closing(createServer(['127.0.0.1', 0]));
    const client = closing(createConnection(server.getsockname()));
    const fds = [server, client, closing(server.accept()[0]), ...pair(), closing(client.dup())].map((s) =>
      s.fileno(),
    );
    const script = `import { readlinkSync } from 'node:fs';
      for (const fd of ${JSON.stringify(fds)}) {
        try { console.log(readlinkSync('/proc/self/fd/' + fd)); } catch { console.log('closed'); }
      }`;
    const links = fds.map((fd) => native.getsockopt(fd, SOL_SOCKET, SO_TYPE, new Uint8Array(4)));
    expect(links.every((length) => length === 4)).toBe(true);
    expect((await runScript(script)).output).not.toContain('socket:');
  });

  it('do not leak in 1,000 turns of making and closing', () => {
    const server = closing(createServer(['127.0.0.1', 0]));
    const address = server.getsockname();
    const before = openFds();
    for (let i = 0; i < 1000; i++) {
      using client = createConnection(address);
      using conn = server.accept()[0];
      using copy = conn.dup();
      copy.send(Buffer.from('x'));
      expect(client.recv(1).length).toBe(1);
      expect(thrown(() => createServer(address))).toBe('OSError EADDRINUSE');
    }
    expect(openFds()).toBe(before);
  });
});

describe('options', () => {
  it('are ints', () => {
    const [client] = tcpPair();
    expect(client.getsockopt(IPPROTO_TCP, TCP_NODELAY)).toBe(0);
    client.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
    expect(client.getsockopt(IPPROTO_TCP, TCP_NODELAY)).toBe(1);
    const server = closing(createServer(['127.0.0.1', 0]));
    expect(server.getsockopt(SOL_SOCKET, SO_ACCEPTCONN)).toBe(1);
    expect(server.getsockopt(SOL_SOCKET, SO_REUSEADDR)).toBe(1);
  });

  it('are bytes', () => {
    const [client] = tcpPair();
    client.setsockopt(SOL_SOCKET, SO_LINGER, Int32Array.of(1, 5));
    expect(client.getsockopt(SOL_SOCKET, SO_LINGER, 8)).toEqual(Buffer.from(Int32Array.of(1, 5).buffer));
    const name = client.getsockopt(IPPROTO_TCP, TCP_CONGESTION, 16).toString();
    client.setsockopt(IPPROTO_TCP, TCP_CONGESTION, Buffer.from(name));
    const [a] = pair();
    expect(a.getsockopt(SOL_SOCKET, SO_PEERCRED, 1024).readInt32LE(0)).toBe(process.pid);
    expect(a.getsockopt(SOL_SOCKET, SO_PEERCRED, 1024).length).toBe(12);
  });
});

describe('addresses of other families', () => {
  // A packet socket takes a privilege.
  it.skipIf(process.getuid?.() !== 0)('can be given as the bytes of their struct', () => {
    const packet = closing(socket(AF_PACKET, SOCK_RAW));
    // struct sockaddr_ll: family, protocol, interface 1 (which is lo), and what bind does not read.
    const address = Buffer.alloc(20);
    address.writeUInt16LE(AF_PACKET);
    address.writeInt32LE(1, 4);
    packet.bind(address);
    expect(packet.getsockname()[0]).toBe('lo');
    expect(thrown(() => packet.bind(5 as unknown as string))).toBe('TypeError ERR_INVALID_ARG_TYPE');
  });
});
