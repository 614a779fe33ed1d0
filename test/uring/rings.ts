/** Rings for tests, on a kernel that defers completions and as on one that does not. */
import { onTestFinished } from 'vitest';
import { createConnection, createServer, type Socket, socketpair } from '../../src/socket/index.js';
import { available, type Completion, Ring, type RingOptions } from '../../src/uring/index.js';
import { kernel } from '../../src/uring/queues.js';

export const uring = available();

/** What the kernel can do: all, or what Linux 5.11 can. */
export const KERNELS: readonly (readonly [name: string, deferred: boolean])[] = [
  ['as it is', true],
  ['of 5.11', false],
];

/** Opens a ring that is closed after the test. */
export function open<D = undefined>(options: RingOptions = {}, deferred = true): Ring<D> {
  kernel.deferred = deferred;
  try {
    const ring = new Ring<D>(options);
    onTestFinished(() => ring.close());
    return ring;
  } finally {
    kernel.deferred = true;
  }
}

/** Takes completions until there are so many; fails after a minute. */
export function take<D>(ring: Ring<D>, count: number): Completion<D>[] {
  const all: Completion<D>[] = [];
  const end = performance.now() + 60_000;
  while (all.length < count) {
    const left = (end - performance.now()) / 1e3;
    if (left <= 0) throw new Error(`${all.length} of ${count} completions came`);
    all.push(...ring.completions(left));
  }
  return all;
}

/** What a completion says that lasts: its operation, its result, whether it goes on. */
export function said(completions: readonly Completion<unknown>[]): (string | number | boolean)[][] {
  return completions.map(({ op, result, more }) => [op, result, more]);
}

function closing<T extends Socket>(sockets: readonly T[]): void {
  for (const one of sockets) {
    one.settimeout(60);
    onTestFinished(() => one.close());
  }
}

/** Two connected sockets: the first blocks, and is the ring's; the second is the peer's, whose calls end in time. */
export function pair(): [ours: Socket, peer: Socket] {
  const [ours, peer] = socketpair();
  onTestFinished(() => ours.close());
  closing([peer]);
  return [ours, peer];
}

/** A connection of TCP, from the server's side and the client's. */
export function connection(): [ours: Socket, peer: Socket] {
  const server = createServer(['127.0.0.1', 0]);
  const peer = createConnection(server.getsockname());
  const [ours] = server.accept();
  server.close();
  onTestFinished(() => ours.close());
  closing([peer]);
  return [ours, peer];
}

/**
 * Fills a socket until the kernel takes no more; returns how much that was. It stays full only on AF_UNIX: TCP moves bytes
 * on, and makes its buffers larger.
 */
export function fill(socket: Socket, byte = '.'): number {
  const piece = Buffer.alloc(65536, byte);
  let filled = 0;
  for (let sent = socket.trySend(piece); sent !== null; sent = socket.trySend(piece)) filled += sent;
  return filled;
}

/**
 * Receives so many bytes, and takes completions meanwhile, without which the kernel does not go on. Fails after a
 * minute.
 */
export function receive<D>(ring: Ring<D>, socket: Socket, count: number): [Buffer, Completion<D>[]] {
  const all = Buffer.alloc(count);
  const completions: Completion<D>[] = [];
  const end = performance.now() + 60_000;
  for (let got = 0; got < count; ) {
    if (performance.now() > end) throw new Error(`${got} of ${count} bytes came`);
    const nbytes = socket.tryRecvInto(all.subarray(got));
    if (nbytes === 0) throw new Error(`the stream ended after ${got} of ${count} bytes`);
    got += nbytes ?? 0;
    completions.push(...ring.completions(nbytes === null ? 0.001 : 0));
  }
  return [all, completions];
}
