/** sendmsg, recvmsg, control messages and descriptors, as CPython's test_socket asks for them. */
import { fstatSync } from 'node:fs';
import { close, EventFd, F_GETFD, FD_CLOEXEC, fcntl, pipe, write } from 'fd-selectors/fds';
import {
  type Address,
  AF_INET,
  AF_INET6,
  AF_UNIX,
  CMSG_LEN,
  CMSG_SPACE,
  type Family,
  hasDualstackIpv6,
  type InetAddress,
  IP_PKTINFO,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_HOPLIMIT,
  IPV6_RECVHOPLIMIT,
  IPV6_RECVTCLASS,
  IPV6_TCLASS,
  MSG_CTRUNC,
  MSG_DONTWAIT,
  MSG_PEEK,
  MSG_TRUNC,
  recvFds,
  SCM_CREDENTIALS,
  SCM_RIGHTS,
  SCM_TIMESTAMP,
  SCM_TIMESTAMPNS,
  SO_PASSCRED,
  SO_TIMESTAMP,
  SO_TIMESTAMPNS,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOL_SOCKET,
  type Socket,
  sendFds,
  socket,
  socketpair,
} from 'fd-selectors/socket';
import { describe, expect, it, onTestFinished } from 'vitest';
import { closing, pair } from '../support/descriptors.js';
import { openFds } from '../support/openfds.js';
import { tcpPair } from '../support/tcp.js';
import { thrown } from '../support/thrown.js';

/** A datagram socket that listens, and one that sends to it. */
function udp<A extends Address = InetAddress>(family: Family<A> = AF_INET as Family): [Socket<A>, Socket<A>] {
  const receiver = closing(socket(family, SOCK_DGRAM));
  receiver.bind([family === AF_INET ? '127.0.0.1' : '::1', 0]);
  const sender = closing(socket(family, SOCK_DGRAM));
  return [receiver, sender];
}

const bytes = (text: string): Buffer => Buffer.from(text);

function closeAll(fds: readonly number[]): void {
  for (const fd of fds) close(fd);
}

describe('sendmsg', () => {
  it('gathers buffers of all kinds', () => {
    const [a, b] = pair();
    const views = [
      bytes('one '),
      new Uint16Array([0x6f77, 0x2074]),
      new DataView(new ArrayBuffer(1)),
      Buffer.alloc(0),
    ];
    expect(a.sendmsg(views)).toBe(9);
    expect(b.recv(100).toString('latin1')).toBe('one wot \0');
    expect(a.sendmsg(new Set([bytes('x')]))).toBe(1);
  });

  it('sends to an address, and to the peer without one', () => {
    const [receiver, sender] = udp();
    sender.sendmsg([bytes('to')], [], 0, receiver.getsockname());
    expect(receiver.recvmsg(10)).toEqual([bytes('to'), [], 0, [expect.any(String), expect.any(Number)]]);
    sender.connect(receiver.getsockname());
    sender.sendmsg([bytes('peer')], [], 0, null);
    expect(receiver.recv(10).toString()).toBe('peer');
  });

  it('waits as the timeout allows', () => {
    const [a] = pair();
    a.setblocking(false);
    while (a.trySendmsg([Buffer.alloc(65536)]) !== null);
    expect(thrown(() => a.sendmsg([bytes('x')]))).toBe('BlockingIOError EAGAIN');
    a.settimeout(0.02);
    const start = performance.now();
    expect(thrown(() => a.sendmsg([bytes('x')]))).toBe('TimeoutError ETIMEDOUT');
    expect(performance.now() - start).toBeGreaterThanOrEqual(20);
    a.setblocking(true);
    expect(thrown(() => a.sendmsg([bytes('x')], [], MSG_DONTWAIT))).toBe('BlockingIOError EAGAIN');
  });

  it('raises no SIGPIPE', () => {
    const [a, b] = pair();
    b.close();
    expect(thrown(() => a.sendmsg([bytes('x')]))).toBe('BrokenPipeError EPIPE');
  });

  it('refuses what it cannot send', () => {
    const [a] = pair();
    const call = (...args: unknown[]) => thrown(() => (a.sendmsg as (...all: unknown[]) => void)(...args));
    expect(call(bytes('x'))).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(call('x')).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(call(['x'])).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(call(null)).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(call([bytes('x')], [[1, 2]])).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(call([bytes('x')], [['1', 2, bytes('')]])).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(call([bytes('x')], [[1, 2, 'x']])).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(call([bytes('x')], 5)).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(call([bytes('x')], [[2 ** 31, 2, bytes('')]])).toBe('ValueError ERR_OUT_OF_RANGE');
    expect(call([bytes('x')], [], 0.5)).toBe('ValueError ERR_OUT_OF_RANGE');
    expect(call(Array(1025).fill(bytes('x')))).toBe('OSError EMSGSIZE');
    expect(call([bytes('x')], [[SOL_SOCKET, 99, bytes('')]])).toBe('OSError EINVAL');
    a.close();
    expect(call([bytes('x')])).toBe('OSError EBADF');
  });
});

