/**
 * The calls that a connection makes again and again. Each is an iterator by hand, kept with its socket and used
 * again: a generator for each call would cost more than the call.
 */
import { EAGAIN, osError, ValueError } from '../errors.js';
import { EVENT_READ, EVENT_WRITE } from '../selectors/index.js';
import type { Bytes } from '../socket/index.js';
import { FdWait, type Place, timedOut } from './fdwait.js';
import { located } from './fiber.js';
import { giveWay, theHub } from './hub.js';
import type { Line } from './line.js';
import { Pause } from './pause.js';
import { type Coroutine, SUSPEND, type Suspend } from './suspend.js';

type Step<T> = IteratorResult<Suspend, T>;

const SUSPENDED: IteratorYieldResult<Suspend> = { done: false, value: SUSPEND };
const DONE: IteratorReturnResult<void> = { done: true, value: undefined };
const NOTHING = new Uint8Array(0);
/** The states of a call that receives. */
const NEW = 0;
const BEGUN = 1;
const WAITS = 2;

/** The size in bytes; the getter `byteLength` of a Buffer costs as much as a small copy. */
function sizeOf(buffer: Bytes): number {
  if (buffer instanceof Uint8Array) return buffer.length;
  try {
    return buffer?.byteLength ?? 0;
  } catch {
    // A DataView whose memory was transferred, or became too small.
    return 0;
  }
}

/** The bytes of a view; none if its memory is gone. */
function bytesOf(buffer: Bytes): Uint8Array {
  if (buffer instanceof Uint8Array) return buffer;
  const size = sizeOf(buffer);
  return size === 0 ? NOTHING : new Uint8Array(buffer.buffer, buffer.byteOffset, size);
}

/** The error of a call whose view lost its memory while it waited. */
function lostMemory(name: string, consequence: string): ValueError {
  return new ValueError(
    'ERR_INVALID_STATE',
    `The "${name}" argument lost its memory while the call waited. ${consequence}`,
  );
}

/**
 * A call that receives, which is its own wait. One that was never run, or that threw, is not used again: the next call
 * gets a new one.
 */
abstract class Receive<T> extends FdWait implements Coroutine<T> {
  protected readonly line: Line;
  /** Whether the next call may use it. */
  free = true;
  protected flags = 0;
  #state = NEW;
  /** Undefined for none: a field that holds fractions is an object of its own. */
  #until: number | undefined;

  constructor(line: Line) {
    super(EVENT_READ);
    this.line = line;
  }

  abstract get [Symbol.toStringTag](): string;

  /** Makes the system call: its result, or a wait. */
  protected abstract attempt(): Step<T>;

  /** Returns what was received while the fiber waited. */
  protected abstract take(): Step<T>;

  protected arm(flags: number): this {
    this.free = false;
    this.flags = flags;
    this.#state = NEW;
    return this;
  }

  next(answer?: unknown): Step<T> {
    if (this.#state === WAITS) {
      this.#state = BEGUN;
      if (answer === false) throw timedOut('recv');
      (this.place as Place).leave(this);
      if (this.result !== -EAGAIN) return this.take();
    } else if (this.#state === NEW) {
      this.#until = this.line.timeout === null ? undefined : this.line.deadline();
      this.#state = BEGUN;
    }
    if (--theHub().credit >= 0) return this.attempt();
    giveWay();
    return SUSPENDED;
  }

