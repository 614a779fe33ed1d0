/** Waits for an epoll descriptor on Node's event loop. */
import { check, osError } from '../errors.js';
import { native, type Result, type Wait } from '../native.js';
import { deadlineOf } from '../time.js';
import { onAbort } from './abort.js';
import { openWatcher } from './backend.js';
import { Timer } from './timer.js';
import { turned } from './turn.js';

interface Pending<T> {
  readonly resolve: (found: T) => void;
  readonly reject: (reason: unknown) => void;
  readonly timer: Timer | undefined;
  readonly forgetSignal: (() => void) | undefined;
}

/**
 * Calls `ask` whenever the descriptor is readable, until it finds something; one wait at a time.
 *
 * The watcher is armed while a wait is pending. It stays armed afterwards, until the descriptor becomes readable
 * with no wait pending. An idle watcher costs nothing.
 */
export class Watcher<T> {
  readonly #handle: number;
  readonly #ask: () => T | undefined;
  #pending: Pending<T> | undefined;
  #hasRef = true;

  /**
   * @param epfd - an epoll descriptor; must stay open until {@link Watcher.close} or {@link Watcher.move}.
   * @param ask - returns what is ready, or `undefined`; if it throws, the wait rejects.
   * @throws {@link OSError} `EMFILE` if no descriptor, `EAGAIN` if no thread is available for what the first
   *   watcher of a thread needs; {@link ValueError} `ERR_INVALID_LOOP`.
   */
  constructor(epfd: number, ask: () => T | undefined) {
    this.#ask = ask;
    this.#handle = check(
      openWatcher(epfd, (failure) => this.#onReadable(failure)),
      'epoll_create1',
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
   * @param asked - whether `ask` found nothing just now; if not, it is asked in the next turn of the loop.
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

  /** Calls `ask` in the next turn of the loop, after a change that the descriptor does not report. */
  askSoon(): void {
    if (this.#pending === undefined) return;
    setImmediate(() => {
      turned();
      if (!this.#answer(true)) this.#waitOn(0);
    });
  }

  /**
   * Watches another epoll descriptor from now on. Both must be open.
   *
   * @returns `-errno` if the kernel refuses; the watcher then keeps the old descriptor.
   */
  move(epfd: number): Result {
    return native.loopMove(this.#handle, epfd);
  }

  /** Sets whether a pending wait keeps the process alive. */
  setRef(on: boolean): void {
    this.#hasRef = on;
    native.loopRef(this.#handle, on ? 1 : 0);
    this.#pending?.timer?.setRef(on);
  }

  /** Rejects a pending wait and releases the watcher. The descriptor may be closed afterwards. */
  close(reason: Error): void {
    if (this.#pending !== undefined) this.#end(this.#pending.reject, reason);
    native.loopClose(this.#handle);
  }

  #onReadable(failure?: Result): void {
    turned();
    if (this.#answer(false)) return;
    if (failure !== undefined) this.#fail(failure, 'epoll_wait');
    // Readable, with nothing to find: from now on each change is reported, which cannot spin.
    else this.#waitOn(1);
  }

  #waitOn(edge: 0 | 1): void {
    const result = native.loopArm(this.#handle, edge);
    if (result < 0) this.#fail(result, 'epoll_ctl');
  }

  #fail(result: Result, syscall: string): void {
    this.#end((this.#pending as Pending<T>).reject, osError(result, syscall));
  }

  /** Calls `ask` and ends the wait if something is found; returns `false` if the wait goes on. */
  #answer(stop: boolean): boolean {
    const pending = this.#pending;
    if (pending === undefined) return true;
    let found: T | undefined;
    try {
      found = this.#ask();
    } catch (error) {
      // `ask` may have closed this watcher.
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
