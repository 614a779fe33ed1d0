/** Sockets, and what is built on them, while the kernel refuses. */
import { closeSync, openSync } from 'node:fs';
import {
  AF_INET,
  getaddrinfo,
  gethostbyname,
  getnameinfo,
  ifNameindex,
  inetNtop,
  inetPton,
  recvFds,
  SO_REUSEADDR,
  SOCK_DGRAM,
  SOL_SOCKET,
  type Socket,
  sendFds,
  socket,
} from 'fd-selectors/socket';
import type { Run, Subject } from './engine.js';
import { opening } from './opening.js';
import {
  type Closer,
  type Effects,
  equal,
  expectConnected,
  onPair,
  POLLED,
  pair,
  RETRIED,
  subject,
  TRIED,
  WAIT,
} from './subject.js';

/** Enough to fill the buffers of a socket, so that it goes in pieces. */
const MANY = Buffer.alloc(1 << 20, 'abcdefghij');

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
