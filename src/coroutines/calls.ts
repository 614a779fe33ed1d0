/**
 * The calls that a connection makes again and again. Each is an iterator by hand, kept with its socket and used
 * again: a generator for each call would cost more than the call.
 */
import { EAGAIN, osError } from '../errors.js';
import { EVENT_READ, EVENT_WRITE } from '../selectors/index.js';
import type { Bytes } from '../socket/index.js';
import { located } from './fiber.js';
import { giveWay, theHub } from './hub.js';
import type { Line } from './line.js';
import type { FdWait } from './poller.js';
import { type Coroutine, SUSPEND, type Suspend } from './suspend.js';

type Step<T> = IteratorResult<Suspend, T>;

const SUSPENDED: IteratorYieldResult<Suspend> = { done: false, value: SUSPEND };
const DONE: IteratorReturnResult<void> = { done: true, value: undefined };
const NOTHING = new Uint8Array(0);

/** The size in bytes; the getter `byteLength` of a Buffer costs as much as a small copy. */
function sizeOf(buffer: Bytes): number {
  return buffer instanceof Uint8Array ? buffer.length : (buffer?.byteLength ?? 0);
}

function bytesOf(buffer: Bytes): Uint8Array {
  if (buffer instanceof Uint8Array) return buffer;
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/**
 * One call on a socket. It does nothing before the first `next()`. One that was never run, or that threw, is not
 * used again: the next call gets a new one.
 */
abstract class Call<T> implements Coroutine<T> {
  protected readonly line: Line;
  /** Whether the next call may use it. */
  free = true;
  protected flags = 0;
  /** Undefined for none: a field that holds fractions is an object of its own. */
  protected deadline: number | undefined;
  #begun = false;
  #wait: FdWait | undefined;

  constructor(line: Line) {
    this.line = line;
  }

  abstract get [Symbol.toStringTag](): string;

  /** Makes the system call: its result, or a wait. */
  protected abstract attempt(): Step<T>;

  /** Returns what was received while the fiber waited. */
  protected receive(_wait: FdWait): Step<T> {
    return this.attempt();
  }

  /** What is refused before anything else is done. */
  protected check(): void {}

  protected arm(flags: number): this {
    this.free = false;
    this.flags = flags;
    this.#begun = false;
    return this;
  }

  next(answer?: unknown): Step<T> {
    const wait = this.#wait;
    if (wait !== undefined) {
      this.#wait = undefined;
      wait.next(answer);
      if (wait.result !== -EAGAIN) return this.receive(wait);
    } else {
      // Again after giving way: another task may have begun a call meanwhile.
      this.check();
      if (!this.#begun) this.deadline = this.line.timeout === null ? undefined : this.line.deadline();
      this.#begun = true;
    }
    if (--theHub().credit >= 0) return this.attempt();
    giveWay();
    return SUSPENDED;
  }

  /** Suspends the fiber until the socket is ready. */
  protected suspend(event: number, syscall: string, most = 0): Step<T> {
    const wait = this.line.wait(event, this.deadline ?? Infinity, syscall, most);
    this.#wait = wait;
    wait.next();
    return SUSPENDED;
  }

  throw(error: unknown): Step<T> {
    throw located(error);
  }

  return(value?: T): Step<T> {
    return { done: true, value: value as T };
  }

  [Symbol.iterator](): this {
    return this;
  }

  [Symbol.dispose](): void {}
}

/** `recv()`. */
export class Recv extends Call<Buffer> {
  #bufsize = 0;

  override get [Symbol.toStringTag](): string {
    return 'recv';
  }

  with(bufsize: number, flags: number): this {
    this.#bufsize = bufsize;
    return this.arm(flags);
  }

  protected override attempt(): Step<Buffer> {
    const { line, flags } = this;
    const bufsize = this.#bufsize;
    const data = line.triesFirst() ? (line.take(bufsize, flags) ?? line.sock.tryRecv(bufsize, flags)) : null;
    if (data === null) return this.suspend(EVENT_READ, 'recv', flags === 0 ? line.most(bufsize) : 0);
    line.received(data.length, bufsize);
    this.free = true;
    return { done: true, value: data };
  }

  protected override receive({ result, offset, watch }: FdWait): Step<Buffer> {
    if (result < 0) throw osError(result, 'recv');
    const data = Buffer.allocUnsafe(result);
    data.set(watch.poller.receiver.view(offset, result));
    this.line.received(result, this.line.most(this.#bufsize));
    this.free = true;
    return { done: true, value: data };
  }
}

/** `recvInto()`. */
export class RecvInto extends Call<number> {
  #buffer: Bytes = NOTHING;
  #nbytes = 0;

  override get [Symbol.toStringTag](): string {
    return 'recvInto';
  }

  with(buffer: Bytes, nbytes: number, flags: number): this {
    this.#buffer = buffer;
    this.#nbytes = nbytes;
    return this.arm(flags);
  }

  protected override attempt(): Step<number> {
    const { line } = this;
    const length = line.triesFirst() ? this.#tryRecvInto() : null;
    if (length === null) {
      return this.suspend(EVENT_READ, 'recv', this.flags === 0 ? line.most(this.#room()) : 0);
    }
    return this.#received(length, this.#room());
  }

  /** How many bytes to receive; 0 where the call will refuse the arguments. */
  #room(): number {
    const size = sizeOf(this.#buffer);
    if (this.#nbytes === 0) return size;
    return this.#nbytes <= size ? this.#nbytes : 0;
  }

  #tryRecvInto(): number | null {
    const { line, flags } = this;
    const held = line.take(this.#room(), flags);
    if (held === undefined) return line.sock.tryRecvInto(this.#buffer, this.#nbytes, flags);
    bytesOf(this.#buffer).set(held);
    return held.length;
  }

  protected override receive(wait: FdWait): Step<number> {
    const { result, offset, watch } = wait;
    if (result < 0) throw osError(result, 'recv');
    const buffer = bytesOf(this.#buffer);
    // Its memory may be gone by now.
    if (result > buffer.length) {
      watch.giveBack(wait);
      return this.attempt();
    }
    buffer.set(watch.poller.receiver.view(offset, result));
    return this.#received(result, this.line.most(this.#room()));
  }

  #received(length: number, room: number): Step<number> {
    this.line.received(length, room);
    this.free = true;
    this.#buffer = NOTHING;
    return { done: true, value: length };
  }
}

/** `send()`. */
export class Send extends Call<number> {
  #data: Bytes = NOTHING;
  #nbytes: number | undefined;

  override get [Symbol.toStringTag](): string {
    return 'send';
  }

  with(data: Bytes, flags: number, nbytes: number | undefined): this {
    this.#data = data;
    this.#nbytes = nbytes;
    return this.arm(flags);
  }

  protected override check(): void {
    this.line.checkFree(EVENT_WRITE);
  }

  protected override attempt(): Step<number> {
    const sent = this.line.sock.trySend(this.#data, this.flags, this.#nbytes);
    if (sent === null) return this.suspend(EVENT_WRITE, 'send');
    this.free = true;
    this.#data = NOTHING;
    return { done: true, value: sent };
  }
}

/** `sendall()`. */
export class SendAll extends Call<void> {
  #data: Bytes = NOTHING;
  #nbytes: number | undefined;
  #sent = 0;

  override get [Symbol.toStringTag](): string {
    return 'sendall';
  }

  with(data: Bytes, flags: number, nbytes: number | undefined): this {
    this.#data = data;
    this.#nbytes = nbytes;
    this.#sent = 0;
    return this.arm(flags);
  }

  protected override check(): void {
    this.line.checkFree(EVENT_WRITE);
  }

  protected override attempt(): Step<void> {
    // The first part goes without a view of the data: usually it is all. It refuses what is not data.
    if (this.#sent === 0) this.#sent = this.#sendFirst() ?? 0;
    else this.#sent += this.#sendRest(this.#nbytes ?? sizeOf(this.#data)) ?? 0;
    const length = this.#nbytes ?? sizeOf(this.#data);
    if (this.#sent < length) return this.suspend(EVENT_WRITE, 'send');
    this.free = true;
    this.#data = NOTHING;
    return DONE;
  }

  #sendFirst(): number | null {
    return this.line.sock.trySend(this.#data, this.flags, this.#nbytes);
  }

  #sendRest(length: number): number | null {
    const { buffer, byteOffset } = this.#data;
    const rest = new Uint8Array(buffer, byteOffset + this.#sent, length - this.#sent);
    return this.line.sock.trySend(rest, this.flags);
  }
}
