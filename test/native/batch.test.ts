/** The raw contract of the batches. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { EAGAIN, errnoOf } from '../../src/errors.js';
import { constant, native } from '../../src/native.js';
import { EBADF, EINVAL, int, intBut, itTakes, structs, timeout } from '../support/raw.js';

const [ADD, EPOLLIN] = [1, 1];
const ROW = 6;
const [STREAM, DATAGRAM, DATAGRAM_TO] = [0, 1, 2];
const DONTWAIT = constant('MSG_DONTWAIT');
const NOSIGNAL = constant('MSG_NOSIGNAL');
const [SOCK_STREAM, SOCK_DGRAM, CLOEXEC] = ['SOCK_STREAM', 'SOCK_DGRAM', 'SOCK_CLOEXEC'].map(constant) as [
  number,
  number,
  number,
];

function pair(type = SOCK_STREAM): [number, number] {
  const fds = new Int32Array(2);
  expect(native.socketpair(constant('AF_UNIX'), type | CLOEXEC, 0, fds)).toBe(0);
  onTestFinished(() => {
    for (const fd of fds) native.close(fd);
  });
  return [fds[0] as number, fds[1] as number];
}

/** A set, its members, and one wait on it. */
class Bench {
  readonly epfd = native.epollCreate1(0);
  readonly members = new Int32Array(3 * 4096);
  readonly arena = Buffer.from(new ArrayBuffer(1024));
  rows: Int32Array[] = [];

  constructor() {
    onTestFinished(() => void native.close(this.epfd));
  }

  add(fd: number, tag: number, most: number, datagrams = 0): void {
    expect(native.epollCtl(this.epfd, ADD, fd, EPOLLIN, tag)).toBe(0);
    this.members.set([tag, most, datagrams], 3 * fd);
  }

  receive(limit = this.arena.length, first = 0, maxevents = 16): number[][] {
    const rows = new Int32Array(16 * ROW);
    const { epfd, members, arena } = this;
    const count = native.batchReceive(
      epfd,
      rows.buffer,
      maxevents,
      members.buffer,
      arena.buffer,
      limit,
      first,
      DONTWAIT,
      0,
    );
    expect(count).toBeGreaterThanOrEqual(0);
    return Array.from({ length: count }, (_, i) => [...rows.subarray(i * ROW, (i + 1) * ROW)]);
  }

  /** Rows without the result, to which it is added. */
  send(...rows: number[][]): number[] {
    const words = new Int32Array(rows.flatMap((row) => [...row, 77]));
    expect(native.batchSend(words.buffer, rows.length, this.arena.buffer, DONTWAIT | NOSIGNAL)).toBe(0);
    return rows.map((_, i) => words[i * ROW + 5] as number);
  }
}