describe('recvmsg', () => {
  it('receives a stream, its end included', () => {
    const [client, server] = tcpPair();
    client.sendall(bytes('stream'));
    expect(server.recvmsg(3)).toEqual([bytes('str'), [], 0, '']);
    expect(server.recvmsg(100)[0].toString()).toBe('eam');
    client.close();
    expect(server.recvmsg(100)).toEqual([bytes(''), [], 0, '']);
  });

  it('tells of a datagram that was cut', () => {
    const [receiver, sender] = udp();
    sender.sendto(bytes('datagram'), receiver.getsockname());
    const [data, , flags, address] = receiver.recvmsg(4);
    expect([data.toString(), flags & MSG_TRUNC, address]).toEqual([
      'data',
      MSG_TRUNC,
      sender.getsockname().with(0, '127.0.0.1'),
    ]);
  });

  it('gives no more than the room with MSG_TRUNC', () => {
    const [receiver, sender] = udp();
    sender.sendto(bytes('datagram'), receiver.getsockname());
    expect(receiver.recvmsg(4, 0, MSG_TRUNC)[0].toString()).toBe('data');
    sender.sendto(bytes('datagram'), receiver.getsockname());
    expect(receiver.recvmsgInto([Buffer.alloc(4)], 0, MSG_TRUNC)[0]).toBe(8);
  });

  it('scatters', () => {
    const [a, b] = pair();
    a.sendall(bytes('0123456789'));
    const [one, two, three] = [Buffer.alloc(2), new Uint16Array(2), Buffer.alloc(100)];
    expect(b.recvmsgInto([one, two, three])).toEqual([10, [], 0, '']);
    expect([one.toString(), Buffer.from(two.buffer).toString(), three.toString('utf8', 0, 4)]).toEqual([
      '01',
      '2345',
      '6789',
    ]);
  });

  it('keeps the ends of records', () => {
    const [a, b] = socketpair(AF_UNIX, SOCK_SEQPACKET);
    a.sendmsg([bytes('one')]);
    a.sendmsg([bytes('two')]);
    expect(b.recvmsg(100)[0].toString()).toBe('one');
    expect(b.recvmsg(100)[0].toString()).toBe('two');
    a.close();
    b.close();
  });

  it('waits as the timeout allows', () => {
    const [a, b] = pair();
    expect([a.tryRecvmsg(10), a.tryRecvmsgInto([Buffer.alloc(1)])]).toEqual([null, null]);
    expect(thrown(() => a.recvmsg(10, 0, MSG_DONTWAIT))).toBe('BlockingIOError EAGAIN');
    a.settimeout(0.02);
    expect(thrown(() => a.recvmsg(10))).toBe('TimeoutError ETIMEDOUT');
    expect(thrown(() => a.recvmsgInto([Buffer.alloc(10)]))).toBe('TimeoutError ETIMEDOUT');
    b.sendall(bytes('x'));
    expect(a.tryRecvmsg(10)?.[0].toString()).toBe('x');
    b.sendall(bytes('y'));
    expect(a.tryRecvmsgInto([Buffer.alloc(1)])?.[0]).toBe(1);
  });

  it('refuses what it cannot receive', () => {
    const [a] = pair();
    expect(thrown(() => a.recvmsg(-1))).toBe('ValueError ERR_OUT_OF_RANGE');
    expect(thrown(() => a.recvmsg(1, -1))).toBe('ValueError ERR_OUT_OF_RANGE');
    expect(thrown(() => a.recvmsg('1' as unknown as number))).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(thrown(() => a.recvmsgInto(Buffer.alloc(1) as never))).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(thrown(() => a.recvmsgInto(['x'] as never))).toBe('TypeError ERR_INVALID_ARG_TYPE');
    a.close();
    expect(thrown(() => a.recvmsg(1))).toBe('OSError EBADF');
  });
});

describe('CMSG_LEN and CMSG_SPACE', () => {
  it('count header, data and padding', () => {
    for (let length = 0; length < 64; length++) {
      expect(CMSG_LEN(length)).toBe(CMSG_LEN(0) + length);
      expect(CMSG_SPACE(length)).toBeGreaterThanOrEqual(CMSG_LEN(length));
      expect(CMSG_SPACE(length) - CMSG_LEN(length)).toBeLessThan(8);
    }
    for (const call of [CMSG_LEN, CMSG_SPACE]) {
      expect(thrown(() => call(-1))).toBe('ValueError ERR_OUT_OF_RANGE');
      expect(thrown(() => call(2 ** 31))).toBe('ValueError ERR_OUT_OF_RANGE');
    }
  });
});

