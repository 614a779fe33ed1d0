/** The operations of a ring, each on the kernel as it is and with what Linux 5.11 has. */
import {
  closeSync,
  constants,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { pipe } from '../../src/fds/index.js';
import { POLLIN, POLLOUT } from '../../src/select/index.js';
import {
  AF_INET,
  CMSG_SPACE,
  createConnection,
  createServer,
  SCM_RIGHTS,
  SO_RCVBUF,
  SO_SNDBUF,
  SOCK_DGRAM,
  SOL_SOCKET,
  Socket,
  socket,
} from '../../src/socket/index.js';
import { closing } from '../support/descriptors.js';
import { connection, fill, KERNELS, open, pair, receive, said, take, uring } from './rings.js';

const ECANCELED = -errnoOf('ECANCELED');
const bytes = (text: string): Buffer => Buffer.from(text);

function tempfile(contents: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'ring-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'file');
  writeFileSync(file, contents);
  return file;
}

describe.skipIf(!uring.available).each(KERNELS)('a ring, with a kernel %s', (_name, deferred) => {
  it('accepts one connection', () => {
    const ring = open<string>({}, deferred);
    const server = createServer(['127.0.0.1', 0]);
    onTestFinished(() => server.close());
    const operation = ring.accept(server, 'mine');
    const client = createConnection(server.getsockname());
    onTestFinished(() => client.close());
    const [completion] = take(ring, 1);
    expect(completion).toMatchObject({ op: 'accept', fd: server.fileno(), data: 'mine', more: false });
    expect(completion?.operation).toBe(operation);
    const conn = Socket.fromFd(completion?.result ?? -1);
    onTestFinished(() => conn.close());
    expect(conn.getpeername()).toEqual(client.getsockname());
    expect(conn.getblocking()).toBe(true);
  });

  it('accepts any number of connections', () => {
    const ring = open({}, deferred);
    const server = createServer(['127.0.0.1', 0]);
    const operation = ring.acceptMultishot(server);
    for (let i = 0; i < 20; i++) {
      const client = createConnection(server.getsockname());
      const [completion] = take(ring, 1);
      expect(said([completion!])).toEqual([['accept', expect.any(Number), true]]);
      closeSync(completion!.result);
      client.close();
    }
    expect(ring.cancel(operation)).toBe(true);
    expect(said(take(ring, 1))).toEqual([['accept', ECANCELED, false]]);
    server.close();
  });

  it('receives once, and leaves the rest', () => {
    const ring = open({ bufferSize: 4 }, deferred);
    const [ours, peer] = pair();
    ring.recv(ours);
    peer.send(bytes('hello'));
    const [completion] = take(ring, 1);
    expect(completion).toMatchObject({ op: 'recv', result: 4, more: false });
    expect(completion?.bytes.toString()).toBe('hell');
    expect(ours.recv(100).toString()).toBe('o');
  });

  it('receives again and again, until the end', () => {
    const ring = open({}, deferred);
    const [ours, peer] = pair();
    ring.recvMultishot(ours);
    for (let i = 0; i < 50; i++) {
      peer.send(bytes(`message ${i}`));
      const [completion] = take(ring, 1);
      expect(completion?.bytes.toString()).toBe(`message ${i}`);
      expect(completion?.more).toBe(true);
    }
    peer.close();
    expect(said(take(ring, 1))).toEqual([['recv', 0, false]]);
  });

  it('sends all of it, however long the peer takes to read', () => {
    const ring = open({}, deferred);
    const [ours, peer] = connection();
    // However much the system lets a connection hold.
    ours.setsockopt(SOL_SOCKET, SO_SNDBUF, 65536);
    peer.setsockopt(SOL_SOCKET, SO_RCVBUF, 65536);
    const data = Buffer.from(Array.from({ length: 5_000_000 }, (_, i) => (i * 7) >> 8));
    ring.send(ours, data);
    expect(ring.completions(0)).toEqual([]);
    expect(ring.unsent(ours)).toBeGreaterThan(0);
    const [got, completions] = receive(ring, peer, data.length);
    expect(got.equals(data)).toBe(true);
    expect(said([...completions, ...take(ring, 1 - completions.length)])).toEqual([
      ['send', data.length, false],
    ]);
    expect(ring.unsent(ours)).toBe(0);
  });

  it('copies what it sends at once', () => {
    const ring = open({}, deferred);
    const [ours, peer] = pair();
    const words = new Uint16Array([0x6261, 0x6463]);
    ring.send(ours, words);
    words.fill(0);
    expect(said(take(ring, 1))).toEqual([['send', 4, false]]);
    expect(peer.recv(100).toString()).toBe('abcd');
  });

  it('sends what was received without a copy, and nobody can use it twice', () => {
    const ring = open({ buffers: 4 }, deferred);
    const [ours, peer] = pair();
    ring.recvMultishot(ours);
    for (let i = 0; i < 40; i++) {
      peer.send(bytes(`echo ${i}`));
      const [completion] = take(ring, 1);
      ring.send(ours, completion!);
      expect(() => completion!.bytes).toThrow(expect.objectContaining({ code: 'ERR_BUFFER_RELEASED' }));
      expect(() => ring.send(ours, completion!)).toThrow(
        expect.objectContaining({ code: 'ERR_BUFFER_RELEASED' }),
      );
      expect(said(take(ring, 1))).toEqual([['send', 6 + (i > 9 ? 1 : 0), false]]);
      expect(peer.recv(100).toString()).toBe(`echo ${i}`);
    }
  });

  it('lends bytes until the next completions()', () => {
    const ring = open({}, deferred);
    const [ours, peer] = pair();
    peer.send(bytes('first'));
    ring.recv(ours);
    const [completion] = take(ring, 1);
    expect(completion?.bytes.toString()).toBe('first');
    ring.completions(0);
    expect(() => completion?.bytes).toThrow('The bytes of the completion are released');
  });

  it('sends a message with control messages', () => {
    const ring = open({}, deferred);
    const [ours, peer] = pair();
    const [reader, writer] = pipe();
    const fd = Buffer.alloc(4);
    fd.writeInt32LE(writer.fileno());
    ring.sendmsg(ours, [bytes('take '), bytes('this')], { ancdata: [[SOL_SOCKET, SCM_RIGHTS, fd]] });
    expect(said(take(ring, 1))).toEqual([['sendmsg', 9, false]]);
    const [data, ancdata] = peer.recvmsg(100, CMSG_SPACE(4));
    expect(data.toString()).toBe('take this');
    closeSync(ancdata[0]![2].readInt32LE());
    reader.close();
    writer.close();
  });

  it('sends a datagram to an address', () => {
    const ring = open({}, deferred);
    const [a, b] = [socket(AF_INET, SOCK_DGRAM), socket(AF_INET, SOCK_DGRAM)];
    b.bind(['127.0.0.1', 0]);
    b.settimeout(60);
    ring.sendmsg(a, [bytes('hello')], { address: b.getsockname() });
    expect(said(take(ring, 1))).toEqual([['sendmsg', 5, false]]);
    expect(b.recv(100).toString()).toBe('hello');
    a.close();
    b.close();
  });

  it('sends a long message in the end, although the socket takes a part', () => {
    const ring = open({}, deferred);
    const [ours, peer] = connection();
    const data = Buffer.alloc(3_000_000, 'abcdefg');
    ring.sendmsg(ours, [data.subarray(0, 7), data.subarray(7)], {});
    const [got, completions] = receive(ring, peer, data.length);
    expect(got.equals(data)).toBe(true);
    expect(said([...completions, ...take(ring, 1 - completions.length)])).toEqual([
      ['sendmsg', data.length, false],
    ]);
  });

  it('connects, and says who refuses', () => {
    const ring = open({}, deferred);
    const server = createServer(['127.0.0.1', 0]);
    const [good, bad] = [socket(AF_INET), socket(AF_INET)];
    ring.connect(good, server.getsockname());
    expect(said(take(ring, 1))).toEqual([['connect', 0, false]]);
    expect(good.getpeername()).toEqual(server.getsockname());
    // Bound, so that nobody gets its port meanwhile, and not listening.
    const bound = closing(socket(AF_INET));
    bound.bind(['127.0.0.1', 0]);
    ring.connect(bad, bound.getsockname());
    const [refused] = take(ring, 1);
    expect(refused?.error).toMatchObject({ code: 'ECONNREFUSED', syscall: 'connect' });
    server.close();
    good.close();
    bad.close();
  });

  it('does all that on descriptors that do not block', () => {
    const ring = open<string>({}, deferred);
    const server = createServer(['127.0.0.1', 0]);
    server.setblocking(false);
    ring.acceptMultishot(server, 'server');
    const client = socket(AF_INET);
    client.setblocking(false);
    ring.connect(client, server.getsockname(), 'client');
    const both = take(ring, 2);
    expect(both.map(({ data, error }) => [data, error]).sort()).toEqual([
      ['client', undefined],
      ['server', undefined],
    ]);
    const conn = Socket.fromFd(both.find(({ op }) => op === 'accept')!.result);
    conn.setblocking(false);
    ring.recvMultishot(conn, 'conn');
    ring.completions(0);
    const data = Buffer.alloc(2_000_000, 'x');
    ring.send(client, data, 'all');
    let got = 0;
    let sent = 0;
    while (got < data.length || sent === 0) {
      for (const { op, result } of take(ring, 1)) {
        if (op === 'recv') got += result;
        else sent = result;
      }
    }
    expect([got, sent]).toEqual([data.length, data.length]);
    for (const one of [conn, client, server]) one.close();
  });

  it('opens, writes, brings to the disk, reads and closes a file', () => {
    const ring = open({}, deferred);
    const file = tempfile('');
    ring.openat(null, file, constants.O_RDWR, 0);
    const [{ result: fd } = { result: -1 }] = take(ring, 1);
    ring.write(fd, bytes('hello world'), 0);
    ring.write(fd, bytes('far'), 2 ** 33);
    take(ring, 2);
    ring.fsync(fd);
    ring.fdatasync(fd);
    expect(said(take(ring, 2))).toEqual([
      ['fsync', 0, false],
      ['fsync', 0, false],
    ]);
    ring.read(fd, 100, 6);
    expect(take(ring, 1)[0]?.bytes.subarray(0, 5).toString()).toBe('world');
    ring.read(fd, 100, 2 ** 33);
    expect(take(ring, 1)[0]?.bytes.toString()).toBe('far');
    ring.read(fd, 5, null);
    expect(take(ring, 1)[0]?.bytes.toString()).toBe('hello');
    ring.read(fd, 100, 2 ** 34);
    expect(said(take(ring, 1))).toEqual([['read', 0, false]]);
    ring.closeFd(fd);
    expect(said(take(ring, 1))).toEqual([['close', 0, false]]);
    expect(() => fstatSync(fd)).toThrow('EBADF');
  });

  it('opens a file in a directory, and creates it', () => {
    const ring = open({}, deferred);
    const file = tempfile('');
    const dir = openSync(join(file, '..'), 'r');
    ring.openat(dir, 'new', constants.O_CREAT | constants.O_WRONLY, 0o600);
    const [{ result: fd } = { result: -1 }] = take(ring, 1);
    expect(fstatSync(fd).mode & 0o777).toBe(0o600);
    expect(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1')).toMatch(/flags:\s+02/);
    closeSync(fd);
    closeSync(dir);
  });

  it('reads from a pipe and writes to it, in order', () => {
    const ring = open({}, deferred);
    const [reader, writer] = pipe();
    ring.read(reader, 100, null);
    ring.write(writer, bytes('one'), null);
    const both = take(ring, 2);
    expect(both.find(({ op }) => op === 'read')?.bytes.toString()).toBe('one');
    reader.close();
    writer.close();
  });

  it('waits for readiness, without taking anything', () => {
    const ring = open({}, deferred);
    const [ours, peer] = pair();
    ring.poll(ours, POLLIN);
    ring.poll(ours, POLLOUT);
    expect(said(take(ring, 1))).toEqual([['poll', POLLOUT, false]]);
    peer.send(bytes('x'));
    expect(said(take(ring, 1))).toEqual([['poll', POLLIN, false]]);
    expect(ours.recv(10).length).toBe(1);
  });

  it('measures time, and is never early', () => {
    const ring = open<string>({}, deferred);
    const start = performance.now();
    ring.timeout(0.05, 'long');
    ring.timeout(0.01, 'short');
    const seen = new Map<string, number>();
    while (seen.size < 2) {
      for (const { data, result } of take(ring, 1)) {
        expect(result).toBe(0);
        seen.set(data, performance.now() - start);
      }
    }
    expect(seen.get('short')).toBeGreaterThanOrEqual(10);
    expect(seen.get('long')).toBeGreaterThanOrEqual(50);
  });

  it('cancels what is under way, and only that', () => {
    const ring = open<string>({}, deferred);
    const [ours, peer] = pair();
    const operations = [ring.recv(ours, 'one'), ring.recvMultishot(ours, 'two'), ring.timeout(1000, 'three')];
    const kept = ring.recv(ours, 'kept');
    ring.submit();
    for (const operation of operations) expect(ring.cancel(operation)).toBe(true);
    const cancelled = take(ring, 3);
    expect(cancelled.map(({ data, result, more }) => [data, result, more]).sort()).toEqual([
      ['one', ECANCELED, false],
      ['three', ECANCELED, false],
      ['two', ECANCELED, false],
    ]);
    for (const operation of operations) expect(ring.cancel(operation)).toBe(false);
    peer.send(bytes('kept'));
    const [completion] = take(ring, 1);
    expect(completion?.operation).toBe(kept);
    expect(completion?.bytes.toString()).toBe('kept');
  });

  it('cancels a send that waits for its turn, or in the middle, and says how much went out', () => {
    const ring = open<string>({}, deferred);
    const [ours, peer] = pair();
    fill(ours);
    const first = ring.send(ours, Buffer.alloc(1000, 'a'), 'first');
    const second = ring.send(ours, Buffer.alloc(1000, 'b'), 'second');
    const third = ring.send(ours, Buffer.alloc(1000, 'c'), 'third');
    expect(ring.completions(0)).toEqual([]);
    expect(ring.unsent(ours)).toBe(3000);
    ring.cancel(second);
    expect(take(ring, 1).map(({ data, result }) => [data, result])).toEqual([['second', ECANCELED]]);
    ring.cancel(first);
    expect(take(ring, 1).map(({ data, result }) => [data, result])).toEqual([['first', ECANCELED]]);
    ring.cancel(third);
    expect(take(ring, 1).map(({ data, result }) => [data, result])).toEqual([['third', ECANCELED]]);
    expect(ring.unsent(ours)).toBe(0);
    peer.close();
  });

  it('holds many more operations than its queues', () => {
    const ring = open<number>({ entries: 4, completions: 8 }, deferred);
    const [ours, peer] = connection();
    for (let i = 0; i < 500; i++) ring.send(ours, Uint8Array.of(i & 0xff), i);
    for (let i = 0; i < 500; i++) ring.timeout(0, i);
    const all = take(ring, 1000);
    const sends = all.filter(({ op }) => op === 'send').map(({ data }) => data);
    expect(sends).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect(new Set(all.filter(({ op }) => op === 'timeout').map(({ data }) => data)).size).toBe(500);
    expect(receive(ring, peer, 500)[0]).toEqual(Buffer.from(Array.from({ length: 500 }, (_, i) => i & 0xff)));
  });

  it('waits until its timeout, and not longer when something is complete', () => {
    const ring = open({}, deferred);
    const start = performance.now();
    expect(ring.completions(0.02)).toEqual([]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(20);
    const [ours, peer] = pair();
    peer.send(bytes('x'));
    ring.recv(ours);
    expect(said(ring.completions(1000))).toEqual([['recv', 1, false]]);
  });

  it('reports what the kernel refuses as a result', () => {
    const ring = open({}, deferred);
    const fd = openSync('/dev/null', 'r');
    ring.recv(fd);
    expect(take(ring, 1)[0]?.error).toMatchObject({ code: 'ENOTSOCK', syscall: 'recv' });
    ring.send(fd, bytes('x'));
    expect(take(ring, 1)[0]?.error?.code).toBe('ENOTSOCK');
    ring.write(fd, bytes('x'), 0);
    expect(take(ring, 1)[0]?.error?.code).toBe('EBADF');
    closeSync(fd);
  });
});
