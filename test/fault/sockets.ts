/** Sockets, and what is built on them, while the kernel refuses. */
import { closeSync, openSync } from 'node:fs';
import { F_GETFL, fcntl, O_NONBLOCK } from 'fd-selectors/fds';
import {
  AF_INET,
  createConnection,
  createServer,
  fromfd,
  getaddrinfo,
  gethostbyname,
  getnameinfo,
  hasDualstackIpv6,
  ifNameindex,
  inetNtop,
  inetPton,
  recvFds,
  SO_REUSEADDR,
  SOCK_DGRAM,
  SOL_SOCKET,
  Socket,
  sendFds,
  setdefaulttimeout,
  socket,
  socketpair,
} from 'fd-selectors/socket';
import type { Effect, Run, Subject } from './engine.js';

type Closer = <T extends { close(): void }>(closable: T) => T;
type Effects = Readonly<Record<string, Effect>>;

/** Enough to fill the buffers of a socket, so that it goes in pieces. */
const MANY = Buffer.alloc(1 << 20, 'abcdefghij');

const WAIT = { EINTR: 'absorbed' };
/** A blocking socket waits by itself: EAGAIN is the timeout that SO_RCVTIMEO would have set. */
const RETRIED = { EINTR: 'absorbed', EAGAIN: 'EAGAIN' };
/** With a timeout, it is polled and tried again. */
const POLLED = { EINTR: 'absorbed', EAGAIN: 'absorbed' };
/** What is closed is closed, whatever the kernel says. */
const CLOSED = { EINTR: 'absorbed' };
/** It goes on in the background, and is waited for. */
const CONNECTING = { EINTR: 'absorbed', EINPROGRESS: 'absorbed' };

export function subject(
  name: string,
  begin: (closing: Closer) => Run | Promise<Run>,
  effects: Effects = {},
  rest: Pick<Subject, 'skips' | 'varies'> = {},
): Subject {
  return {
    name,
    typed: true,
    effects,
    ...rest,
    async begin() {
      const closes: (() => void)[] = [];
      const closing: Closer = (closable) => {
        closes.push(() => closable.close());
        return closable;
      };
      const run = await begin(closing);
      return {
        ...run,
        end: async () => {
          await run.end?.();
          for (const close of closes) close();
        },
      };
    },
  };
}

function pair(closing: Closer, timeout: number | null = null): [Socket, Socket] {
  const [a, b] = socketpair();
  for (const sock of [a, b]) closing(sock).settimeout(timeout);
  return [a, b];
}

function equal(found: unknown, wanted: unknown): void {
  if (String(found) !== String(wanted)) throw new Error(`${String(found).slice(0, 99)}, not ${wanted}`);
}

/** The timeout tells whether the descriptor blocks, whatever has failed. */
function expectItsMode(sock: Socket): void {
  equal((fcntl(sock, F_GETFL) & O_NONBLOCK) === 0, sock.gettimeout() === null);
}

/** Both sockets still work, and nothing of an earlier call is in the way. */
function expectConnected(a: Socket, b: Socket): void {
  a.settimeout(5);
  b.settimeout(5);
  for (;;) if (b.tryRecv(1 << 20) === null) break;
  a.send(Buffer.from('still'));
  equal(b.recv(10), 'still');
}

/** A call on one end of a pair, which must work afterwards. */
function onPair(
  name: string,
  act: (a: Socket, b: Socket) => unknown,
  effects: Effects = {},
  timeout: number | null = null,
): Subject {
  const begin = (closing: Closer): Run => {
    const [a, b] = pair(closing, timeout);
    return { act: () => act(a, b), verify: () => expectConnected(a, b) };
  };
  return subject(name, begin, effects);
}

/** A call that receives what was sent before, which a fault must not lose. */
function receives(
  name: string,
  act: (sock: Socket) => unknown,
  effects: Effects,
  timeout: number | null,
): Subject {
  const begin = (closing: Closer): Run => {
    const [a, b] = pair(closing, timeout);
    a.send(Buffer.from('data'));
    let got = '';
    return {
      act: () => {
        got = String(act(b));
      },
      verify: ({ error }) => {
        b.settimeout(5);
        if (error !== undefined) equal(b.recv(10), 'data');
        else if (!'data'.startsWith(got) || got === '') throw new Error(`received ${got}`);
        expectConnected(a, b);
      },
    };
  };
  return subject(name, begin, effects);
}

