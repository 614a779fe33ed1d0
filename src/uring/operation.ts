/** Operations, and the descriptors that they work on. */
import { constant } from '../native.js';
import type { Block } from './memory.js';
import { skipMessage } from './message.js';

/** What an operation does: the name of the method that submitted it, without `Multishot`. */
export type OperationName =
  | 'accept'
  | 'close'
  | 'connect'
  | 'fsync'
  | 'openat'
  | 'poll'
  | 'read'
  | 'recv'
  | 'send'
  | 'sendmsg'
  | 'timeout'
  | 'write';

/** An operation that was submitted: what `cancel()` takes, and what a {@link Completion} refers to. */
export interface Operation<D = undefined> {
  /** What it does. */
  readonly op: OperationName;
  /** The descriptor that it works on; -1 for `timeout` and `openat`. */
  readonly fd: number;
  /** The `data` that was passed with it. */
  readonly data: D;
}

/** The flags of a send that goes on until everything is sent. */
export const WHOLE = constant('MSG_NOSIGNAL') | constant('MSG_WAITALL');

/** In the tag of an operation that returns a descriptor: see native/uring.cc. */
export const OPENS = -0x8000_0000;

/** Where an operation is: with the kernel, or still with us: waiting for room, for a buffer, or for its turn. */
export const DONE = 0;
export const SUBMITTED = 1;
export const WAITING = 2;

/** An operation, with the words of its submission. */
export class Submitted<D> implements Operation<D> {
  // First what every completion looks at, so that it is in one or two lines of the processor's cache.
  readonly op: OperationName;
  fd: number;
  data: D;
  state = WAITING;
  /** A send: whether nobody hears of it unless it fails; then it is used again. */
  unseen = false;
  /** It must not continue, whatever its result. */
  cancelled = false;
  /** The events that it waits for, because its descriptor does not block. */
  polling = 0;
  /** How often in a row it failed although it had waited for them, and whether it pauses before it waits again. */
  failed = 0;
  pausing = false;
  /** Whether it begins again when it has completed. */
  multishot = false;
  /** A receive: whether it got bytes since it began. */
  fed = false;
  /** What it reads from or writes to, as long as that is its own. */
  block: Block | undefined;
  /** A send: whether it waits for its turn, how many bytes are sent already, and which to send next. */
  inTurn = false;
  sent = 0;
  next: Submitted<D> | undefined;
  /** Its descriptor, if it has one, and its neighbors among the operations on that. */
  on: Descriptor<D> | undefined;
  before: Submitted<D> | undefined;
  after: Submitted<D> | undefined;
  /** The words of its submission, by their names in layout.ts: opcode and flags first. */
  code: number;
  target: number;
  offset = 0;
  offsetHigh = 0;
  address = 0;
  addressHigh = 0;
  length = 0;
  flags = 0;
  /** What comes back with its completions. */
  readonly slot: number;
  readonly tag: number;
  /** A receive: whether 0 bytes are a message, not the end; asked for when there are 0 bytes. */
  datagrams: boolean | undefined;

  constructor(op: OperationName, fd: number, data: D, slot: number, tag: number, code: number) {
    this.op = op;
    this.fd = fd;
    this.data = data;
    this.slot = slot;
    this.tag = tag;
    this.code = code;
    this.target = fd;
  }

  /** Makes it another send. */
  reuse(fd: number, data: D): this {
    this.fd = fd;
    this.target = fd;
    this.data = data;
    this.state = WAITING;
    this.failed = 0;
    this.sent = 0;
    this.next = undefined;
    return this;
  }

  /** Makes it work on a block, which is its own until it completes. */
  use(block: Block, length: number): this {
    this.block = block;
    this.address = block.low;
    this.addressHigh = block.high;
    this.length = length;
    return this;
  }

  /** Takes its block away from it. */
  takeBlock(): Block | undefined {
    const { block } = this;
    if (block !== undefined) this.block = undefined;
    return block;
  }

  /** The first bytes are sent: goes on after them. */
  skip(count: number): void {
    this.length -= count;
    if (this.op === 'sendmsg') {
      if (this.block !== undefined) skipMessage(this.block, count);
      return;
    }
    const low = (this.address >>> 0) + count;
    this.address = low | 0;
    if (low > 0xffff_ffff) this.addressHigh++;
  }
}

/** A silent send that the kernel has, or gets: most are done and forgotten without ever being an operation. */
export interface Written<D> {
  on: Descriptor<D>;
  fd: number;
  data: D | undefined;
  block: Block | undefined;
  length: number;
  /** Whether it is an operation now. */
  reported: boolean;
}

/**
 * One descriptor, as long as it has pending operations: its sends, which go one at a time, and all others, which closing
 * it cancels.
 */
export class Descriptor<D> {
  /** The first of the operations that are not sends. */
  armed: Submitted<D> | undefined;
  /** The send that the kernel has or that is the next, and the last of those that wait for it. */
  sending: Submitted<D> | undefined;
  #last: Submitted<D> | undefined;
  /** The close that waits until everything is sent, or that the kernel has. */
  closing: Submitted<D> | undefined;
  /** The silent send that the kernel has, or gets; then all others wait for it. */
  written: Written<D> | undefined;

  get idle(): boolean {
    return this.armed === undefined && this.closing === undefined && !this.sends;
  }

  /** Whether the kernel has something to send, or will have. */
  get sends(): boolean {
    return this.written !== undefined || this.sending !== undefined;
  }

  /** The bytes that the kernel has not taken. */
  get unsent(): number {
    let bytes = this.written?.length ?? 0;
    for (let one = this.sending; one !== undefined; one = one.next)
      if (one.state !== DONE) bytes += one.length;
    return bytes;
  }

  arm(operation: Submitted<D>): void {
    operation.after = this.armed;
    if (this.armed !== undefined) this.armed.before = operation;
    this.armed = operation;
  }

  disarm(operation: Submitted<D>): void {
    const { before, after } = operation;
    if (before !== undefined) before.after = after;
    else if (this.armed === operation) this.armed = after;
    if (after !== undefined) after.before = before;
    operation.before = undefined;
    operation.after = undefined;
  }

  /** Adds a send; returns whether it is its turn: two at a time would be reordered when the socket is full. */
  send(operation: Submitted<D>): boolean {
    const first = !this.sends;
    if (this.sending === undefined) this.sending = operation;
    else (this.#last as Submitted<D>).next = operation;
    this.#last = operation;
    return first;
  }

  /** Adds a send before all others: the rest of one that they have waited for. */
  sendFirst(operation: Submitted<D>): void {
    operation.next = this.sending;
    this.sending = operation;
    this.#last ??= operation;
  }

  /** Removes the send that the kernel had; returns the next. */
  sent(operation: Submitted<D>): Submitted<D> | undefined {
    if (this.sending !== operation) return undefined;
    let next = operation.next;
    while (next !== undefined && next.state === DONE) next = next.next;
    this.sending = next;
    if (next === undefined) this.#last = undefined;
    return next;
  }
}
