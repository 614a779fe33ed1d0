/** Writes submissions into the queue; what does not fit waits here. */
import { constant } from '../native.js';
import {
  IORING_OP_ASYNC_CANCEL,
  IORING_OP_POLL_ADD,
  IORING_OP_SEND,
  IORING_OP_TIMEOUT,
  IOSQE_CQE_SKIP_SUCCESS,
  IOSQE_IO_HARDLINK,
  SQE,
} from './layout.js';
import type { Block } from './memory.js';
import type { Descriptor, Submitted } from './operation.js';
import * as operations from './operation.js';
import type { Queues } from './queues.js';
import { Pauses } from './retry.js';
import { Silent } from './silent.js';

/** Declared here: V8 compiles such constants in, but loads imported ones from memory at each use. */
const { OPENS, SUBMITTED, WAITING } = operations;
const { fd: FD, offset: OFFSET, address: ADDRESS, length: LENGTH, flags: FLAGS, slot: SLOT, tag: TAG } = SQE;

const SILENT_SEND = IORING_OP_SEND | IOSQE_CQE_SKIP_SUCCESS;
const WHOLE_AT_ONCE = operations.WHOLE | constant('MSG_DONTWAIT');

/** The slot of a cancellation, whose result is ignored. */
const NOBODY = -1;

/**
 * What comes back with the completions of what the kernel has of an operation. The poll before another attempt opens
 * nothing: the end of a ring would take its events for a descriptor.
 */
function tagOf<D>({ polling, tag }: Submitted<D>): number {
  return polling === 0 ? tag : tag & ~OPENS;
}

/** The submissions of one ring. */
export class Submitter<D> {
  /** Called when there is something new to submit, if anybody needs to know. */
  onWritten: (() => void) | undefined;
  readonly silent: Silent<D>;
  readonly #queues: Queues;
  readonly #pauses: Pauses;
  /** Operations to begin or, if they have begun, to cancel. */
  #waiting: Submitted<D>[] = [];

  constructor(queues: Queues) {
    this.#queues = queues;
    this.silent = new Silent(queues);
    this.#pauses = new Pauses(queues);
  }

  /** Begins an operation, after those that wait. */
  issue(operation: Submitted<D>): void {
    if (!this.#hasRoom(1)) this.#waiting.push(operation);
    else if (operation.polling !== 0) this.#await(operation);
    else this.#write(operation);
  }

  /** Tells the kernel to end an operation. */
  cancel(operation: Submitted<D>): void {
    if (this.#hasRoom(1)) this.#writeCancel(operation, 0);
    else this.#waiting.push(operation);
  }

  /** Closes a descriptor after what is cancelled: the last reference to the file must be ours. */
  close(operation: Submitted<D>, cancelled: readonly Submitted<D>[]): boolean {
    const linked = Math.min(cancelled.length, this.#queues.entries - 1);
    for (const one of cancelled.slice(linked)) this.cancel(one);
    if (!this.#hasRoom(linked + 1)) {
      this.#waiting.push(operation);
      return false;
    }
    for (const one of cancelled.slice(0, linked)) this.#writeCancel(one, IOSQE_IO_HARDLINK);
    this.#write(operation);
    return true;
  }

  /** Takes out what waits, to begin it again or, if it is too late for that, to cancel it. */
  drain(begin: (operation: Submitted<D>) => void): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const operation of waiting) {
      if (operation.state === WAITING) begin(operation);
      else if (operation.state === SUBMITTED && operation.cancelled) this.cancel(operation);
    }
  }

  #hasRoom(count: number): boolean {
    return this.#waiting.length === 0 && this.#queues.makeRoom(count);
  }

  #write(operation: Submitted<D>): void {
    const { sqes } = this.#queues;
    const at = this.#queues.next();
    sqes[at] = operation.code;
    sqes[at + FD] = operation.target;
    sqes[at + OFFSET] = operation.offset;
    sqes[at + OFFSET + 1] = operation.offsetHigh;
    sqes[at + ADDRESS] = operation.address;
    sqes[at + ADDRESS + 1] = operation.addressHigh;
    sqes[at + LENGTH] = operation.length;
    sqes[at + FLAGS] = operation.flags;
    sqes[at + SLOT] = operation.slot;
    sqes[at + TAG] = operation.tag;
    operation.state = SUBMITTED;
    this.onWritten?.();
  }

  /**
   * Begins a send of all bytes that the kernel reports only if it cannot take them at once: with its number in place of a
   * slot, and no operation. Returns `false` if there is no room, or no such kernel.
   */
  sendSilently(on: Descriptor<D>, fd: number, data: D, block: Block, length: number): boolean {
    const { deferred, sqes } = this.#queues;
    if (!deferred || !this.#hasRoom(1)) return false;
    const at = this.#queues.next();
    sqes[at] = SILENT_SEND;
    sqes[at + FD] = fd;
    sqes[at + OFFSET] = 0;
    sqes[at + OFFSET + 1] = 0;
    sqes[at + ADDRESS] = block.low;
    sqes[at + ADDRESS + 1] = block.high;
    sqes[at + LENGTH] = length;
    sqes[at + FLAGS] = WHOLE_AT_ONCE;
    sqes[at + SLOT] = this.silent.add(on, fd, data, block, length);
    sqes[at + TAG] = 0;
    this.onWritten?.();
    return true;
  }

  #await(operation: Submitted<D>): void {
    const pause = operation.pausing ? this.#pauses.after(operation.failed) : undefined;
    if (pause === undefined) this.#writePoll(operation);
    else this.#writePause(operation, pause);
  }

  #writePoll(operation: Submitted<D>): void {
    const { sqes } = this.#queues;
    const at = this.#queues.next();
    sqes.fill(0, at, at + SQE.words);
    sqes[at] = IORING_OP_POLL_ADD;
    sqes[at + FD] = operation.target;
    sqes[at + FLAGS] = operation.polling;
    sqes[at + SLOT] = operation.slot;
    sqes[at + TAG] = tagOf(operation);
    operation.state = SUBMITTED;
    this.onWritten?.();
  }

  /** The poll comes when it is over. */
  #writePause(operation: Submitted<D>, pause: Block): void {
    const { sqes } = this.#queues;
    const at = this.#queues.next();
    sqes.fill(0, at, at + SQE.words);
    sqes[at] = IORING_OP_TIMEOUT;
    sqes[at + FD] = -1;
    sqes[at + ADDRESS] = pause.low;
    sqes[at + ADDRESS + 1] = pause.high;
    sqes[at + LENGTH] = 1;
    sqes[at + SLOT] = operation.slot;
    sqes[at + TAG] = tagOf(operation);
    operation.state = SUBMITTED;
    this.onWritten?.();
  }

  #writeCancel(operation: Submitted<D>, link: number): void {
    const { sqes } = this.#queues;
    const at = this.#queues.next();
    sqes.fill(0, at, at + SQE.words);
    sqes[at] = IORING_OP_ASYNC_CANCEL | link;
    sqes[at + FD] = -1;
    sqes[at + ADDRESS] = operation.slot;
    sqes[at + ADDRESS + 1] = tagOf(operation);
    sqes[at + SLOT] = NOBODY;
    this.onWritten?.();
  }
}
