/** Timeouts, and sockets that never wait. */
import {
  AF_UNIX,
  createServer,
  getdefaulttimeout,
  SO_ERROR,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  type Socket,
  setdefaulttimeout,
  socket,
  socketpair,
} from 'fd-selectors/socket';
import { afterEach, describe, expect, it } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { constant, native } from '../../src/native.js';
import { closing, pair } from '../support/descriptors.js';
import { thrown } from '../support/thrown.js';

const TIMEOUT = 0.02;
const POLLOUT = constant('POLLOUT');

/** Expects a timeout, and not an early one. */
function timesOut(call: () => unknown): void {
  const start = performance.now();
  expect(thrown(call)).toBe('TimeoutError ETIMEDOUT');
  expect(performance.now() - start).toBeGreaterThanOrEqual(TIMEOUT * 1e3);
}

/** Whether a socket is writable within some seconds: a connection in progress is, once it is made. */
const writable = (sock: Socket, seconds: number): boolean =>
  native.poll(Int32Array.of(sock.fileno(), POLLOUT).buffer, 1, seconds) === 1;

/** A server whose backlog is full: the next connection stays in progress. */
function fullServer(): Socket {
  const server = closing(createServer(['127.0.0.1', 0], { backlog: 0 }));
  // Two in a row: one may only be late.
  for (let refused = 0; refused < 2; ) {
    const client = closing(socket());
    client.setblocking(false);
    client.connectEx(server.getsockname());
    refused = writable(client, 0.3) ? 0 : refused + 1;
  }
  return server;
}

afterEach(() => setdefaulttimeout(null));

describe('timeouts', () => {
  it('are seconds, null for ever, zero for non-blocking', () => {
    const [a] = pair();
    const state = () => [a.gettimeout(), a.getblocking(), native.getNonblock(a.fileno())];
    expect(state()).toEqual([null, true, 0]);
    a.settimeout(1.5);
    expect(state()).toEqual([1.5, true, 1]);
    a.setblocking(false);
    expect(state()).toEqual([0, false, 1]);
    a.setblocking(true);
    expect(state()).toEqual([null, true, 0]);
  });

  it('refuse what is none, and leave the old one', () => {
    const [a] = pair();
    a.settimeout(3);
    for (const wrong of [-1, -0.001, Number.NaN, Infinity]) {
      expect(thrown(() => a.settimeout(wrong))).toBe('ValueError ERR_INVALID_TIMEOUT');
      expect(thrown(() => setdefaulttimeout(wrong))).toBe('ValueError ERR_INVALID_TIMEOUT');
    }
    expect(thrown(() => a.settimeout('1' as unknown as number))).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(a.gettimeout()).toBe(3);
  });

  it('end receiving, never early', () => {
    const [a] = pair();
    a.settimeout(TIMEOUT);
    timesOut(() => a.recv(1));
    timesOut(() => a.recvInto(Buffer.alloc(1)));
    timesOut(() => a.recvfrom(1));
    timesOut(() => a.recvfromInto(Buffer.alloc(1)));
  });

  it('end sending, never early', () => {
    const [a] = pair();
    a.settimeout(TIMEOUT);
    timesOut(() => a.sendall(Buffer.alloc(8 << 20)));
    timesOut(() => a.send(Buffer.alloc(1 << 20)));
  });

  it('end accepting and connecting, never early', () => {
    const idle = closing(createServer(['127.0.0.1', 0]));
    idle.settimeout(TIMEOUT);
    timesOut(() => idle.accept());
    const full = fullServer();
    const [one, other] = [closing(socket()), closing(socket())];
    for (const client of [one, other]) client.settimeout(TIMEOUT);
    timesOut(() => one.connect(full.getsockname()));
    expect(other.connectEx(full.getsockname())).toBe(errnoOf('ETIMEDOUT'));
  });

  it('leave alone what need not wait', () => {
    const server = closing(createServer(['127.0.0.1', 0]));
    const client = closing(socket());
    for (const sock of [server, client]) sock.settimeout(60);
    client.connect(server.getsockname());
    const conn = closing(server.accept()[0]);
    client.sendall(Buffer.from('ping'));
    expect(conn.recv(10).toString()).toBe('ping');
  });
});

describe('the default timeout', () => {
  it('is that of new sockets, accepted ones and pairs too', () => {
    const server = closing(createServer(['127.0.0.1', 0]));
    setdefaulttimeout(2);
    expect(getdefaulttimeout()).toBe(2);
    const client = closing(socket());
    client.connect(server.getsockname());
    const conn = closing(server.accept()[0]);
    for (const sock of [client, conn, ...socketpair().map((end) => closing(end))]) {
      expect([sock.gettimeout(), native.getNonblock(sock.fileno())]).toEqual([2, 1]);
    }
    expect(server.gettimeout()).toBeNull();
  });
});

describe('non-blocking sockets', () => {
  it('are born so with SOCK_NONBLOCK, which is no part of the type', () => {
    const sock = closing(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK));
    expect([sock.gettimeout(), sock.type]).toEqual([0, SOCK_STREAM]);
  });

  it('throw BlockingIOError in place of waiting', () => {
    const server = closing(createServer(['127.0.0.1', 0]));
    const [a] = pair();
    for (const sock of [server, a]) sock.setblocking(false);
    for (const call of [() => a.recv(1), () => a.recvInto(Buffer.alloc(1)), () => server.accept()]) {
      expect(thrown(call)).toBe('BlockingIOError EAGAIN');
    }
  });

  it('accept blocking ones all the same', () => {
    const server = closing(createServer(['127.0.0.1', 0]));
    closing(socket()).connect(server.getsockname());
    server.setblocking(false);
    const conn = closing(server.accept()[0]);
    expect([conn.gettimeout(), native.getNonblock(conn.fileno())]).toEqual([null, 0]);
  });

  it('connect in the background: EINPROGRESS, then writable', () => {
    const server = fullServer();
    const client = closing(socket());
    client.setblocking(false);
    expect(client.connectEx(server.getsockname())).toBe(errnoOf('EINPROGRESS'));
    expect(client.connectEx(server.getsockname())).toBe(errnoOf('EALREADY'));
    expect(thrown(() => client.connect(server.getsockname()))).toBe('BlockingIOError EALREADY');
    // Room in the backlog lets the kernel's next attempt through, which comes after a second.
    server.settimeout(60);
    while (!writable(client, 0)) closing(server.accept()[0]);
    expect(client.getsockopt(SOL_SOCKET, SO_ERROR)).toBe(0);
    expect(client.getpeername()).toEqual(server.getsockname());
  });

  it('cannot wait for the full backlog of AF_UNIX', () => {
    const server = closing(createServer('', { family: AF_UNIX, backlog: 0 }));
    const connect = () => {
      const client = closing(socket(AF_UNIX));
      client.settimeout(60);
      client.connect(server.getsockname());
    };
    connect();
    expect(thrown(connect)).toBe('BlockingIOError EAGAIN');
  });
});