const text = (data: Uint8Array | null): string => (data === null ? 'data' : data.toString());

function into(receive: (buffer: Uint8Array) => number | null): string {
  const buffer = Buffer.alloc(10);
  const length = receive(buffer);
  return length === null ? 'data' : buffer.toString('latin1', 0, length);
}

const receiving: Subject[] = [null, 5].flatMap((timeout) => {
  const retried = timeout === null ? RETRIED : POLLED;
  const all = { recv: retried, recvfrom: retried, recvmsg: retried, ppoll: WAIT };
  const kind = timeout === null ? 'blocking' : 'with a timeout';
  return [
    receives(`recv(), ${kind}`, (sock) => text(sock.recv(10)), all, timeout),
    receives(`recvInto(), ${kind}`, (sock) => into((buffer) => sock.recvInto(buffer)), all, timeout),
    receives(`recvfrom(), ${kind}`, (sock) => text(sock.recvfrom(10)[0]), all, timeout),
    receives(`recvmsg(), ${kind}`, (sock) => text(sock.recvmsg(10)[0]), all, timeout),
  ];
});

const TRIED = { EAGAIN: 'absorbed' };
const trying: Subject[] = [
  receives('tryRecv()', (sock) => text(sock.tryRecv(10)), { recv: TRIED }, null),
  receives('tryRecvInto()', (sock) => into((buffer) => sock.tryRecvInto(buffer)), { recv: TRIED }, null),
  receives('tryRecvfrom()', (sock) => text(sock.tryRecvfrom(10)?.[0] ?? null), { recvfrom: TRIED }, null),
  receives('tryRecvmsg()', (sock) => text(sock.tryRecvmsg(10)?.[0] ?? null), { recvmsg: TRIED }, null),
];

const sending: Subject[] = [null, 5].flatMap((timeout) => {
  const retried = timeout === null ? RETRIED : POLLED;
  const all = { send: retried, sendmsg: retried, ppoll: WAIT };
  const kind = timeout === null ? 'blocking' : 'with a timeout';
  const data = Buffer.from('data');
  return [
    onPair(`send(), ${kind}`, (a) => a.send(data), all, timeout),
    onPair(`sendmsg(), ${kind}`, (a) => a.sendmsg([data, data]), all, timeout),
    onPair(
      `sendall(), ${kind}`,
      (a, b) => {
        a.sendall(data);
        equal(Buffer.concat([...chunks(b, 4)]), 'data');
      },
      { ...all, recv: retried },
      timeout,
    ),
  ];
});

/** Sends more than the socket takes at once, while nobody but the test itself reads. */
const draining = (name: string, send: (a: Socket, data: Buffer) => unknown, effects: Effects): Subject =>
  subject(
    name,
    (closing) => {
      const [a, b] = pair(closing);
      const data = MANY.subarray(0, 1000);
      return {
        act: () => {
          send(a, data);
          const got = Buffer.concat([...chunks(b, data.length)]);
          if (!got.equals(data)) throw new Error('other bytes arrived');
        },
        verify: () => expectConnected(a, b),
      };
    },
    effects,
  );

function* chunks(sock: Socket, length: number): Generator<Buffer> {
  for (let left = length; left > 0; ) {
    const data = sock.recv(left);
    if (data.length === 0) throw new Error('the stream ended');
    left -= data.length;
    yield data;
  }
}

