import {
  createConnection,
  createServer,
  fromfd,
  hasDualstackIpv6,
  Socket,
  setdefaulttimeout,
  socket,
  socketpair,
} from 'fd-selectors/socket';
import type { Subject } from './engine.js';
import {
  CLOSED,
  type Closer,
  CONNECTING,
  equal,
  expectConnected,
  expectItsMode,
  POLLED,
  pair,
  subject,
  TRIED,
  WAIT,
} from './subject.js';

/** A server on loopback, and a client that waits to be accepted. */
function serverOf(closing: Closer, connect = true): Socket {
  const server = closing(createServer(['127.0.0.1', 0]));
  server.settimeout(5);
  if (connect) closing(createConnection(server.getsockname()));
  return server;
}

export const opening: Subject[] = [
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
