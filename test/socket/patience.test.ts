/** Calls that say EAGAIN where poll(2) says ready: a timeout ends them in time, and they do not spin. */

import { Worker } from 'node:worker_threads';
import {
  AF_INET,
  AF_UNIX,
  createServer,
  MSG_ERRQUEUE,
  MSG_PEEK,
  SO_PEEK_OFF,
  SOCK_DGRAM,
  SOL_SOCKET,
  type Socket,
  socket,
  socketpair,
} from 'fd-selectors/socket';
import { expect, it } from 'vitest';
import { native } from '../../src/native.js';
import { closing } from '../support/descriptors.js';
import { IDLE, leastShare } from '../support/idle.js';
import { thrown } from '../support/thrown.js';

const TIMEOUT = 0.3;

/** An unconnected datagram socket, and the address of a receiver that is full. */
function fullReceiver(): { sender: Socket; receiver: Socket; address: string } {
  const receiver = closing(socket(AF_UNIX, SOCK_DGRAM));
  receiver.bind('');
  const address = receiver.getsockname() as string;
  const sender = closing(socket(AF_UNIX, SOCK_DGRAM));
  while (sender.trySendto(Buffer.from('x'), address) !== null);
  return { sender, receiver, address };
}

/** What each call waits for never comes, though poll(2) reports its socket as ready. */
const calls: Record<string, () => { sock: Socket; call: () => unknown }> = {
  'sendto to a full AF_UNIX datagram socket': () => {
    const { sender, address } = fullReceiver();
    return { sock: sender, call: () => sender.sendto(Buffer.from('x'), address) };
  },
  'sendmsg to a full AF_UNIX datagram socket': () => {
    const { sender, address } = fullReceiver();
    return { sock: sender, call: () => sender.sendmsg([Buffer.from('x')], [], 0, address) };
  },
  'recvmsg of MSG_ERRQUEUE, with data to read': () => {
    const sock = closing(socket(AF_INET, SOCK_DGRAM));
    sock.bind(['127.0.0.1', 0]);
    sock.sendto(Buffer.from('x'), sock.getsockname());
    return { sock, call: () => sock.recvmsg(10, 0, MSG_ERRQUEUE) };
  },
  'recv of MSG_ERRQUEUE, with data to read': () => {
    const sock = closing(socket(AF_INET, SOCK_DGRAM));
    sock.bind(['127.0.0.1', 0]);
    sock.sendto(Buffer.from('x'), sock.getsockname());
    return { sock, call: () => sock.recv(10, MSG_ERRQUEUE) };
  },
  'recvfrom of MSG_ERRQUEUE, after the peer hung up': () => {
    const server = closing(createServer(['127.0.0.1', 0]));
    const sock = closing(socket());
    sock.connect(server.getsockname());
    closing(server.accept()[0]).close();
    sock.shutdown(2);
    return { sock, call: () => sock.recvfrom(10, MSG_ERRQUEUE) };
  },
  'recv behind SO_PEEK_OFF': () => {
    const [a, b] = socketpair().map(closing) as [Socket, Socket];
    a.send(Buffer.from('peeked'));
    b.setsockopt(SOL_SOCKET, SO_PEEK_OFF, 0);
    expect(b.recv(10, MSG_PEEK).toString()).toBe('peeked');
    return { sock: b, call: () => b.recvInto(Buffer.alloc(10), 0, MSG_PEEK) };
  },
};

it.each(Object.entries(calls))('a timeout that never fires: %s', async (_, open) => {
  const { sock, call } = open();
  sock.settimeout(TIMEOUT);
  const share = await leastShare(() => {
    const start = performance.now();
    expect(thrown(call)).toBe('TimeoutError ETIMEDOUT');
    expect(performance.now() - start).toBeGreaterThanOrEqual(TIMEOUT * 1e3);
  });
  expect(share).toBeLessThan(IDLE);
});

it('sendto goes on once the full receiver has room', async () => {
  const { sender, receiver, address } = fullReceiver();
  sender.settimeout(30);
  const reader = `
    const { workerData } = require('node:worker_threads');
    const native = require('node-gyp-build')(process.cwd());
    native.recv(workerData, Buffer.alloc(10), 0);`;
  const worker = new Worker(reader, { eval: true, workerData: receiver.fileno() });
  const exit = new Promise((resolve) => worker.once('exit', resolve));
  expect(sender.sendto(Buffer.from('x'), address)).toBe(1);
  await exit;
});

it('a blocking socket and one without wait say EAGAIN where the call does', () => {
  const sock = closing(socket(AF_INET, SOCK_DGRAM));
  expect(thrown(() => sock.recv(10, MSG_ERRQUEUE))).toBe('BlockingIOError EAGAIN');
  sock.setblocking(false);
  expect(thrown(() => sock.recv(10, MSG_ERRQUEUE))).toBe('BlockingIOError EAGAIN');
  expect(native.getNonblock(sock.fileno())).toBe(1);
});
