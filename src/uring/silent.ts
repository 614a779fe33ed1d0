/** Sends that the kernel reports only if they fail: how the ring learns that the others are done. */
import type { Block } from './memory.js';
import type { Descriptor, Written } from './operation.js';
import type { Queues } from './queues.js';

/** In place of a slot, such a send has its number, below the slots that have a meaning. */
const FIRST_SLOT = -2;
const MOST_NUMBER = 0x3fff_ffff;

/**
 * The silent sends that were written into the queue, in order. The kernel takes the bytes of each when it takes the
 * submission, or reports that it could not, before it returns: so those that it has taken and not reported are done.
 */
export class Silent<D> {
  readonly #queues: Queues;
  /** Those that are written, and behind them earlier ones, to be used again. */
  readonly #written: Written<D>[] = [];
  #count = 0;
  /** The number of the first. */
  #first: number;
  /** Whether something may wait in JavaScript for one of them, so that no wait may begin before it is settled. */
  #awaited = false;

  constructor(queues: Queues, first = 0) {
    this.#queues = queues;
    this.#first = first;
  }

  /** Notes a send that is being written; returns what its completion has in place of a slot. */
  add(on: Descriptor<D>, fd: number, data: D, block: Block, length: number): number {
    const at = this.#count++;
    let written = this.#written[at];
    if (written === undefined) {
      written = { on, fd, data, block, length, reported: false };
      this.#written.push(written);
    } else {
      written.on = on;
      written.fd = fd;
      written.data = data;
      written.block = block;
      written.length = length;
      written.reported = false;
    }
    on.written = written;
    return FIRST_SLOT - ((this.#first + at) & MOST_NUMBER);
  }

  /** The send that the kernel reports; `undefined` if the slot is not that of one. */
  reported(slot: number): Written<D> | undefined {
    if (slot > FIRST_SLOT) return undefined;
    const written = this.#written[(FIRST_SLOT - slot - this.#first) & MOST_NUMBER] as Written<D>;
    written.reported = true;
    written.on.written = undefined;
    return written;
  }

  /** Something waits for a send: another, or a close. */
  await(): void {
    this.#awaited = this.#count > 0;
  }

  /** Whether they must be settled before a wait: it may be for what they hold up, a buffer too, and would never end. */
  holdUp(receives: { readonly starving: boolean }): boolean {
    return this.#count > 0 && (this.#awaited || receives.starving);
  }

  /** Whether there are any. */
  get pending(): boolean {
    return this.#count > 0;
  }

  /** How many the kernel has taken, once the completions that are in the queue now have been seen. */
  get taken(): number {
    return this.#count > 0 && this.#queues.unsubmitted === 0 && !this.#queues.overflows ? this.#count : 0;
  }

  /** Finishes the first `taken`, except for those that were reported; returns whether there are any. It may write others. */
  settle(taken: number, finish: (on: Descriptor<D>, block: Block) => void): boolean {
    if (taken === 0) return false;
    const written = this.#written;
    let settled = 0;
    try {
      while (settled < taken) {
        const one = written[settled++] as Written<D>;
        const { on, block } = one;
        // What is kept to be used again must not keep these.
        one.block = undefined;
        one.data = undefined;
        if (one.reported) continue;
        on.written = undefined;
        finish(on, block as Block);
      }
    } finally {
      this.#remove(settled);
    }
    return true;
  }

  #remove(count: number): void {
    if (this.#count > count) for (const one of this.#written.splice(0, count)) this.#written.push(one);
    this.#count -= count;
    this.#first = (this.#first + count) & MOST_NUMBER;
    if (this.#count === 0) this.#awaited = false;
  }
}
