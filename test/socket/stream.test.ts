/** Streams: TCP over IPv4 and IPv6, and AF_UNIX. */
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  createConnection,
  createServer,
  hasDualstackIpv6,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SO_LINGER,
  SOCK_STREAM,
  SOL_SOCKET,
  type Socket,
  socket,
  socketpair,
} from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing, pair } from '../support/descriptors.js';
import { tcpPair } from '../support/tcp.js';
import { tempdir } from '../support/tempdir.js';
import { thrown } from '../support/thrown.js';

/** Whether this machine has ::1 to bind to. */
const ipv6 = ((): boolean => {
  using probe = socket(AF_INET6);
  return thrown(() => probe.bind(['::1', 0])) === 'nothing';
})();

/** A client and its connection, in one thread: the backlog holds the client meanwhile. */
function connected(server: Socket): [client: Socket, conn: Socket] {
  const client = closing(socket(server.family));
  client.connect(server.getsockname());
  const [conn] = server.accept();
  return [client, closing(conn)];
}

/** A port of IPv4 that is bound for this test, and on which nobody listens. */
function portOfNobody(): number {
  const bound = closing(socket());
  bound.bind(['127.0.0.1', 0]);
  return bound.getsockname()[1];
}

function pingPong(client: Socket, conn: Socket): void {
  expect(client.send(Buffer.from('ping'))).toBe(4);
  expect(conn.recv(100).toString()).toBe('ping');
  conn.sendall(Buffer.from('pong'));
  expect(client.recv(100).toString()).toBe('pong');
}

describe('IPv4', () => {
  it('connects, accepts and names both ends', () => {
    const server = closing(createServer(['127.0.0.1', 0]));
    const client = closing(createConnection(server.getsockname(), { timeout: 60 }));
    const [conn, address] = server.accept();
    closing(conn);
    expect(address).toEqual(client.getsockname());
    expect(client.getpeername()).toEqual(server.getsockname());
    expect(address[0]).toBe('127.0.0.1');
    pingPong(client, conn);
  });

  it('resolves names, and takes an empty host as any address', () => {
    const server = closing(createServer(['localhost', 0]));
    expect(server.getsockname()[0]).toBe('127.0.0.1');
    const any = closing(createServer(['', 0]));
    expect(any.getsockname()[0]).toBe('0.0.0.0');
  });

  it('binds the client to a source address', () => {
    const server = closing(createServer(['127.0.0.1', 0]));
    const client = closing(createConnection(server.getsockname(), { sourceAddress: ['127.0.0.2', 0] }));
    expect(client.getsockname()[0]).toBe('127.0.0.2');
  });

  it('gives an address to one server, or to several that share it', () => {
    const server = closing(createServer(['127.0.0.1', 0]));
    expect(thrown(() => createServer(server.getsockname()))).toBe('OSError EADDRINUSE');
    const shared = closing(createServer(['127.0.0.1', 0], { reusePort: true }));
    expect(thrown(() => closing(createServer(shared.getsockname(), { reusePort: true })))).toBe('nothing');
  });
});

describe.skipIf(!ipv6)('IPv6 (skipped where ::1 is absent)', () => {
  it('connects, accepts and names both ends', () => {
    const server = closing(createServer(['::1', 0], { family: AF_INET6 }));
    const client = closing(createConnection(server.getsockname()));
    const [conn, address] = server.accept();
    closing(conn);
    expect(address).toEqual(client.getsockname());
    expect(address.toSpliced(1, 1)).toEqual(['::1', 0, 0]);
    pingPong(client, conn);
  });

  it('serves IPv4 too if told to, and not otherwise', () => {
    expect(hasDualstackIpv6()).toBe(true);
    const both = closing(createServer(['', 0], { family: AF_INET6, dualstackIpv6: true }));
    closing(createConnection(['127.0.0.1', both.getsockname()[1]]));
    const [conn, address] = both.accept();
    closing(conn);
    expect(address[0]).toBe('::ffff:127.0.0.1');
    // The same port of IPv4 belongs to somebody who does not listen, or another process could.
    const port = portOfNobody();
    closing(createServer(['', port], { family: AF_INET6 }));
    expect(thrown(() => createConnection(['127.0.0.1', port]))).toBe('ConnectionRefusedError ECONNREFUSED');
  });

  it('takes flow and scope', () => {
    const server = closing(createServer(['::1', 0, 0, 1], { family: AF_INET6 }));
    const [, conn] = connected(server);
    expect(conn.getpeername()[0]).toBe('::1');
  });
});

