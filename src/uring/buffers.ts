/** The buffers that receives choose from: a receive that waits needs none, the kernel takes one when bytes arrive. */

import { native } from '../native.js';
import { IORING_REGISTER_PBUF_RING } from './layout.js';
import { type Block, blockIn } from './memory.js';
import type { Area, Queues } from './queues.js';

/** `struct io_uring_buf`, in 32-bit words, and where in its first entry the tail is, in half words. */
const [ENTRY_WORDS, ENTRY_ADDRESS, ENTRY_LENGTH, ENTRY_NUMBER] = [4, 0, 2, 6] as const;
const TAIL = 7;
/** Buffers whose distance is a power of two would compete for the same lines of the processor's cache. */
const STAGGER = 64;

/**
 * How many buffers the kernel has at first: few, used again and again, stay in the processor's cache. It completes
 * about twenty receives each time we enter; older kernels all of them, but then it soon has more.
 */
const FIRST = 32;

/** The size of the largest buffers of which so many fit into one area, whose size is a 32-bit number. */
export function mostSize(count: number): number {
  return Math.floor((2 ** 32 - 1) / count) - STAGGER - ENTRY_WORDS * 4;
}

/** A ring of buffers that belong to the kernel until it has put bytes into them. */
export class Buffers {
  readonly count: number;
  readonly size: number;
  /** How many the kernel has. */
  given = 0;
  readonly #blocks: Block[];
  /** How many the kernel should have, and those held back from it; the one used last is given first. */
  #wanted: number;
  #grown = false;
  readonly #spare: Block[] = [];
  readonly #words: Int32Array;
  readonly #halves: Uint16Array;
  readonly #mask: number;
  #tail = 0;

  /**
   * @param count - a power of two.
   * @returns nothing where the kernel has no such rings, which came with Linux 5.19, or forbids them.
   * @throws {@link OSError} `ENOMEM`; then nothing is registered, so that it can be opened later.
   */
  static open(queues: Queues, count: number, size: number): Buffers | undefined {
    const entries = count * ENTRY_WORDS * 4;
    const area = queues.map(entries + count * (size + STAGGER));
    const registration = Int32Array.of(area.low, area.high, count, 0, 0, 0, 0, 0, 0, 0);
    if (queues.register(IORING_REGISTER_PBUF_RING, registration) >= 0) {
      return new Buffers(area, entries, count, size);
    }
    native.uringForget(queues.fd, area.buffer);
    return undefined;
  }

  /** @param entries - how many bytes of the area are the ring itself; behind them are the buffers. */
  private constructor(area: Area, entries: number, count: number, size: number) {
    this.count = count;
    this.size = size;
    const stride = size + STAGGER;
    this.#words = new Int32Array(area.buffer, 0, entries / 4);
    this.#halves = new Uint16Array(area.buffer, 0, entries / 2);
    this.#mask = count - 1;
    this.#blocks = Array.from({ length: count }, (_, i) => blockIn(area, entries + i * stride, size, i));
    this.#wanted = Math.min(FIRST, count);
    for (const block of this.#blocks) this.give(block);
    this.publish();
  }

  /** Records that the kernel has put bytes into a buffer. */
  taken(number: number): Block {
    this.given--;
    return this.#blocks[number] as Block;
  }

  /** Takes a buffer back. */
  give(block: Block): void {
    if (this.given < this.#wanted) this.#add(block);
    else this.#spare.push(block);
  }

  /** Gives the kernel twice as many buffers, at most once per batch; returns `false` if it has all. */
  grow(): boolean {
    if (this.#grown) return true;
    if (this.#wanted === this.count) return false;
    this.#wanted = Math.min(2 * this.#wanted, this.count);
    this.#grown = true;
    return true;
  }

  /** Gives the kernel as many buffers as it should have. */
  publish(): void {
    this.#grown = false;
    while (this.given < this.#wanted) {
      const block = this.#spare.pop();
      if (block === undefined) break;
      this.#add(block);
    }
    Atomics.store(this.#halves, TAIL, this.#tail);
  }

  /** The kernel sees it after `publish()`. */
  #add(block: Block): void {
    const entry = (this.#tail & this.#mask) * ENTRY_WORDS;
    this.#words[entry + ENTRY_ADDRESS] = block.low;
    this.#words[entry + ENTRY_ADDRESS + 1] = block.high;
    this.#words[entry + ENTRY_LENGTH] = this.size;
    this.#halves[entry * 2 + ENTRY_NUMBER] = block.number;
    this.#tail = (this.#tail + 1) & 0xffff;
    this.given++;
  }
}
