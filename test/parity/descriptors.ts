/** What a parity script does with descriptors, here; README.md describes the operations. */
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OSError } from 'fd-selectors';
import * as select from 'fd-selectors/select';
import { createConnection, createServer, MSG_OOB, SHUT_WR, Socket, socketpair } from 'fd-selectors/socket';
import { check, errnoOf, osError } from '../../src/errors.js';
import { native } from '../../src/native.js';

const BITS = ['IN', 'PRI', 'OUT', 'ERR', 'HUP', 'NVAL', 'RDHUP', 'ONESHOT', 'ET'];
export const EVENTS = { READ: 1, WRITE: 2, PRIORITY: 4 };
const constants = { ...select } as unknown as Record<string, number>;

/** An object that has the descriptor of a name. */
class Holder {
  readonly shown: string;
  fd: number;
  failure = 0;

  constructor(shown: string, fd: number) {
    this.shown = shown;
    this.fd = fd;
  }

  fileno(): number {
    if (this.failure !== 0) throw osError(this.failure, 'fileno');
    return this.fd;
  }
}

const TEXT = { shown: 'text', fileno: () => 'text' };

export type Operation = (...words: string[]) => string;

/** The descriptors of a script; a subclass has the operations of its target. */
export class Machine {
  readonly prefix: 'POLL' | 'EPOLL' = 'EPOLL';
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();
  readonly #holders = new Map<string, Holder>();
  readonly #opened = new Set<number>();

  /** Operations by name, beside those of the descriptors. */
  readonly operations: Record<string, Operation> = {};
  readonly #descriptors: Record<string, Operation> = {
    pipe: (...names) => this.#ends(pipe(), names),
    pair: (...names) => this.#ends(socketpair(), names),
    tcp: (...names) => this.#ends(connection(), names),
    file: (name) => this.#ends([file()], [name as string]),
    null: (name) => this.#ends([openSync('/dev/null', 'r+')], [name as string]),
    write: (name, length) => String(this.#write(name as string, Number(length))),
    fill: (name) => this.#fill(name as string),
    read: (name) => String(check(native.read(this.number(name as string), bytes, bytes.length), 'read')),
    oob: (name) => String(this.#socket(name as string, (end) => end.send(Buffer.from('!'), MSG_OOB))),
    shutdown: (name) => {
      this.#socket(name as string, (end) => end.shutdown(SHUT_WR));
      return 'ok';
    },
    closefd: (name) => {
      check(native.close(this.number(name as string)), 'close');
      return 'ok';
    },
    dup2: (from, to) => {
      this.duplicate(this.number(from as string), this.number(to as string));
      return 'ok';
    },
    lose: (name) => {
      this.#holder(`@${name}`).fd = -1;
      return 'ok';
    },
    break: (name, code) => {
      this.#holder(`@${name}`).failure = errnoOf(code as string);
      return 'ok';
    },
  };

  /** The number that a name stands for, open or not. */
  number(name: string): number {
    let fd = this.#numbers.get(name);
    if (fd !== undefined) return fd;
    fd = (name.startsWith('high') ? 1500 : 700) + this.#numbers.size;
    this.#numbers.set(name, fd);
    this.#names.set(fd, name);
    return fd;
  }

  #holder(word: string): Holder {
    let holder = this.#holders.get(word);
    if (holder === undefined) {
      holder = new Holder(word, this.number(word.replace(/^@+/, '')));
      this.#holders.set(word, holder);
    }
    return holder;
  }

  /** What `own` stands for. */
  own(): number {
    throw new Error('only epoll has a descriptor of its own');
  }

  fileobj(word: string): never {
    // As bad as the script wants it: types are for those who keep them.
    return this.#fileobj(word) as never;
  }

