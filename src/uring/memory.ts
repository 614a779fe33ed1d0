/** The memory that operations read from and write to. The kernel uses it by itself, so all of it is the ring's. */
import { errnoOf, osError } from '../errors.js';
import { native } from '../native.js';
import type { Area, Queues } from './queues.js';

/** A piece of memory that is one operation's, or one completion's, at a time. */
export interface Block {
  /** All of it. */
  readonly bytes: Buffer<ArrayBuffer>;
  /** As many of them as were wanted last. */
  first: Buffer<ArrayBuffer>;
  /** The address, in two words. */
  readonly low: number;
  readonly high: number;
  /** The ring that it belongs to. */
  readonly queues: Queues;
  /** Its number among the buffers that receives choose from; -1 for memory of one operation. */
  readonly number: number;
  /** How often it was taken back from a completion that had it on loan, and whether one has. */
  loan: number;
  lent: boolean;
}

/** Ends the loan of a block: its completion has no bytes any more. */
export function endLoan(block: Block): void {
  block.lent = false;
  block.loan++;
}

export function blockIn(area: Area, start: number, size: number, number = -1): Block {
  const low = (area.low >>> 0) + start;
  const high = area.high + (low > 0xffff_ffff ? 1 : 0);
  const bytes = Buffer.from(area.buffer, start, size);
  return { bytes, first: bytes, low: low | 0, high, queues: area.queues, number, loan: 0, lent: false };
}

/** Returns the first bytes of a block: if there are as many as last time, the same object, which is slow to make. */
export function firstBytes(block: Block, length: number): Buffer<ArrayBuffer> {
  if (block.first.length !== length) block.first = block.bytes.subarray(0, length);
  return block.first;
}

/** Sizes are powers of two: the smallest holds an address, what is larger than the largest has an area of its own. */
const SMALLEST = 7;
const LARGEST = 16;
const CHUNK = 1 << 18;
/** How many bytes of large blocks are kept for later. */
const KEPT = 1 << 23;

/** Hands out blocks. */
export class Memory {
  readonly #queues: Queues;
  readonly #most: number;
  readonly #free: Block[][] = [];
  #chunk: Area | undefined;
  #used = CHUNK;
  #mapped = 0;
  #kept = 0;
  /** Whether the last area was refused because of the limit, not by the kernel. */
  #full = false;

  /** @param most - how many bytes it maps at most. */
  constructor(queues: Queues, most: number) {
    this.#queues = queues;
    this.#most = most;
  }

  /**
   * Returns a block of at least so many bytes.
   *
   * @throws {@link OSError} `ENOBUFS` if that exceeds the ring's limit, `ENOMEM`.
   */
  take(size: number): Block {
    const block = this.tryTake(size);
    if (block === undefined) throw osError(errnoOf(this.#full ? 'ENOBUFS' : 'ENOMEM'), 'mmap');
    return block;
  }

  /** Returns a block with a copy of some bytes. @throws as `take()` does. */
  copy(bytes: Uint8Array): Block {
    const block = this.take(bytes.length);
    block.bytes.set(bytes);
    return block;
  }

  /** As `take()`, but returns `undefined` instead of throwing. */
  tryTake(size: number): Block | undefined {
    const power = Math.max(SMALLEST, 32 - Math.clz32(Math.max(size, 1) - 1));
    const free = this.#free[power]?.pop();
    if (free === undefined) return this.#make(power);
    if (power > LARGEST) this.#kept -= free.bytes.length;
    return free;
  }

  /** Takes back a block that no operation uses any more. */
  give(block: Block): void {
    const size = block.bytes.length;
    const power = 31 - Math.clz32(size);
    if (power > LARGEST) {
      if (this.#kept + size > KEPT) {
        this.#mapped -= size;
        native.uringForget(this.#queues.fd, block.bytes.buffer);
        return;
      }
      this.#kept += size;
    }
    const free = this.#free[power];
    if (free === undefined) this.#free[power] = [block];
    else free.push(block);
  }

  #make(power: number): Block | undefined {
    const size = 2 ** power;
    if (power > LARGEST) {
      const area = this.#map(size);
      return area && blockIn(area, 0, size);
    }
    if (this.#chunk === undefined || this.#used + size > CHUNK) {
      const area = this.#map(CHUNK);
      if (area === undefined) return undefined;
      this.#chunk = area;
      this.#used = 0;
    }
    const block = blockIn(this.#chunk, this.#used, size);
    this.#used += size;
    return block;
  }

  #map(size: number): Area | undefined {
    this.#full = this.#mapped + size > this.#most;
    if (this.#full) return undefined;
    const area = this.#queues.tryMap(size);
    if (area !== undefined) this.#mapped += size;
    return area;
  }
}
