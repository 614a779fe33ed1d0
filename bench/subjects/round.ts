/** What every driver of chain counts: events, and the bytes that are left to send. */
import { active, fds, now, total } from './workload.js';

/** One round, from when the first bytes are sent: each event sends one byte more while there are any left. */
export class Round {
  #left = total - active;
  #events = 0;
  readonly #start = now();

  /** Are there events to come? */
  get goesOn(): boolean {
    return this.#events < total;
  }

  /** Counts an event. Does it send a byte? */
  passes(): boolean {
    this.#events++;
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }

  /** Nanoseconds for each event. */
  time(): number {
    return (now() - this.#start) / total;
  }
}

/** The pair to which the one before sends. */
export const after = (i: number): number => (i + 1 === fds ? 0 : i + 1);