describe('batch', () => {
  const rows = new ArrayBuffer(16 * ROW * 4);
  const arena = new ArrayBuffer(256);
  itTakes({
    batchReceive: [
      -EBADF,
      int(-1),
      structs(rows),
      intBut(16, -1, 17, 0),
      structs(new ArrayBuffer(12)),
      structs(arena),
      intBut(256, -1, 257),
      intBut(0, -1),
      int(DONTWAIT),
      timeout,
    ],
    batchSend: [0, structs(rows), intBut(0, -1, 17), structs(arena), int(DONTWAIT)],
  });

  it('receives from members, and only tells of others and of those with another tag', () => {
    const bench = new Bench();
    const pairs = [pair(), pair(), pair()] as const;
    for (const [i, [a, b]] of pairs.entries()) {
      bench.add(b, i + 1, 100);
      native.send(a, Buffer.from(`hello ${i}`), 0);
    }
    bench.members[3 * pairs[1][1]] = 99;
    bench.members[3 * pairs[2][1] + 1] = 0;
    const found = bench.receive().sort((x, y) => (x[1] as number) - (y[1] as number));
    expect(found).toEqual([
      [pairs[0][1], 1, EPOLLIN, 7, 0, 0],
      [pairs[1][1], 2, EPOLLIN, -EAGAIN, 0, 0],
      [pairs[2][1], 3, EPOLLIN, -EAGAIN, 0, 0],
    ]);
    expect(bench.arena.toString('latin1', 0, 7)).toBe('hello 0');
  });

  it('tells of a descriptor beyond the members', () => {
    const bench = new Bench();
    const [a, b] = pair();
    bench.add(b, 1, 100);
    native.send(a, Buffer.from('x'), 0);
    const rows = new Int32Array(ROW);
    const none = new ArrayBuffer(0);
    expect(
      native.batchReceive(bench.epfd, rows.buffer, 1, none, bench.arena.buffer, 1024, 0, DONTWAIT, 0),
    ).toBe(1);
    expect([...rows]).toEqual([b, 1, EPOLLIN, -EAGAIN, 0, 0]);
  });

  it('reports the end of a stream, and the error of a call', () => {
    const bench = new Bench();
    const [a, b] = pair();
    bench.add(b, 1, 100);
    native.shutdown(a, 1);
    expect(bench.receive()[0]?.[3]).toBe(0);
    const [reader, writer] = [new Int32Array(2), new Uint8Array(1)];
    expect(native.pipe2(reader, 0)).toBe(0);
    native.write(reader[1] as number, writer);
    bench.add(reader[0] as number, 2, 100);
    expect(bench.receive().find(([, tag]) => tag === 2)?.[3]).toBe(-errnoOf('ENOTSOCK'));
    for (const fd of reader) native.close(fd);
  });

  it('does not try what the arena has no room for, and begins where it is told', () => {
    const bench = new Bench();
    const pairs = [pair(), pair()] as const;
    for (const [i, [a, b]] of pairs.entries()) {
      bench.add(b, i, 100);
      native.send(a, Buffer.alloc(300, `${i}`), 0);
    }
    const first = bench.receive(128);
    expect(first.map((row) => [row[3], row[5]])).toEqual([
      [100, 0],
      [-EAGAIN, -1],
    ]);
    const fds = first.map(([fd]) => fd);
    const second = bench.receive(128, 1);
    expect(second.map((row) => row[3])).toEqual([100, -EAGAIN]);
    expect(second.map(([fd]) => fd)).toEqual(fds.reverse());
    expect(bench.receive(99).map((row) => row[5])).toEqual([-1, -1]);
  });

  it('writes no more rows than events were asked for', () => {
    const bench = new Bench();
    for (const i of [1, 2, 3]) {
      const [a, b] = pair();
      bench.add(b, i, 100);
      native.send(a, Buffer.from('x'), 0);
    }
    expect(bench.receive(1024, 0, 2)).toHaveLength(2);
  });

  it('receives datagrams behind the address of their sender, and says which were cut', () => {
    const bench = new Bench();
    const [a, b] = pair(SOCK_DGRAM);
    bench.add(b, 1, 4, 8);
    for (const text of ['one', 'seven', '']) native.send(a, Buffer.from(text), 0);
    const found = bench.receive();
    expect(found.map((row) => [row[3], row[5]])).toEqual([
      [3, 0],
      [4, constant('MSG_TRUNC')],
      [0, 0],
    ]);
    const texts = found.map(([, , , length = 0, offset = 0]) =>
      bench.arena.toString('latin1', offset, offset + length),
    );
    expect(texts).toEqual(['one', 'seve', '']);
    expect(bench.arena.readInt32LE((found[0]?.[4] as number) - 4)).toBeLessThanOrEqual(2);
  });

  it('sends rows in order, and those behind one that was not sent whole not at all', () => {
    const bench = new Bench();
    const [a, b] = pair();
    const [c, d] = pair();
    bench.arena.write('onetwo');
    expect(bench.send([a, 0, 3, STREAM, -1], [c, 0, 3, STREAM, -1], [a, 3, 3, STREAM, 0])).toEqual([3, 3, 3]);
    const room = Buffer.alloc(10);
    expect([native.recv(b, room, 0), room.toString('latin1', 0, 6)]).toEqual([6, 'onetwo']);
    expect(native.recv(d, room, 0)).toBe(3);
    while (native.send(a, Buffer.alloc(4096), DONTWAIT) > 0);
    const results = bench.send([a, 0, 3, STREAM, -1], [c, 0, 1, STREAM, -1], [a, 3, 3, STREAM, 0]);
    expect(results).toEqual([-EAGAIN, 1, -EAGAIN]);
  });

  it('goes on after the error of one socket', () => {
    const bench = new Bench();
    const [a, b] = pair();
    const [c] = pair();
    native.shutdown(b, 2);
    expect(bench.send([a, 0, 1, STREAM, -1], [c, 0, 2, STREAM, -1], [-1, 0, 1, STREAM, -1])).toEqual([
      -errnoOf('EPIPE'),
      2,
      -EBADF,
    ]);
  });

  it('refuses rows that leave the arena, without a call', () => {
    const bench = new Bench();
    const [a] = pair();
    const wrong = [
      [a, -1, 1, STREAM, -1],
      [a, 1024, 1, STREAM, -1],
      [a, 0, 1025, STREAM, -1],
      [a, 0x7fff_ffff, 0x7fff_ffff, STREAM, -1],
      [a, 0, -1, STREAM, -1],
      [a, 0, 1, 3, -1],
      [a, 0, 1, -1, -1],
      [a, 131, 1, DATAGRAM_TO, -1],
      [a, 0, 1, STREAM, 9],
    ];
    expect(bench.send(...wrong)).toEqual(wrong.map(() => -EINVAL));
  });

  it('sends datagrams, each whole, and those behind a refused one', () => {
    const bench = new Bench();
    const [a, b] = pair(SOCK_DGRAM);
    bench.arena.write('onetwo', 0);
    // AF_UNIX refuses an address of a connected socket that is not one.
    bench.arena.fill(0, 132, 264).writeInt32LE(1, 260);
    const results = bench.send(
      [a, 0, 3, DATAGRAM, -1],
      [a, 264, 1, DATAGRAM_TO, 0],
      [a, 3, 3, DATAGRAM, 1],
      [a, 0, 0, DATAGRAM, 2],
    );
    expect([results[0], results[2], results[3]]).toEqual([3, 3, 0]);
    expect(results[1]).toBeLessThan(0);
    const room = Buffer.alloc(10);
    const got = [0, 1, 2].map(() => native.recv(b, room, DONTWAIT));
    expect(got).toEqual([3, 3, 0]);
  });
});