const whole: Subject[] = [
  draining('sendall() in pieces', (a, data) => a.sendall(data), { send: RETRIED, recv: RETRIED }),
  subject(
    'makefile().write() and flush()',
    (closing) => {
      const [a, b] = pair(closing);
      const file = closing(a.makefile('wb'));
      return {
        act: () => {
          file.write(MANY.subarray(0, 1000));
          file.flush();
          equal(Buffer.concat([...chunks(b, 1000)]), MANY.subarray(0, 1000));
        },
        // What was not sent before an error is sent by the next flush.
        verify: ({ error }) => {
          if (error === undefined) return expectConnected(a, b);
          b.settimeout(5);
          file.flush();
          if (error.syscall === 'send') equal(Buffer.concat([...chunks(b, 1000)]), MANY.subarray(0, 1000));
        },
      };
    },
    { send: RETRIED, recv: RETRIED },
  ),
  subject(
    'makefile().read()',
    (closing) => {
      const [a, b] = pair(closing);
      a.sendall(MANY.subarray(0, 1000));
      a.shutdown(1);
      const file = closing(b.makefile('rb'));
      return {
        act: () => {
          const got = file.read();
          if (got !== null) equal(got, MANY.subarray(0, 1000));
        },
      };
    },
    // As in Python, null and what came so far mean that there is no more yet.
    { recv: { EINTR: 'absorbed', EAGAIN: 'absorbed' } },
  ),
  subject(
    'sendfile()',
    (closing) => {
      const [a, b] = pair(closing);
      const file = openSync('/etc/passwd', 'r');
      return {
        act: () => {
          const sent = a.sendfile(file, 0, 200);
          const got = Buffer.concat([...chunks(b, sent)]);
          if (got.length !== 200) throw new Error(`${got.length} bytes came of 200`);
        },
        verify: () => expectConnected(a, b),
        end: () => closeSync(file),
      };
    },
    // Where sendfile(2) refuses, with nothing sent yet, the file is read and sent.
    { sendfile: 'absorbed', lseek: 'absorbed', recv: RETRIED, send: RETRIED, ppoll: WAIT },
  ),
];

/** A server on loopback, and a client that waits to be accepted. */
function serverOf(closing: Closer, connect = true): Socket {
  const server = closing(createServer(['127.0.0.1', 0]));
  server.settimeout(5);
  if (connect) closing(createConnection(server.getsockname()));
  return server;
}