describe('descriptors that travel', () => {
  it('are open, close-on-exec, and of the same file', () => {
    const [a, b] = pair();
    const [reader, writer] = pipe();
    expect(sendFds(a, [bytes('ab'), bytes('c')], [reader, writer.fileno()])).toBe(3);
    const [data, fds, flags, address] = recvFds(b, 10, 5);
    onTestFinished(() => closeAll(fds));
    expect([data.toString(), fds.length, flags, address]).toEqual(['abc', 2, 0, '']);
    for (const fd of fds) expect(fcntl(fd, F_GETFD)).toBe(FD_CLOEXEC);
    expect(fstatSync(fds[1] as number).ino).toBe(fstatSync(writer.fileno()).ino);
    writer.close();
    write(fds[1] as number, bytes('ping'));
    expect(reader.read(10).toString()).toBe('ping');
    reader.close();
  });

  it.each([
    ['one of three', CMSG_LEN(4), 1],
    ['one, and a part of the next', CMSG_LEN(4) + 3, 1],
    ['two, and the padding', CMSG_LEN(8) + 1, 2],
    ['not even the header', CMSG_LEN(0) - 1, 0],
    ['the header alone', CMSG_LEN(0), 0],
    ['nothing', 0, 0],
  ])('do not leak where there is room for %s', (_title, room, count) => {
    const [a, b] = pair();
    const event = closing(new EventFd());
    const before = openFds();
    sendFds(a, [bytes('x')], [event, event, event]);
    const [data, ancdata, flags] = b.recvmsg(10, room);
    const fds = ancdata.flatMap(([, , body]) =>
      Array.from({ length: Math.floor(body.length / 4) }, (_, i) => body.readInt32LE(4 * i)),
    );
    expect([data.toString(), fds.length, flags & MSG_CTRUNC]).toEqual(['x', count, MSG_CTRUNC]);
    expect(openFds()).toBe(before + count);
    closeAll(fds);
    expect(openFds()).toBe(before);
  });

  it('find room for as many as asked for', () => {
    const [a, b] = pair();
    const event = closing(new EventFd());
    for (const most of [0, 1, 2, 252, 253]) {
      sendFds(a, [bytes('x')], Array(253).fill(event));
      const [, fds, flags] = recvFds(b, 10, most);
      closeAll(fds);
      expect([fds.length, flags & MSG_CTRUNC]).toEqual([most, most < 253 ? MSG_CTRUNC : 0]);
    }
    expect(thrown(() => sendFds(a, [bytes('x')], Array(254).fill(event)))).toBe('OSError EINVAL');
  });

  it('come again with MSG_PEEK, and are lost with recv', () => {
    const [a, b] = pair();
    const event = closing(new EventFd());
    const before = openFds();
    sendFds(a, [bytes('x')], [event]);
    closeAll(recvFds(b, 10, 1, MSG_PEEK)[1]);
    expect(b.recv(10).toString()).toBe('x');
    expect(openFds()).toBe(before);
  });

  it('are refused where they cannot travel', () => {
    const [a] = pair();
    const [client, server] = tcpPair();
    const event = closing(new EventFd());
    // The kernel drops them there.
    sendFds(client, [bytes('x')], [event]);
    expect(recvFds(server, 10, 1).slice(0, 2)).toEqual([bytes('x'), []]);
    expect(thrown(() => sendFds(a, [bytes('x')], [987_654]))).toBe('OSError EBADF');
    expect(thrown(() => sendFds(a, [bytes('x')], [-1]))).toBe('ValueError ERR_INVALID_FD');
    expect(thrown(() => sendFds(a, [bytes('x')], ['x' as never]))).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(thrown(() => sendFds(a, [bytes('x')], 5 as never))).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(thrown(() => recvFds(a, 1, -1))).toBe('ValueError ERR_OUT_OF_RANGE');
  });
});

