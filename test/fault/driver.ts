/** How the addon's functions are driven: what a call needs, and what is closed after it. */
import type { Effect } from './engine.js';
import { constant, nameOf, native } from './shim.js';

type Call = () => number | undefined;

/** What a function is called with, and what is closed afterwards. */
interface Driver {
  /** Makes what it needs, and returns the call; `closes` are closed after it. */
  readonly make: (closes: number[]) => Call;
  readonly effects?: Readonly<Record<string, Effect>>;
}

const ADDRESS_WORDS = 33;
export const room = (): Int32Array => new Int32Array(ADDRESS_WORDS);

/** An address of AF_INET on the loopback. */
export function loopback(port: number): Int32Array {
  const words = room();
  const bytes = Buffer.from(words.buffer);
  bytes.writeUInt16LE(constant('AF_INET'), 0);
  bytes.writeUInt16BE(port, 2);
  bytes.writeUInt32BE(0x7f00_0001, 4);
  words[ADDRESS_WORDS - 1] = 16;
  return words;
}

export function ok(result: number | undefined): number {
  if (result === undefined || result < 0) throw new Error(`cannot begin: ${nameOf(result ?? 0)}`);
  return result;
}

export function two(closes: number[], fill: (fds: Int32Array) => number | undefined): [number, number] {
  const fds = new Int32Array(2);
  ok(fill(fds));
  closes.push(...fds);
  return [fds[0] as number, fds[1] as number];
}

const NONBLOCK = constant('O_NONBLOCK');
export const pipe = (closes: number[]) => two(closes, (fds) => native['pipe2']?.(fds, NONBLOCK));
export const pair = (closes: number[]) =>
  two(closes, (fds) =>
    native['socketpair']?.(constant('AF_UNIX'), constant('SOCK_STREAM') | constant('SOCK_NONBLOCK'), 0, fds),
  );

export function tcp(closes: number[]): number {
  const fd = ok(native['socket']?.(constant('AF_INET'), constant('SOCK_STREAM'), 0));
  closes.push(fd);
  return fd;
}

/** A listening socket, and its address. */
export function server(closes: number[]): [number, Int32Array] {
  const fd = tcp(closes);
  const name = room();
  ok(native['bind']?.(fd, loopback(0)));
  ok(native['listen']?.(fd, 5));
  ok(native['getsockname']?.(fd, name));
  return [fd, name];
}

export function epoll(closes: number[]): number {
  const fd = ok(native['epollCreate1']?.(0));
  closes.push(fd);
  return fd;
}

export const bytes = (): Uint8Array => Uint8Array.of(1, 2, 3, 4);
/** Closes what a call opened. */
export const opened = (closes: number[], fd: number | undefined): number => {
  if (fd !== undefined && fd >= 0) closes.push(fd);
  return fd as number;
};

export const drivers: Record<string, Driver> = {};
export const drive = (name: string, make: Driver['make'], effects?: Driver['effects']): void => {
  drivers[name] = effects === undefined ? { make } : { make, effects };
};
/** A call of a function by its name. */
export const call = (name: string, ...args: unknown[]): number => native[name]?.(...args) as number;
