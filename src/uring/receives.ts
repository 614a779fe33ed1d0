/** Where receives put their bytes: buffers that all share and the kernel chooses from, or a block of their own. */
import { POLLRDHUP } from '../constants.js';
import { native } from '../native.js';
import { pollOne } from '../pollone.js';
import { SO_TYPE, SOCK_DGRAM, SOL_SOCKET } from '../socket/constants/index.js';
import { Buffers } from './buffers.js';
import type { Completed } from './completion.js';
import { IORING_RECV_MULTISHOT, IOSQE_BUFFER_SELECT } from './layout.js';
import { type Block, endLoan, type Memory } from './memory.js';
import { type Submitted, WAITING } from './operation.js';
import type { Queues } from './queues.js';

/**
 * Whether the 0 bytes that a receive got are a datagram, not the end of the stream; nor, before Linux 6.1, of a socket
 * that was shut down for reading, which would say so again and again.
 */
export function isMessage<D>(operation: Submitted<D>): boolean {
  if (operation.datagrams === undefined) {
    const type = new Int32Array(1);
    const result = native.getsockopt(operation.fd, SOL_SOCKET, SO_TYPE, type);
    operation.datagrams = result >= 0 && type[0] === SOCK_DGRAM;
  }
  return operation.datagrams && (pollOne(operation.fd, POLLRDHUP, 0) & POLLRDHUP) === 0;
}

/** The receives of one ring. */
export class Receives<D> {
  readonly #queues: Queues;
  readonly #memory: Memory;
  readonly #count: number;
  readonly #size: number;
  /** Whether the kernel can choose; known once `#buffers` were opened. */
  #shared: boolean;
  #buffers: Buffers | undefined;
  /** How many of the shared buffers are being sent. */
  #held = 0;
  /** Receives that found no buffer: those that got nothing come first, so that a flood starves no one. */
  #hungry: Submitted<D>[] = [];
  #fed: Submitted<D>[] = [];
  /** Whether buffers ran out in this batch, or in the one before. */
  #starved = false;
  #scarce = false;

  constructor(queues: Queues, memory: Memory, count: number, size: number) {
    this.#queues = queues;
    this.#memory = memory;
    this.#count = count;
    this.#size = size;
    this.#shared = queues.deferred;
  }

  /** Makes a receive ready to begin; returns `false` if it has to wait for memory. */
  prepare(operation: Submitted<D>): boolean {
    if (operation.polling !== 0) return true;
    if (this.#shared && this.#buffers === undefined) {
      this.#buffers = Buffers.open(this.#queues, this.#count, this.#size);
      this.#shared = this.#buffers !== undefined;
    }
    if (this.#shared) {
      operation.code |= IOSQE_BUFFER_SELECT;
      // While buffers are scarce, each takes one at a time.
      if (operation.multishot && !this.#scarce) operation.code |= IORING_RECV_MULTISHOT;
      else operation.code &= ~IORING_RECV_MULTISHOT;
      return true;
    }
    if (operation.block !== undefined) return true;
    const block = this.#memory.tryTake(this.#size);
    if (block === undefined) this.#hungry.push(operation);
    else operation.use(block, this.#size);
    return block !== undefined;
  }

  /** The kernel has put bytes into a shared buffer. */
  taken(number: number): Block {
    return (this.#buffers as Buffers).taken(number);
  }

  /** Keeps a block for a send, unless that would leave too few buffers to receive into. */
  #hold(block: Block): boolean {
    if (block.number < 0) return true;
    if (this.#held * 2 >= this.#count) return false;
    this.#held++;
    return true;
  }

  /** Takes over the block of a completion, for a send; `undefined` if the bytes must be copied. */
  takeOver(completed: Completed<D>): Block | undefined {
    const block = completed.lent;
    // Another ring's memory is unmapped with that ring, and its buffers' numbers are not ours.
    if (block === undefined || block.queues !== this.#queues || !this.#hold(block)) return undefined;
    completed.block = null;
    endLoan(block);
    return block;
  }

  /** Takes back a block that is no longer used. */
  giveBack(block: Block, wasHeld = false): void {
    if (block.number < 0) {
      this.#memory.give(block);
      return;
    }
    if (wasHeld) this.#held--;
    (this.#buffers as Buffers).give(block);
  }

  /** Lets the kernel see what was given back. */
  publish(): void {
    this.#buffers?.publish();
  }

  /** The operation found no buffer; returns whether it waits for one. */
  starve(operation: Submitted<D>): boolean {
    if (this.#buffers === undefined) return false;
    if (!this.#buffers.grow()) this.#starved = true;
    (operation.fed ? this.#fed : this.#hungry).push(operation);
    return true;
  }

  /** Puts a receive that got bytes behind those that did not; returns whether there may be any. */
  standBack(operation: Submitted<D>): boolean {
    if (this.#shared && this.#scarce) this.#fed.push(operation);
    return this.#shared && this.#scarce;
  }

  /** Whether some wait for a buffer. */
  get starving(): boolean {
    return this.#hungry.length > 0 || this.#fed.length > 0;
  }

  /** Begins the receives that found no buffer again, once there are some. */
  rearm(issue: (operation: Submitted<D>) => void): void {
    if (this.#hungry.length === 0 && this.#fed.length === 0) {
      this.#scarce = this.#starved;
      this.#starved = false;
      return;
    }
    if (this.#buffers?.given === 0) return;
    this.#scarce = this.#starved;
    this.#starved = false;
    const waiting = [...this.#hungry, ...this.#fed];
    this.#hungry = [];
    this.#fed = [];
    for (const operation of waiting) {
      if (operation.state !== WAITING) continue;
      operation.fed = false;
      issue(operation);
    }
  }
}
