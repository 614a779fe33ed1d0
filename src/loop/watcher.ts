/** A wait for an epoll descriptor of ours on Node's event loop. */
import { check, ENOSYS, osError } from '../errors.js';
import { native, type Result, type Wait } from '../native.js';
import { deadlineOf } from '../time.js';
import { onAbort } from './abort.js';
import { Timer } from './timer.js';
import { turned } from './turn.js';

/** Bun and Deno have functions of libuv by name; Bun's abort the process, and Deno's can do so at its end. */
const HAS_LIBUV = !('bun' in process.versions || 'deno' in process.versions);

interface Pending<T> {
  readonly resolve: (found: T) => void;
  readonly reject: (reason: unknown) => void;
  readonly timer: Timer | undefined;
  readonly forgetSignal: (() => void) | undefined;
}

/**
 * One wait at a time for what `ask` finds; it is asked whenever the descriptor is readable.
 *
 * The watcher is armed while a wait is pending, and stays armed until the descriptor is readable with nobody
 * waiting. An idle one costs nothing.
 */
export class Watcher<T> {
  readonly #handle: number;
  readonly #ask: () => T | undefined;
  #pending: Pending<T> | undefined;
  #hasRef = true;

  /**
   * @param epfd - an epoll descriptor, which must stay open until {@link Watcher.close} or {@link Watcher.move}.
   * @param ask - returns what is ready, or `undefined`; what it throws rejects the wait.
   * @throws {@link OSError} `ENOSYS` where the runtime has no event loop of libuv; `EMFILE` where no descriptor is
   *   left for the set that the first watcher of a thread needs.
   */
  constructor(epfd: number, ask: () => T | undefined) {
    if (!HAS_LIBUV) throw osError(-ENOSYS, 'uv_poll_init');
    this.#ask = ask;
    this.#handle = check(
      native.loopOpen(epfd, () => this.#onReadable()),
      'epoll_create1',
    );
  }

  get pending(): boolean {
    return this.#pending !== undefined;
  }

  /**
   * Waits; there must be no pending wait.
   *
   * @param seconds - above zero, or for ever.
   * @param nothing - what to resolve to when the time is over.
   * @param asked - whether there was nothing to find just now; if not, it is asked in the next turn of the loop.
   */
  arm(seconds: Wait, nothing: T, signal: AbortSignal | undefined, asked: boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      if (asked) check(native.loopArm(this.#handle, 0), 'epoll_ctl');
      const onDeadline = (): void => {
        if (!this.#answer(true)) this.#end(resolve, nothing);
      };
      const forgetSignal = signal && onAbort(signal, () => this.#end(reject, signal.reason));
      const timer = seconds < 0 ? undefined : new Timer(deadlineOf(seconds), onDeadline, this.#hasRef);
      this.#pending = { resolve, reject, timer, forgetSignal };
      if (!asked) this.askSoon();
    });
  }

  /** Asks again in the next turn of the loop: something changed that the descriptor does not tell. */
  askSoon(): void {
    if (this.#pending === undefined) return;
    setImmediate(() => {
      turned();
      if (!this.#answer(true)) this.#waitOn(0);
    });
  }

  /**
   * Watches another descriptor from now on, which must be readable whenever this one is; both are open.
   *
   * @returns `-errno` where the kernel refuses; then it watches the one it has.
   */
  move(epfd: number): Result {
    return native.loopMove(this.#handle, epfd);
  }

  /** Whether a pending wait keeps the process alive. */
  setRef(on: boolean): void {
    this.#hasRef = on;
    native.loopRef(this.#handle, on ? 1 : 0);
    this.#pending?.timer?.setRef(on);
  }

  /** Ends the wait with an error, and gives the watcher back. The descriptor may be closed then. */
  close(reason: Error): void {
    if (this.#pending !== undefined) this.#end(this.#pending.reject, reason);
    native.loopClose(this.#handle);
  }

  #onReadable(): void {
    turned();
    // Readable, and nothing to find: a report of each change will do, and cannot spin.
    if (!this.#answer(false)) this.#waitOn(1);
  }

  #waitOn(edge: 0 | 1): void {
    const result = native.loopArm(this.#handle, edge);
    if (result < 0) this.#end((this.#pending as Pending<T>).reject, osError(result, 'epoll_ctl'));
  }

  /** Ends the wait if there is something to find; `false` if it goes on. */
  #answer(stop: boolean): boolean {
    const pending = this.#pending;
    if (pending === undefined) return true;
    let found: T | undefined;
    try {
      found = this.#ask();
    } catch (error) {
      // What is asked may have closed this.
      if (this.#pending === pending) this.#end(pending.reject, error, stop);
      return true;
    }
    if (found === undefined) return false;
    this.#end(pending.resolve, found, stop);
    return true;
  }

  #end<V>(settle: (value: V) => void, value: V, stop = true): void {
    const { timer, forgetSignal } = this.#pending as Pending<T>;
    this.#pending = undefined;
    timer?.clear();
    forgetSignal?.();
    if (stop) native.loopStop(this.#handle);
    settle(value);
  }
}
