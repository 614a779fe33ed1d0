/** What `console.log(sock)` shows. */
import { inspect } from 'node:util';
import { native, type Result } from '../native.js';
import * as families from './constants/families.js';
import { AF_INET, AF_INET6 } from './constants/index.js';
import type { Address } from './family.js';
import { SockAddr } from './sockaddr.js';

/** The properties of a socket that are shown. */
export interface Shown {
  readonly closed: boolean;
  readonly family: number;
  readonly type: number;
  readonly proto: number;
  fileno(): number;
}

function nameOf(prefix: string, value: number): string {
  const entry = Object.entries(families).find(
    ([name, number]) => name.startsWith(prefix) && number === value,
  );
  return entry === undefined ? String(value) : entry[0];
}

/** An address in one word: `127.0.0.1:80`, `[::1]:80`, a path, else as `console.log` shows it. */
function textOf(family: number, address: Address): string {
  if (typeof address === 'string') return /^[\w./@-]+$/.test(address) ? address : JSON.stringify(address);
  if (family === AF_INET) return address.join(':');
  if (family === AF_INET6) return `[${address[0]}]:${address[1]}`;
  return inspect(address, { breakLength: Infinity });
}

/** An address from the kernel, as ` laddr=127.0.0.1:80`; empty if there is none. */
function named(label: string, sock: Shown, ask: (fd: number, address: Int32Array) => Result): string {
  const address = new SockAddr();
  if (ask(sock.fileno(), address.words) < 0) return '';
  const decoded = address.decode(sock.proto);
  return decoded === '' ? '' : ` ${label}=${textOf(sock.family, decoded)}`;
}

/** `<Socket fd=7 family=AF_INET type=SOCK_STREAM proto=0 laddr=127.0.0.1:80 raddr=127.0.0.1:5000>` */
export function describeSocket(sock: Shown): string {
  const name = sock.constructor.name;
  const closed = sock.closed ? ' [closed]' : '';
  const kind = `family=${nameOf('AF_', sock.family)} type=${nameOf('SOCK_', sock.type)} proto=${sock.proto}`;
  const local = named('laddr', sock, native.getsockname);
  const remote = named('raddr', sock, native.getpeername);
  return `<${name}${closed} fd=${sock.fileno()} ${kind}${local}${remote}>`;
}