describe('control messages', () => {
  it('say who sent', () => {
    const [a, b] = pair();
    b.setsockopt(SOL_SOCKET, SO_PASSCRED, 1);
    a.sendall(bytes('x'));
    const [, [credentials]] = b.recvmsg(10, CMSG_SPACE(12));
    expect(credentials?.slice(0, 2)).toEqual([SOL_SOCKET, SCM_CREDENTIALS]);
    const body = credentials?.[2] as Buffer;
    expect([0, 4, 8].map((at) => body.readInt32LE(at))).toEqual([
      process.pid,
      process.getuid?.(),
      process.getgid?.(),
    ]);
    // Sent as they are: the kernel checks them.
    a.sendmsg([bytes('y')], [[SOL_SOCKET, SCM_CREDENTIALS, body]]);
    expect(b.recvmsg(10, CMSG_SPACE(12))[1][0]?.[2]).toEqual(body);
  });

  it('come several at once, and with descriptors', () => {
    const [a, b] = pair();
    const event = closing(new EventFd());
    b.setsockopt(SOL_SOCKET, SO_PASSCRED, 1);
    sendFds(a, [bytes('x')], [event, event]);
    const [, ancdata, flags] = b.recvmsg(10, CMSG_SPACE(12) + CMSG_SPACE(8));
    expect(flags).toBe(0);
    expect(ancdata.map(([level, type, data]) => [level, type, data.length])).toEqual([
      [SOL_SOCKET, SCM_CREDENTIALS, 12],
      [SOL_SOCKET, SCM_RIGHTS, 8],
    ]);
    const [, rights] = ancdata;
    closeAll([0, 4].map((at) => rights?.[2].readInt32LE(at) as number));
  });

  it('say where a datagram was sent to', () => {
    const [receiver, sender] = udp();
    receiver.setsockopt(IPPROTO_IP, IP_PKTINFO, 1);
    sender.sendto(bytes('x'), receiver.getsockname());
    const [, [info]] = receiver.recvmsg(10, CMSG_SPACE(12));
    expect(info?.slice(0, 2)).toEqual([IPPROTO_IP, IP_PKTINFO]);
    // struct in_pktinfo: the interface, the local address, the address in the header.
    expect([...(info?.[2].subarray(8, 12) ?? [])]).toEqual([127, 0, 0, 1]);
    const other = Buffer.alloc(12);
    other.set([127, 0, 0, 3], 4);
    sender.sendmsg([bytes('y')], [[IPPROTO_IP, IP_PKTINFO, other]], 0, receiver.getsockname());
    expect(receiver.recvmsg(10, CMSG_SPACE(12))[3]).toEqual(['127.0.0.3', sender.getsockname()[1]]);
  });

  it.each([
    [SO_TIMESTAMP, SCM_TIMESTAMP, 1e6],
    [SO_TIMESTAMPNS, SCM_TIMESTAMPNS, 1e9],
  ])('say when a datagram came: option %i', (option, type, unit) => {
    const [receiver, sender] = udp();
    receiver.setsockopt(SOL_SOCKET, option, 1);
    const before = Date.now() / 1e3;
    sender.sendto(bytes('x'), receiver.getsockname());
    const [, [stamp]] = receiver.recvmsg(10, CMSG_SPACE(16));
    expect(stamp?.slice(0, 2)).toEqual([SOL_SOCKET, type]);
    const body = stamp?.[2] as Buffer;
    const time = Number(body.readBigInt64LE(0)) + Number(body.readBigInt64LE(8)) / unit;
    expect(Math.abs(time - before)).toBeLessThan(60);
  });

  it.skipIf(!hasDualstackIpv6())('are those of RFC 3542, one or both', () => {
    const [receiver, sender] = udp(AF_INET6);
    receiver.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
    receiver.setsockopt(IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
    const int = (value: number): Buffer => {
      const data = Buffer.alloc(4);
      data.writeInt32LE(value);
      return data;
    };
    const options = [
      [IPPROTO_IPV6, IPV6_HOPLIMIT, int(7)],
      [IPPROTO_IPV6, IPV6_TCLASS, int(8)],
    ] as const;
    sender.sendmsg([bytes('x')], options, 0, receiver.getsockname());
    const [, both, flags] = receiver.recvmsg(10, 2 * CMSG_SPACE(4));
    expect(flags).toBe(0);
    expect(new Map(both.map(([, type, data]) => [type, data.readInt32LE()]))).toEqual(
      new Map([
        [IPV6_HOPLIMIT, 7],
        [IPV6_TCLASS, 8],
      ]),
    );
    // Room for one: the other is cut, and the flags tell.
    sender.sendmsg([bytes('x')], options, 0, receiver.getsockname());
    const [, one, cut] = receiver.recvmsg(10, CMSG_LEN(4));
    expect([one.length, cut & MSG_CTRUNC]).toEqual([1, MSG_CTRUNC]);
    // Room for a part of the data of the second.
    sender.sendmsg([bytes('x')], options, 0, receiver.getsockname());
    const [, parts, again] = receiver.recvmsg(10, CMSG_SPACE(4) + CMSG_LEN(2));
    expect([parts.length, parts.at(-1)?.[2].length, again & MSG_CTRUNC]).toEqual([2, 2, MSG_CTRUNC]);
  });
});
