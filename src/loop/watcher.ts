/** Waits for an epoll descriptor on Node's event loop. */
import { check, ENOSYS, osError, type ValueError } from '../errors.js';
import { native, type Wait } from '../native.js';
import { deadlineOf } from '../time.js';
import { Timer } from './timer.js';
import { turned } from './turn.js';

/** Bun and Deno export libuv's functions; Bun's abort the process, and Deno's may do so at exit. */
const HAS_LIBUV = !('bun' in process.versions || 'deno' in process.versions);

interface Pending<T> {
  readonly resolve: (found: T) => void;
  readonly reject: (reason: unknown) => void;
  readonly timer: Timer | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: (() => void) | undefined;
}

/**
 * Calls `ask` whenever the descriptor is readable, until it finds something; one wait at a time.
 *
 * The watcher is armed only while a wait is pending. It stays armed if the next wait begins in the
 * microtasks of the previous one. An idle watcher costs nothing.
 */
export class Watcher<T> {
  readonly #handle: number;
  readonly #ask: () => T | undefined;
  #pending: Pending<T> | undefined;
  #hasRef = true;
  /** Whether `ask` is running because the descriptor is readable. */
  #asking = false;

  /**
   * @param epfd - an epoll descriptor; must stay open until {@link Watcher.close}.
   * @param ask - returns what is ready, or `undefined`; if it throws, the wait rejects.
   * @throws {@link OSError} `ENOSYS` in a runtime without libuv's event loop.
   */
  constructor(epfd: number, ask: () => T | undefined) {
    if (!HAS_LIBUV) throw osError(-ENOSYS, 'uv_poll_init');
    this.#ask = ask;
    this.#handle = check(
      native.loopOpen(epfd, () => this.#onReadable()),
      'uv_poll_init',
    );
  }

  get pending(): boolean {
    return this.#pending !== undefined;
  }

  /**
   * Arms the watcher, and resolves to what `ask` finds. No other wait may be pending.
   *
   * @param seconds - more than zero, or negative to wait forever.
   * @param nothing - the result after the timeout.
   */
  arm(seconds: Wait, nothing: T, signal: AbortSignal | undefined): Promise<T> {
    check(native.loopArm(this.#handle), 'uv_poll_start');
    return new Promise((resolve, reject) => {
      const onAbort = signal && (() => this.#end(reject, signal.reason));
      const onDeadline = (): void => {
        if (!this.#answer(true)) this.#end(resolve, nothing);
      };
      const timer = seconds < 0 ? undefined : new Timer(deadlineOf(seconds), onDeadline, this.#hasRef);
      this.#pending = { resolve, reject, timer, signal, onAbort };
      if (onAbort) signal.addEventListener('abort', onAbort);
    });
  }

  /** Calls `ask` in the next turn of the loop, after a change that the descriptor does not report. */
  askSoon(): void {
    if (this.#pending === undefined) return;
    setImmediate(() => {
      turned();
      this.#answer(true);
    });
  }

  /** Takes the descriptor out of the loop until {@link Watcher.resume}, so that it can be replaced. */
  pause(): void {
    native.loopStop(this.#handle);
  }

  resume(): void {
    // While `ask` runs, it is not yet known whether the wait goes on.
    if (this.#pending === undefined || this.#asking) return;
    check(native.loopArm(this.#handle), 'uv_poll_start');
  }

  /** Sets whether a pending wait keeps the process alive. */
  setRef(on: boolean): void {
    this.#hasRef = on;
    native.loopRef(this.#handle, on ? 1 : 0);
    this.#pending?.timer?.setRef(on);
  }

  /** Rejects a pending wait and releases the watcher. The descriptor may be closed afterwards. */
  close(reason: ValueError): void {
    if (this.#pending !== undefined) this.#end(this.#pending.reject, reason);
    native.loopClose(this.#handle);
  }

  #onReadable(): void {
    turned();
    this.#asking = true;
    const answered = this.#answer(false);
    this.#asking = false;
    // The addon stops the watcher after this callback unless it is armed again.
    if (!answered) native.loopArm(this.#handle);
  }

  /** Calls `ask` and ends the wait if something is found; returns `false` if the wait goes on. */
  #answer(stop: boolean): boolean {
    const pending = this.#pending;
    if (pending === undefined) return true;
    let found: T | undefined;
    try {
      found = this.#ask();
    } catch (error) {
      this.#end(pending.reject, error, stop);
      return true;
    }
    if (found === undefined) return false;
    this.#end(pending.resolve, found, stop);
    return true;
  }

  #end<V>(settle: (value: V) => void, value: V, stop = true): void {
    const { timer, signal, onAbort } = this.#pending as Pending<T>;
    this.#pending = undefined;
    timer?.clear();
    if (onAbort) signal?.removeEventListener('abort', onAbort);
    if (stop) native.loopStop(this.#handle);
    settle(value);
  }
}
