/** A wait for an epoll descriptor of ours on Node's event loop. */
import { check, ENOSYS, osError, type ValueError } from '../errors.js';
import { native, type Wait } from '../native.js';
import { deadlineOf } from '../time.js';
import { Timer } from './timer.js';
import { turned } from './turn.js';

/** Bun and Deno have functions of libuv by name; Bun's abort the process, and Deno's can do so at its end. */
const HAS_LIBUV = !('bun' in process.versions || 'deno' in process.versions);

interface Pending<T> {
  readonly resolve: (found: T) => void;
  readonly reject: (reason: unknown) => void;
  readonly timer: Timer | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: (() => void) | undefined;
}

/**
 * One wait at a time for what `ask` finds; it is asked whenever the descriptor is readable.
 *
 * The watcher is armed only while a wait is pending, and stays armed for the next one when that
 * begins before the current one's microtasks are done. An idle one costs nothing.
 */
export class Watcher<T> {
  readonly #handle: number;
  readonly #ask: () => T | undefined;
  #pending: Pending<T> | undefined;
  #hasRef = true;
  /** Whether the descriptor was found readable, and is being asked. */
  #asking = false;

  /**
   * @param epfd - an epoll descriptor, which must stay open until {@link Watcher.close}.
   * @param ask - returns what is ready, or `undefined`; what it throws rejects the wait.
   * @throws {@link OSError} `ENOSYS` where the runtime has no event loop of libuv.
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
   * Waits; there must be no pending wait.
   *
   * @param seconds - above zero, or for ever.
   * @param nothing - what to resolve to when the time is over.
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

  /** Asks again in the next turn of the loop: something changed that the descriptor does not tell. */
  askSoon(): void {
    if (this.#pending === undefined) return;
    setImmediate(() => {
      turned();
      this.#answer(true);
    });
  }

  /** Takes the descriptor out of the loop, until {@link Watcher.resume}: it is about to be replaced. */
  pause(): void {
    native.loopStop(this.#handle);
  }

  resume(): void {
    // While it is asked, whether there is anything to wait for is not known yet.
    if (this.#pending === undefined || this.#asking) return;
    check(native.loopArm(this.#handle), 'uv_poll_start');
  }

  /** Whether a pending wait keeps the process alive. */
  setRef(on: boolean): void {
    this.#hasRef = on;
    native.loopRef(this.#handle, on ? 1 : 0);
    this.#pending?.timer?.setRef(on);
  }

  /** Ends the wait with an error, and gives the watcher back. The descriptor may be closed then. */
  close(reason: ValueError): void {
    if (this.#pending !== undefined) this.#end(this.#pending.reject, reason);
    native.loopClose(this.#handle);
  }

  #onReadable(): void {
    turned();
    this.#asking = true;
    const answered = this.#answer(false);
    this.#asking = false;
    // The native side stops the watcher after this, unless it is armed again until then.
    if (!answered) native.loopArm(this.#handle);
  }

  /** Ends the wait if there is something to find; `false` if it goes on. */
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