const opening: Subject[] = [
  subject('socket()', () => ({ act: () => socket().close() }), { close: CLOSED }),
  subject(
    'socket(), with a default timeout',
    () => {
      setdefaulttimeout(5);
      return { act: () => socket().close(), end: () => setdefaulttimeout(null) };
    },
    { close: CLOSED },
  ),
  subject(
    'socketpair(), with a default timeout',
    () => {
      setdefaulttimeout(5);
      return {
        act: () => {
          const [a, b] = socketpair();
          try {
            a.close();
          } finally {
            b.close();
          }
        },
        end: () => setdefaulttimeout(null),
      };
    },
    { close: CLOSED },
  ),
  subject('createServer()', () => ({ act: () => createServer(['127.0.0.1', 0]).close() }), {
    close: CLOSED,
    inet_pton: 'absorbed',
  }),
  subject(
    'createConnection()',
    (closing) => {
      const server = serverOf(closing, false);
      return { act: () => createConnection(server.getsockname(), { timeout: 5 }).close() };
    },
    { close: CLOSED, connect: CONNECTING, ppoll: WAIT, inet_pton: 'absorbed' },
  ),
  subject('hasDualstackIpv6()', () => ({ act: () => hasDualstackIpv6() }), {
    socket: 'absorbed',
    setsockopt: 'absorbed',
    close: 'absorbed',
  }),
  ...(['accept', 'tryAccept'] as const).map((name) =>
    subject(
      `${name}()`,
      (closing) => {
        const server = serverOf(closing);
        if (name === 'tryAccept') server.settimeout(null);
        return {
          act: () => server[name]()?.[0].close(),
          verify: ({ error }) => {
            expectItsMode(server);
            // A connection that was not accepted waits for the next call.
            server.settimeout(5);
            if (error?.syscall === 'accept') server.accept()[0].close();
          },
        };
      },
      {
        accept4: name === 'accept' ? POLLED : TRIED,
        ppoll: WAIT,
        close: CLOSED,
        // The connection that was accepted counts more than the flag, and gettimeout() tells.
        'fcntl#3': 'absorbed',
        'fcntl#4': 'absorbed',
      },
    ),
  ),
  subject(
    'tryAccept(), and nobody connects',
    (closing) => {
      const server = closing(createServer(['127.0.0.1', 0]));
      return {
        act: () => equal(server.tryAccept(), null),
        verify: () => {
          expectItsMode(server);
          server.settimeout(5);
          closing(createConnection(server.getsockname()));
          server.accept()[0].close();
        },
      };
    },
    { accept4: TRIED },
  ),
  subject(
    'accept(), with a default timeout',
    (closing) => {
      const server = serverOf(closing);
      return {
        act: () => {
          setdefaulttimeout(5);
          try {
            server.accept()[0].close();
          } finally {
            setdefaulttimeout(null);
          }
        },
      };
    },
    { accept4: POLLED, ppoll: WAIT, close: CLOSED },
  ),
  subject(
    'connect(), with a timeout',
    (closing) => {
      const server = serverOf(closing, false);
      const sock = closing(socket());
      sock.settimeout(5);
      return { act: () => sock.connect(server.getsockname()) };
    },
    { connect: CONNECTING, ppoll: WAIT, inet_pton: 'absorbed' },
  ),
  subject(
    'dup()',
    (closing) => {
      const [a, b] = pair(closing, 5);
      return { act: () => a.dup().close(), verify: () => expectConnected(a, b) };
    },
    { close: CLOSED },
  ),
  subject(
    'fromfd()',
    (closing) => {
      const [a, b] = pair(closing);
      return {
        act: () => fromfd(a, a.family, a.type).close(),
        verify: () => expectConnected(a, b),
      };
    },
    { close: CLOSED },
  ),
  subject('Socket.fromFd()', (closing) => {
    const [a, b] = pair(closing);
    return {
      act: () => Socket.fromFd(a.fileno()).detach(),
      verify: () => expectConnected(a, b),
    };
  }),
  subject(
    'close()',
    () => {
      const sock = socket();
      return { act: () => sock.close() };
    },
    { close: CLOSED },
  ),
];

const other: Subject[] = [
  onPair('names and options', (a) => {
    a.getsockname();
    a.getpeername();
    a.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
    a.getsockopt(SOL_SOCKET, SO_REUSEADDR);
    a.setInheritable(true);
    a.getInheritable();
    a.setblocking(false);
    a.settimeout(1);
  }),
  subject('shutdown()', (closing) => {
    const [a] = pair(closing);
    return { act: () => a.shutdown(1) };
  }),
  subject(
    'sendto()',
    (closing) => {
      const sock = closing(socket(AF_INET, SOCK_DGRAM));
      sock.bind(['127.0.0.1', 0]);
      return { act: () => sock.sendto(Buffer.from('data'), sock.getsockname()) };
    },
    { sendto: RETRIED, inet_pton: 'absorbed' },
  ),
  subject(
    'sendFds() and recvFds()',
    (closing) => {
      const [a, b] = pair(closing);
      return {
        act: () => {
          sendFds(a, [Buffer.from('x')], [0]);
          for (const fd of recvFds(b, 10, 1)[1]) closeSync(fd);
        },
        verify: () => {
          for (const fd of b.tryRecvmsg(10, 64)?.[1].map(([, , data]) => data.readInt32LE(0)) ?? [])
            closeSync(fd);
          expectConnected(a, b);
        },
      };
    },
    { sendmsg: RETRIED, recvmsg: RETRIED },
  ),
  subject(
    'names',
    () => ({
      act: () => {
        getaddrinfo('127.0.0.1', 80);
        getnameinfo(['127.0.0.1', 80], 3);
        gethostbyname('127.0.0.1');
        inetNtop(AF_INET, inetPton(AF_INET, '127.0.0.1'));
        ifNameindex();
      },
    }),
    {
      // A text that is not an address is a name.
      'inet_pton#1': 'absorbed',
    },
  ),
];

export const sockets: Subject[] = [...opening, ...receiving, ...trying, ...sending, ...whole, ...other];
