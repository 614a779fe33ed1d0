/** The blocks that completions have on loan, until the next batch. */
import type { Completed } from './completion.js';
import { type Block, endLoan } from './memory.js';
import type { Receives } from './receives.js';

/** The loans of one ring. */
export class Loans<D> {
  readonly #receives: Receives<D>;
  /** Shared buffers that are on loan, and how many of the array are such. */
  readonly #shared: Block[] = [];
  #sharedCount = 0;
  /** Completions that have other blocks on loan: what keeps a completion must not keep those. */
  #borrowers: Completed<D>[] = [];

  constructor(receives: Receives<D>) {
    this.#receives = receives;
  }

  /** Notes that a completion has a block. */
  add(completed: Completed<D>, block: Block): void {
    if (block.number >= 0) this.addShared(block);
    else this.#borrowers.push(completed);
  }

  /** Notes that a completion has a shared buffer. */
  addShared(block: Block): void {
    block.lent = true;
    this.#shared[this.#sharedCount++] = block;
  }

  /** Takes everything back. */
  end(): void {
    const shared = this.#shared;
    for (let i = 0; i < this.#sharedCount; i++) {
      const block = shared[i] as Block;
      // Otherwise a send has taken it over.
      if (block.lent) this.#takeBack(block);
    }
    this.#sharedCount = 0;
    if (this.#borrowers.length > 0) this.#endOthers();
  }

  #endOthers(): void {
    for (const completed of this.#borrowers) {
      const block = completed.lent;
      completed.block = null;
      if (block !== undefined) this.#takeBack(block);
    }
    this.#borrowers = [];
  }

  #takeBack(block: Block): void {
    endLoan(block);
    this.#receives.giveBack(block);
  }
}
