/** Switching by hand. */
import { show } from '../arguments.js';
import { ValueError } from '../errors.js';
import { checkFunction, MOST_FOREIGN } from './errors.js';

/**
 * What a greenlet yields: a request to switch, which {@link Greenlet.switchTo} makes. Only the type of a
 * {@link GreenletFunction} needs it.
 */
export class Switch {
  /** The greenlet to switch to. */
  readonly target: Greenlet;
  /** What `switchTo()` returns there. */
  readonly value: unknown;

  constructor(target: Greenlet, value: unknown) {
    this.target = target;
    this.value = value;
  }
}

/**
 * A greenlet's function. It yields only by `yield*` to `switchTo()`, which returns the value passed when switching
 * back.
 */
export type GreenletFunction<T = unknown> = (value: never) => Generator<Switch, T, unknown>;

let running = false;

/**
 * A coroutine that switches to another one explicitly: no scheduler, no waiting, nothing but
 * switching. Tasks build on this idea, and switch when they would wait.
 *
 * When a greenlet ends, control returns to the main program with the greenlet's return value.
 *
 * Python: `greenlet.greenlet`, whose `switch()` is `yield* g.switchTo()` in a greenlet, and `g.run()` in the main
 * program.
 *
 * @example
 * ```ts
 * import { Greenlet } from 'fd-selectors/coroutines';
 * const log: number[] = [];
 * const test1: Greenlet = new Greenlet(function* () {
 *   log.push(12);
 *   yield* test2.switchTo();
 *   log.push(34);
 *   yield* test2.switchTo();
 * });
 * const test2: Greenlet = new Greenlet(function* () {
 *   log.push(56);
 *   yield* test1.switchTo();
 *   log.push(78);
 * });
 * test1.run();
 * assert.deepEqual(log, [12, 56, 34, 78]);
 * assert.equal(test1.dead, false);
 * assert.equal(test2.dead, true);
 * ```
 */
export class Greenlet {
  readonly #fn: GreenletFunction;
  #generator: Generator<Switch, unknown, unknown> | undefined;
  #dead = false;

  /**
   * @param fn - a generator function, called with the value of the first switch.
   * @throws `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  constructor(fn: GreenletFunction) {
    checkFunction('fn', fn);
    this.#fn = fn;
  }

  /** Whether it has ended. */
  get dead(): boolean {
    return this.#dead;
  }

  /**
   * Switches to this greenlet. Call it in another greenlet, with `yield*`.
   *
   * @param value - what `switchTo()` returns in this greenlet.
   * @returns the value passed when something switches back.
   */
  *switchTo<T = unknown>(value?: unknown): Generator<Switch, T, unknown> {
    return (yield new Switch(this, value)) as T;
  }

  /**
   * Switches to this greenlet from the main program, and returns what the first greenlet to end returns. Switching to
   * one that has ended returns the value at once.
   *
   * @throws what a greenlet throws.
   * @throws {@link ValueError} `ERR_GREENLET_RUNNING` inside a greenlet: use `switchTo()` there.
   * @throws `TypeError` `ERR_INVALID_YIELD` if a greenlet uses a plain `yield`; thrown into the greenlet first.
   */
  run<T = unknown>(value?: unknown): T {
    if (running) {
      throw new ValueError('ERR_GREENLET_RUNNING', 'A greenlet is running: switch with yield* switchTo()');
    }
    running = true;
    try {
      let at: Switch = new Switch(this, value);
      for (;;) {
        const next = at.target.#resume(at.value);
        if (!(next instanceof Switch)) return next as T;
        at = next;
      }
    } finally {
      running = false;
    }
  }

  /** Runs it until it switches, or ends. */
  #resume(value: unknown): unknown {
    if (this.#dead) return value;
    try {
      const first = this.#generator === undefined;
      this.#generator ??= this.#fn(value as never);
      let step = first ? this.#generator.next() : this.#generator.next(value);
      // Thrown where it yields, so that its finally blocks run.
      for (let left = MOST_FOREIGN; step.done !== true && !(step.value instanceof Switch); left--) {
        const error = yieldError(step.value);
        if (left === 0) throw error;
        step = this.#generator.throw(error);
      }
      this.#dead = step.done === true;
      return step.value;
    } catch (error) {
      this.#dead = true;
      throw error;
    }
  }
}

/** The error for a greenlet that used a plain `yield`. */
function yieldError(value: unknown): Error {
  const message = `A greenlet must yield only by yield* to switchTo(). Received ${show(value)}`;
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_YIELD' });
}