  #fileobj(word: string): unknown {
    if (word === 'text') return TEXT;
    if (word === 'own') return this.own();
    if (word.startsWith('@')) return this.#holder(word);
    return /^[a-z]/.test(word) && word !== 'none' ? this.number(word) : this.value(word);
  }

  value(word: string): never {
    const values: Record<string, unknown> = { none: undefined, '{}': {}, nan: NaN, inf: Infinity };
    return (word in values ? values[word] : JSON.parse(word)) as never;
  }

  mask(word: string): never {
    if (!/^[A-Z]/.test(word)) return this.value(word);
    let bits = 0;
    for (const part of word.split('|')) {
      bits |= part in EVENTS ? EVENTS[part as 'READ'] : (constants[this.prefix + part] as number);
    }
    return bits as never;
  }

  shown(fileobj: unknown): string {
    if (typeof fileobj === 'number') return this.#names.get(fileobj) ?? String(fileobj);
    return (fileobj as Holder).shown ?? '?';
  }

  bits(mask: number): string {
    const found: string[] = [];
    let left = mask;
    for (const name of BITS) {
      const bit = constants[this.prefix + name] ?? 0;
      if ((left & bit) === 0) continue;
      found.push(name);
      left = (left & ~bit) >>> 0;
    }
    if (left !== 0) found.push(`0x${left.toString(16)}`);
    return found.join('|') || '0';
  }

  pairs(pairs: [number, number][]): string {
    return `[${pairs.map(([fd, bits]) => `${this.shown(fd)} ${this.bits(bits)}`).join(', ')}]`;
  }

  /** What a wait found; finding nothing before the timeout is too early. */
  timed(timeout: number | undefined, wait: () => string): string {
    const start = performance.now();
    const found = wait();
    const early = timeout !== undefined && performance.now() - start < timeout * 1e3;
    return early && /^[[\] ]+$/.test(found) ? `${found} early` : found;
  }

  duplicate(from: number, to: number): void {
    check(native.dup2(from, to), 'dup2');
    this.#opened.add(to);
  }

  #ends(fds: number[] | Socket[], names: string[]): string {
    for (const [i, end] of fds.entries()) {
      const fd = typeof end === 'number' ? end : end.detach();
      const number = this.number(names[i] as string);
      this.duplicate(fd, number);
      native.close(fd);
      check(native.setNonblock(number, 1), 'fcntl');
    }
    return 'ok';
  }

  #write(name: string, length: number): number {
    return check(native.write(this.number(name), new Uint8Array(length), length), 'write');
  }

  #fill(name: string): string {
    let moved = 0;
    // A bound, for files never say that they are full.
    for (let i = 0; i < 64; i++) {
      const result = native.write(this.number(name), bytes, 1 << 16);
      if (result === -errnoOf('EAGAIN')) break;
      moved += check(result, 'write');
    }
    return String(moved);
  }

  /** Borrows the descriptor for a call of a socket. */
  #socket<T>(name: string, use: (end: Socket) => T): T {
    const end = Socket.fromFd(this.number(name));
    try {
      return use(end);
    } finally {
      end.detach();
    }
  }

  close(): void {
    for (const fd of this.#opened) native.close(fd);
  }

  /** Runs one operation; a failure is shown by its class, and an OSError by its code. */
  run(line: string): string {
    const [name, ...words] = line.split(' ') as [string, ...string[]];
    const operation = this.operations[name] ?? this.#descriptors[name];
    if (operation === undefined) throw new Error(`no such operation: ${line}`);
    try {
      return operation(...words);
    } catch (error) {
      if (error instanceof OSError) return `${error.name} ${error.code}`;
      return (error as Error).name;
    }
  }
}

const bytes = new Uint8Array(1 << 20);

function pipe(): number[] {
  const fds = new Int32Array(2);
  check(native.pipe2(fds, 0), 'pipe2');
  return [...fds];
}

function connection(): Socket[] {
  const server = createServer(['127.0.0.1', 0]);
  const client = createConnection(server.getsockname() as [string, number]);
  const [conn] = server.accept();
  server.close();
  return [client, conn];
}

/** A regular file without a name. */
function file(): number {
  const folder = mkdtempSync(join(tmpdir(), 'parity-'));
  const fd = openSync(join(folder, 'file'), 'w+');
  rmSync(folder, { recursive: true });
  return fd;
}