describe('AF_UNIX', () => {
  it('serves a path', () => {
    using dir = tempdir();
    const path = dir.join('sockét');
    const server = closing(createServer(path, { family: AF_UNIX }));
    expect(server.getsockname()).toBe(path);
    const [client, conn] = connected(server);
    expect([client.getsockname(), client.getpeername()]).toEqual(['', path]);
    pingPong(client, conn);
    expect(thrown(() => createServer(path, { family: AF_UNIX }))).toBe('OSError EADDRINUSE');
    const lost = closing(socket(AF_UNIX));
    expect(thrown(() => lost.connect(dir.join('none')))).toBe('FileNotFoundError ENOENT');
  });

  it('serves a path that fills its place', () => {
    using dir = tempdir();
    const path = dir.join('p').padEnd(107, 'p');
    const server = closing(createServer(path, { family: AF_UNIX }));
    expect(server.getsockname()).toBe(path);
    pingPong(...connected(server));
  });

  it('serves an abstract name that fills its place, and the kernel takes no longer one', () => {
    const name = `\0fd-selectors ${process.pid}`.padEnd(108, 'n');
    const server = closing(createServer(name, { family: AF_UNIX }));
    expect(server.getsockname()).toBe(name);
    pingPong(...connected(server));
    const longer = Buffer.from(`..${name}n`);
    longer.writeUInt16LE(AF_UNIX);
    expect(thrown(() => closing(socket(AF_UNIX)).bind(longer))).toBe('OSError EINVAL');
    expect(thrown(() => closing(socket(AF_UNIX)).bind(`${name}n`))).toBe('ValueError ERR_PATH_TOO_LONG');
  });

  it('serves an abstract name, one that the kernel chooses too', () => {
    for (const wanted of [`\0fd-selectors ${process.pid}\0inner`, '']) {
      const server = closing(createServer(wanted, { family: AF_UNIX }));
      const name = server.getsockname();
      expect(name).toMatch(wanted === '' ? /^\0[0-9a-f]{5}$/ : wanted);
      pingPong(...connected(server));
    }
  });
});

describe('ends', () => {
  it('shuts down one half, or both', () => {
    const [a, b] = pair();
    a.shutdown(SHUT_WR);
    expect(b.recv(1).length).toBe(0);
    expect(thrown(() => a.send(Buffer.from('x')))).toBe('BrokenPipeError EPIPE');
    b.send(Buffer.from('still'));
    expect(a.recv(100).toString()).toBe('still');
    a.shutdown(SHUT_RD);
    expect(a.recv(1).length).toBe(0);
    b.shutdown(SHUT_RDWR);
    expect(thrown(() => a.shutdown(99))).toBe('OSError EINVAL');
    expect(thrown(() => closing(socket()).shutdown(SHUT_WR))).toBe('OSError ENOTCONN');
  });

  it('resets: a socket closed with SO_LINGER 0 gives ConnectionResetError', () => {
    const [client, conn] = tcpPair();
    client.setsockopt(SOL_SOCKET, SO_LINGER, Int32Array.of(1, 0));
    client.close();
    expect(thrown(() => conn.recv(1))).toBe('ConnectionResetError ECONNRESET');
  });

  it('refuses: nobody listens', () => {
    const address = ['127.0.0.1', portOfNobody()] as const;
    expect(thrown(() => createConnection(address))).toBe('ConnectionRefusedError ECONNREFUSED');
    expect(closing(socket()).connectEx(address)).toBe(111);
  });

  it('knows pairs of AF_UNIX only', () => {
    expect(thrown(() => socketpair(AF_INET, SOCK_STREAM))).toBe('OSError ENOTSUP');
  });
});
