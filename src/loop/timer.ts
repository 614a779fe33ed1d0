/** A deadline on Node's event loop. */
import { remaining } from '../time.js';
import { turned } from './turn.js';

/** The longest delay that Node's timers take, in milliseconds. */
const LONGEST_DELAY = 0x7fff_ffff;

/** Calls back once a deadline has passed: never early, and however far away it is. */
export class Timer {
  readonly #deadline: number;
  readonly #callback: () => void;
  #timeout: NodeJS.Timeout;

  /** @param deadline - on the clock of `performance.now()`. */
  constructor(deadline: number, callback: () => void, hasRef = true) {
    this.#deadline = deadline;
    this.#callback = callback;
    this.#timeout = this.#start(hasRef);
  }

  setRef(on: boolean): void {
    if (on) this.#timeout.ref();
    else this.#timeout.unref();
  }

  clear(): void {
    clearTimeout(this.#timeout);
  }

  #start(hasRef: boolean): NodeJS.Timeout {
    const ms = Math.min(Math.ceil(remaining(this.#deadline) * 1e3), LONGEST_DELAY);
    const timeout = setTimeout(() => this.#onTimeout(), ms);
    return hasRef ? timeout : timeout.unref();
  }

  #onTimeout(): void {
    turned();
    // Node's timers round to milliseconds and can fire early.
    if (remaining(this.#deadline) > 0) this.#timeout = this.#start(this.#timeout.hasRef());
    else this.#callback();
  }
}
