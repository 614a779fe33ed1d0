/** Sends that the kernel reports only if they fail: how the ring learns that the others are done. */
import { SUBMITTED, type Submitted } from './operation.js';
import type { Queues } from './queues.js';

/**
 * The silent sends that were written into the queue, in order. The kernel takes the bytes of each when it takes the
 * submission, or reports that it could not, before it returns: so those that it has taken and not reported are done.
 */
export class Silent<D> {
  readonly #queues: Queues;
  readonly #written: (Submitted<D> | undefined)[] = [];
  #count = 0;
  /** Whether something may wait in JavaScript for one of them, so that no wait may begin before it is settled. */
  #awaited = false;

  constructor(queues: Queues) {
    this.#queues = queues;
  }

  /** Notes a send that was just written. */
  add(operation: Submitted<D>): void {
    this.#written[this.#count++] = operation;
  }

  /** Forgets a send that was reported: it may be written again, or be used for another, before the rest is settled. */
  drop(operation: Submitted<D>): void {
    const at = this.#written.indexOf(operation);
    if (at >= 0) this.#written[at] = undefined;
  }

  /** Something waits for a send: another, or a close. */
  await(): void {
    this.#awaited = true;
  }

  /** Whether they must be settled before a wait: it may be for what they hold up, a buffer too, and would never end. */
  holdUp(receives: { readonly starving: boolean }): boolean {
    return this.#count > 0 && (this.#awaited || receives.starving);
  }

  /** How many the kernel has taken, once the completions that are in the queue now have been seen. */
  get taken(): number {
    return this.#count > 0 && this.#queues.unsubmitted === 0 && !this.#queues.overflows ? this.#count : 0;
  }

  /** Finishes the first `taken`, except for those that were reported; returns whether there are any. It may write others. */
  settle(taken: number, finish: (operation: Submitted<D>) => void): boolean {
    if (taken === 0) return false;
    const written = this.#written;
    let settled = 0;
    try {
      while (settled < taken) {
        const operation = written[settled++];
        if (operation?.silent && operation.state === SUBMITTED) finish(operation);
      }
    } finally {
      if (this.#count > settled) written.copyWithin(0, settled, this.#count);
      this.#count -= settled;
      if (this.#count === 0) this.#awaited = false;
    }
    return true;
  }
}
