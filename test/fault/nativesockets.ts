/** The functions of sockets, and of batches. */

import { bytes, call, drive, epoll, loopback, ok, opened, pair, room, server, tcp, two } from './driver.js';
import { constant, native } from './shim.js';

drive('batchReceive', (closes) => {
  const epfd = epoll(closes);
  const rows = new ArrayBuffer(24 * 4);
  return () => call('batchReceive', epfd, rows, 4, new ArrayBuffer(0), new ArrayBuffer(64), 64, 0, 0, 0);
});
/** A socket with a byte to receive, registered with the tag 7, and its membership: a stream, or datagrams. */
function member(closes: number[], type: string, datagrams: number): [epfd: number, members: ArrayBuffer] {
  const [from, to] = two(closes, (fds) =>
    native['socketpair']?.(constant('AF_UNIX'), constant(type), 0, fds),
  );
  const epfd = epoll(closes);
  ok(call('epollCtl', epfd, 1, to, 1, 7));
  ok(call('send', from, bytes(), 0));
  const members = new Int32Array(3 * (to + 1));
  members.set([7, 16, datagrams], 3 * to);
  return [epfd, members.buffer];
}
const DONTWAIT = constant('MSG_DONTWAIT');
/** The word of the result in a row. */
const [RECEIVED, SENT] = [3, 5];
for (const [type, datagrams] of [
  ['SOCK_STREAM', 0],
  ['SOCK_DGRAM', 4],
] as const) {
  drive(`batchReceive, ${type}`, (closes) => {
    const [epfd, members] = member(closes, type, datagrams);
    const rows = new Int32Array(6 * 8);
    const arena = new ArrayBuffer(1024);
    return () => {
      const count = call('batchReceive', epfd, rows.buffer, 4, members, arena, 1024, 0, DONTWAIT, 0);
      return count < 0 ? count : (rows[RECEIVED] as number);
    };
  });
  drive(`batchSend, ${type}`, (closes) => {
    const [fd] = two(closes, (fds) => native['socketpair']?.(constant('AF_UNIX'), constant(type), 0, fds));
    const rows = Int32Array.of(fd, 0, 4, datagrams === 0 ? 0 : 1, -1, 0);
    return () => {
      const result = call('batchSend', rows.buffer, 1, new ArrayBuffer(64), 0);
      return result < 0 ? result : (rows[SENT] as number);
    };
  });
}

drive('socket', (closes) => () => opened(closes, call('socket', 2, 1, 0)));
drive('socketpair', (closes) => () => {
  const fds = new Int32Array(2);
  const result = call('socketpair', 1, 1, 0, fds);
  if (result === 0) closes.push(...fds);
  return result;
});
drive('bind', (closes) => {
  const fd = tcp(closes);
  return () => call('bind', fd, loopback(0));
});
drive('listen', (closes) => {
  const fd = tcp(closes);
  ok(call('bind', fd, loopback(0)));
  return () => call('listen', fd, 1);
});
drive('accept4', (closes) => {
  const [fd, name] = server(closes);
  ok(call('connect', tcp(closes), name));
  return () => opened(closes, call('accept4', fd, room(), 0));
});
drive('connect', (closes) => {
  const [, name] = server(closes);
  const fd = tcp(closes);
  return () => call('connect', fd, name);
});
for (const [name, args] of Object.entries({
  send: (fd: number) => [fd, bytes(), 0],
  sendmsg: (fd: number) => [fd, [bytes()], new Uint8Array(0), 0, null],
})) {
  drive(name, (closes) => {
    const [fd] = pair(closes);
    return () => call(name, ...args(fd));
  });
}
for (const [name, args] of Object.entries({
  recv: (fd: number) => [fd, bytes(), 0],
  recvfrom: (fd: number) => [fd, bytes(), 0, room()],
  recvmsg: (fd: number) => [fd, [bytes()], new Uint8Array(64), 0, room(), new Int32Array(2)],
})) {
  drive(name, (closes) => {
    const [from, to] = pair(closes);
    ok(call('send', from, bytes(), 0));
    return () => call(name, ...args(to));
  });
}
drive('sendto', (closes) => {
  const fd = ok(call('socket', 2, 2, 0));
  closes.push(fd);
  ok(call('bind', fd, loopback(0)));
  const name = room();
  ok(call('getsockname', fd, name));
  return () => call('sendto', fd, bytes(), 0, name);
});
drive('shutdown', (closes) => {
  const [fd] = pair(closes);
  return () => call('shutdown', fd, 1);
});
drive('getsockname', (closes) => {
  const [fd] = server(closes);
  return () => call('getsockname', fd, room());
});
drive('getpeername', (closes) => {
  const [fd] = pair(closes);
  return () => call('getpeername', fd, room());
});
drive('setsockopt', (closes) => {
  const fd = tcp(closes);
  return () => call('setsockopt', fd, constant('SOL_SOCKET'), constant('SO_REUSEADDR'), Int32Array.of(1));
});
drive('getsockopt', (closes) => {
  const fd = tcp(closes);
  return () => call('getsockopt', fd, constant('SOL_SOCKET'), constant('SO_TYPE'), new Int32Array(1));
});