  /** Suspends the fiber until the socket is ready, or at most so many bytes were received. */
  protected suspend(most: number): Step<T> {
    this.line.begin(this, this.#until ?? Infinity, 'recv', most);
    this.#state = WAITS;
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
export class Recv extends Receive<Buffer> {
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
    const data = line.triesFirst(bufsize)
      ? (line.take(bufsize, flags) ?? line.sock.tryRecv(bufsize, flags))
      : null;
    if (data === null) return this.suspend(flags === 0 ? line.most(bufsize) : 0);
    line.received(data.length, bufsize);
    this.free = true;
    return { done: true, value: data };
  }

  protected override take(): Step<Buffer> {
    const { result } = this;
    if (result < 0) throw osError(result, 'recv');
    const data = Buffer.allocUnsafe(result);
    data.set((this.place as Place).view(this));
    this.line.received(result, this.line.most(this.#bufsize));
    this.free = true;
    return { done: true, value: data };
  }
}

/** `recvInto()`. */
export class RecvInto extends Receive<number> {
  #buffer: Bytes = NOTHING;
  #nbytes = 0;
  /** How many bytes to receive; 0 where the call will refuse the arguments. */
  #room = 0;

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
    const size = sizeOf(this.#buffer);
    const nbytes = this.#nbytes;
    const room = nbytes === 0 ? size : nbytes <= size ? nbytes : 0;
    this.#room = room;
    const length = line.triesFirst(room) ? this.#tryRecvInto(room) : null;
    if (length === null) return this.suspend(this.flags === 0 ? line.most(room) : 0);
    return this.#received(length, room);
  }

  #tryRecvInto(room: number): number | null {
    const { line, flags } = this;
    const held = line.take(room, flags);
    if (held === undefined) return line.sock.tryRecvInto(this.#buffer, this.#nbytes, flags);
    bytesOf(this.#buffer).set(held);
    return held.length;
  }

  protected override take(): Step<number> {
    const { result } = this;
    const place = this.place as Place;
    if (result < 0) throw osError(result, 'recv');
    const buffer = bytesOf(this.#buffer);
    if (result > buffer.length) {
      place.keep(this.offset, result);
      throw lostMemory('buffer', 'What arrived is kept for the next call');
    }
    buffer.set(place.view(this));
    return this.#received(result, this.line.most(this.#room));
  }

  #received(length: number, room: number): Step<number> {
    this.line.received(length, room);
    this.free = true;
    this.#buffer = NOTHING;
    return { done: true, value: length };
  }
}

/**
 * A call that sends. Usually the kernel takes everything at once; only what is left is sent by a generator. One that was
 * never run, or that threw, is not used again.
 */
abstract class Sending<T> implements Coroutine<T> {
  protected readonly line: Line;
  /** Whether the next call may use it. */
  free = true;
  protected data: Bytes = NOTHING;
  protected flags = 0;
  protected nbytes: number | undefined;
  #rest: Coroutine<T> | undefined;

  constructor(line: Line) {
    this.line = line;
  }

  abstract get [Symbol.toStringTag](): string;

  /** Makes the system call: the end of this call, or `undefined` if there is more to send. */
  protected abstract attempt(): IteratorReturnResult<T> | undefined;

  /** Waits, and sends what is left. */
  protected abstract rest(deadline: number): Coroutine<T>;

  with(data: Bytes, flags: number, nbytes: number | undefined): this {
    this.free = false;
    this.data = data;
    this.flags = flags;
    this.nbytes = nbytes;
    return this;
  }

  next(answer?: unknown): Step<T> {
    if (this.#rest === undefined) {
      this.line.checkFree(EVENT_WRITE);
      const deadline = this.line.deadline();
      if (--theHub().credit >= 0) {
        const step = this.attempt();
        if (step !== undefined) return this.#end(step);
        this.#rest = this.rest(deadline);
      } else this.#rest = this.#later(deadline);
    }
    const step = this.#rest.next(answer);
    return step.done === true ? this.#end(step) : step;
  }

  #end(step: IteratorReturnResult<T>): Step<T> {
    this.free = true;
    this.data = NOTHING;
    this.#rest = undefined;
    return step;
  }

  *#later(deadline: number): Coroutine<T> {
    yield* new Pause();
    // Another task may have begun a call meanwhile.
    this.line.checkFree(EVENT_WRITE);
    const step = this.attempt();
    return step === undefined ? yield* this.rest(deadline) : step.value;
  }

  throw(error: unknown): Step<T> {
    if (this.#rest === undefined) throw located(error);
    return this.#rest.throw(error);
  }

  return(value?: T): Step<T> {
    this.#rest?.return(value as T);
    return { done: true, value: value as T };
  }

  [Symbol.iterator](): this {
    return this;
  }

  [Symbol.dispose](): void {}
}

/** `send()`. */
export class Send extends Sending<number> {
  override get [Symbol.toStringTag](): string {
    return 'send';
  }

  protected override attempt(): IteratorReturnResult<number> | undefined {
    const sent = this.line.sock.trySend(this.data, this.flags, this.nbytes);
    return sent === null ? undefined : { done: true, value: sent };
  }

  protected override *rest(deadline: number): Coroutine<number> {
    for (;;) {
      yield* this.line.wait(EVENT_WRITE, deadline, 'send');
      const step = this.attempt();
      if (step !== undefined) return step.value;
    }
  }
}

/** `sendall()`. */
export class SendAll extends Sending<void> {
  #sent = 0;

  override get [Symbol.toStringTag](): string {
    return 'sendall';
  }

  protected override attempt(): IteratorReturnResult<void> | undefined {
    // The first part goes without a view of the data. It refuses what is not data.
    this.#sent = this.line.sock.trySend(this.data, this.flags, this.nbytes) ?? 0;
    return this.#sent < this.#length() ? undefined : DONE;
  }

  /** Not a private getter: V8 calls those through its runtime. */
  #length(): number {
    return this.nbytes ?? sizeOf(this.data);
  }

  protected override *rest(deadline: number): Coroutine {
    const length = this.#length();
    while (this.#sent < length) {
      yield* this.line.wait(EVENT_WRITE, deadline, 'send');
      if (sizeOf(this.data) < length) throw lostMemory('data', `${this.#sent} bytes were sent`);
      const { buffer, byteOffset } = this.data;
      const rest = new Uint8Array(buffer, byteOffset + this.#sent, length - this.#sent);
      this.#sent += this.line.sock.trySend(rest, this.flags) ?? 0;
    }
  }
}
