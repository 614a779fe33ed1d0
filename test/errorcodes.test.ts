/** Hostile arguments: every error that a call of socket, select or fds throws has a code. */
import * as fds from 'fd-selectors/fds';
import * as select from 'fd-selectors/select';
import * as sockets from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing } from './support/descriptors.js';

const thrower = new Proxy(
  {},
  {
    get() {
      throw new Error('getter');
    },
    getPrototypeOf() {
      throw new Error('prototype');
    },
    has() {
      throw new Error('has');
    },
    ownKeys() {
      throw new Error('ownKeys');
    },
  },
);
const hostile: readonly unknown[] = [
  1n,
  Symbol('x'),
  null,
  {},
  [],
  'text',
  Number.NaN,
  true,
  () => 1,
  [null],
  thrower,
];

type Call = (...args: unknown[]) => unknown;

/** The error without a code that a call throws, as text; those that the hostile object itself throws do not count. */
function codeless(call: () => unknown): string | undefined {
  try {
    const made = call();
    for (const one of [made].flat(2) as unknown[]) (one as { close?: () => void } | undefined)?.close?.();
    return undefined;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const own = ['getter', 'prototype', 'has', 'ownKeys'].includes(message);
    return own || typeof code === 'string' ? undefined : String(error);
  }
}

/** What `call` throws without a code, for each hostile value in the place of each argument. */
function failures(name: string, call: Call, good: readonly unknown[]): string[] {
  const found: string[] = [];
  for (let i = 0; i < good.length; i++) {
    for (const value of hostile) {
      const error = codeless(() => call(...good.with(i, value)));
      if (error !== undefined) found.push(`${name}, argument ${i}: ${error}`);
    }
  }
  return found;
}

const bytes = Buffer.alloc(4);
const inet = ['127.0.0.1', 0];

/** Calls that neither wait nor change a descriptor that is not theirs, and arguments that they take. */
const functions: Record<string, [Call, ...unknown[]]> = {
  socket: [sockets.socket as Call, sockets.AF_INET, sockets.SOCK_STREAM, 0],
  socketpair: [sockets.socketpair as Call, sockets.AF_UNIX, sockets.SOCK_STREAM, 0],
  createServer: [sockets.createServer as Call, inet, {}],
  createConnection: [sockets.createConnection as Call, ['127.0.0.1', 1], {}],
  getaddrinfo: [sockets.getaddrinfo as Call, '127.0.0.1', 80, 0, 0, 0, sockets.AI_NUMERICHOST],
  getnameinfo: [sockets.getnameinfo as Call, inet, sockets.NI_NUMERICHOST],
  inetPton: [sockets.inetPton as Call, sockets.AF_INET, '127.0.0.1'],
  inetNtop: [sockets.inetNtop as Call, sockets.AF_INET, bytes],
  inetAton: [sockets.inetAton as Call, '127.0.0.1'],
  inetNtoa: [sockets.inetNtoa as Call, bytes],
  'Socket.fromFd': [(fd) => sockets.Socket.fromFd(fd as number), -1],
  select: [
    (r, w, x, timeout) => select.select(r as [], w as [], x as [], (timeout ?? 0) as number),
    [],
    [],
    [],
    0,
  ],
  epoll: [select.epoll as Call, -1, 0],
  'epoll.fromfd': [(fd) => select.epoll.fromfd(fd as number), -1],
  pipe: [fds.pipe as Call, {}],
  signals: [fds.signals as Call, ['SIGUSR2']],
  read: [fds.read as Call, -1, bytes, 1],
  write: [fds.write as Call, -1, bytes, 1],
  dup: [fds.dup as Call, -1],
  close: [fds.close as Call, -1],
  setblocking: [fds.setblocking as Call, -1, true],
  EventFd: [(initval, options) => new fds.EventFd(initval as number, options as object), 0, {}],
  TimerFd: [(options) => new fds.TimerFd(options as object), {}],
  Inotify: [(options) => new fds.Inotify(options as object), {}],
  'PidFd.open': [(pid) => fds.PidFd.open(pid as number), 1],
  'Waker.fromFd': [(fd) => void fds.Waker.fromFd(fd as number), 0],
};

/** A method as a function. */
const method =
  (object: object, name: string): Call =>
  (...args) =>
    (object as Record<string, Call>)[name]?.(...args);

describe('an error without a code', () => {
  it.each(Object.entries(functions))('%s', (name, [call, ...good]) => {
    expect(failures(name, call, good)).toEqual([]);
  });

  it('methods of sockets', () => {
    const sock = closing(sockets.socket(sockets.AF_INET, sockets.SOCK_DGRAM));
    sock.bind(['127.0.0.1', 0]);
    sock.setblocking(false);
    const methods: Record<string, unknown[]> = {
      bind: [inet],
      connect: [inet],
      connectEx: [inet],
      getsockopt: [1, 2, 4],
      listen: [1],
      recv: [1, 0],
      recvInto: [bytes, 1, 0],
      recvfrom: [1, 0],
      recvfromInto: [bytes, 1, 0],
      recvmsg: [1, 0, 0],
      recvmsgInto: [[bytes], 0, 0],
      send: [bytes, 0, 1],
      sendall: [bytes, 0, 1],
      sendmsg: [[bytes], [], 0, inet],
      sendto: [bytes, 0, inet],
      setsockopt: [1, 2, 1],
      shutdown: [0],
      tryRecv: [1, 0],
      tryRecvInto: [bytes, 1, 0],
      trySend: [bytes, 0, 1],
      trySendto: [bytes, 0, inet],
    };
    for (const [name, good] of Object.entries(methods)) {
      expect(failures(name, method(sock, name), good)).toEqual([]);
    }
    expect(failures('settimeout', (timeout) => sock.settimeout(timeout as number), [0])).toEqual([]);
  });

  it('methods of poll, epoll and the objects of fds', () => {
    const timer = closing(new fds.TimerFd());
    const objects: [object, Record<string, unknown[]>][] = [
      [select.poll(), { register: [0, 1], modify: [0, 1], unregister: [0] }],
      [closing(select.epoll()), { register: [-1, 1], modify: [-1, 1], unregister: [-1] }],
      [timer, { set: [1, 1, {}] }],
      [closing(new fds.EventFd()), { write: [1n] }],
      [closing(new fds.Inotify()), { watch: ['/', 1], unwatch: [1] }],
      [closing(fds.PidFd.open(process.pid)), { sendSignal: [0], wait: [{}], tryWait: [{}] }],
    ];
    const [poll, epoll] = [select.poll(), closing(select.epoll())];
    // `null` would wait forever.
    expect(failures('poll', (timeout) => poll.poll((timeout ?? 0) as number), [0])).toEqual([]);
    const epollPoll = (timeout: unknown, most: unknown) =>
      epoll.poll((timeout ?? 0) as number, most as number);
    expect(failures('epoll', epollPoll as Call, [0, 1])).toEqual([]);
    for (const [object, methods] of objects) {
      for (const [name, good] of Object.entries(methods)) {
        expect(failures(`${object.constructor.name}.${name}`, method(object, name), good)).toEqual([]);
      }
    }
  });
});
