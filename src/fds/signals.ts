/** Signals behind a descriptor. */
import { checkIterable } from '../arguments.js';
import { check, ValueError } from '../errors.js';
import { native, type Result } from '../native.js';
import { OwnedFd } from './ownedfd.js';
import { NSIG, type Signal, signalName, signalNumber } from './signalnames.js';

/** Signals that a faulting instruction raises: returning from the handler repeats the instruction. */
const FAULTS = new Set(['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL'].map(signalNumber));

const counts = new Int32Array(NSIG);

/** A subscription to signals, as {@link signals} returns it: readable once one of them has arrived. */
export class Signals extends OwnedFd {
  readonly #subscription: number;
  /** The names that the caller passed, by number. */
  readonly #names: ReadonlyMap<number, string>;

  constructor(fd: number, subscription: number, names: ReadonlyMap<number, string>) {
    super(fd);
    this.#subscription = subscription;
    this.#names = names;
  }

  /**
   * Returns the signals that have arrived since the last call, as `[name, count]` pairs in order of
   * their numbers. It never blocks; the list may be empty.
   *
   * Guaranteed: no signal that was delivered to the process is lost.
   *
   * Not guaranteed: that two `kill` calls count as two. The kernel keeps only one of each signal pending,
   * except for real-time signals. Nor that a readable descriptor has a signal to read: one that arrives
   * during `read()` may have been counted already.
   *
   * @throws {@link ValueError} `ERR_CLOSED`.
   */
  read(): [name: string, count: number][] {
    this.fileno();
    let left = check(native.signalTake(this.#subscription, counts), 'read');
    const arrived: [string, number][] = [];
    for (let number = 1; left > 0; number++) {
      const count = counts[number] as number;
      if (count === 0) continue;
      arrived.push([this.#names.get(number) ?? signalName(number), count]);
      left--;
    }
    return arrived;
  }

  /** Restores the previous handlers and closes the descriptor. Unread signals are lost. */
  protected override release(): Result {
    return native.signalClose(this.#subscription);
  }
}

function toNames(list: Iterable<Signal>): Map<number, string> {
  checkIterable('list', list, 'signals');
  const names = new Map<number, string>();
  for (const signal of list) {
    const number = signalNumber(signal);
    if (FAULTS.has(number)) {
      const name = signalName(number);
      throw new ValueError(
        'ERR_INVALID_SIGNAL',
        `The "list" argument must not contain ${name}, which reports a fault`,
      );
    }
    names.set(number, typeof signal === 'string' ? signal : signalName(number));
  }
  return names;
}

/**
 * Opens a descriptor that is readable once one of the signals has arrived, even while this thread blocks
 * in a selector. The signals lose their default action: SIGINT no longer ends the process.
 *
 * Guaranteed: any number of objects in any threads can watch the same signal, and each gets it, even in
 * worker threads, where Node delivers no signals. Closing the last object restores the previous handler,
 * and so does the end of a worker. Other code's system calls are not interrupted (SA_RESTART).
 *
 * Not guaranteed: that it works together with `process.on('SIGINT')`, because the handler installed last
 * wins. An earlier listener of Node gets nothing until `close()`. A later one takes the signal over, and
 * removing it restores the default action. While SIGCHLD is watched, `node:child_process` does not notice
 * that its children exit, and afterwards not before the next one exits: use {@link PidFd} instead. Nor that
 * a signal ends a wait that does not watch this object: it interrupts only one waiting thread.
 *
 * Linux: sigaction(2) and an eventfd. signalfd(2) would need the signal blocked in all threads, but Node's
 * own threads do not block it, so the signal would kill the process.
 *
 * Python: `signal.set_wakeup_fd`, which has one descriptor for all signals and drops them if it is full.
 *
 * @param list - names such as `'SIGINT'`, or numbers.
 * @throws {@link ValueError} `ERR_INVALID_SIGNAL` for an unknown signal, and for the faults SIGSEGV,
 *   SIGBUS, SIGFPE and SIGILL.
 * @throws {@link OSError} `EINVAL` for SIGKILL, SIGSTOP and the signals that the C library reserves;
 *   `EMFILE` if no descriptor is available, `ENFILE` if the process has 256 such objects.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE`.
 * @example
 * ```ts
 * import { signals } from 'fd-selectors/fds';
 * import { select } from 'fd-selectors/select';
 * const arrivals = signals(['SIGUSR2', 'SIGTERM']);
 * process.kill(process.pid, 'SIGTERM');
 * assert.deepEqual(select([arrivals], [], [], 10)[0], [arrivals]);
 * assert.deepEqual(arrivals.read(), [['SIGTERM', 1]]);
 * assert.deepEqual(arrivals.read(), []);
 * arrivals.close();
 * ```
 */
export function signals(list: Iterable<Signal>): Signals {
  const names = toNames(list);
  const fd = new Int32Array(1);
  const subscription = check(native.signalOpen(fd), 'eventfd');
  for (const number of names.keys()) {
    const result = native.signalWatch(subscription, number);
    if (result >= 0) continue;
    native.signalClose(subscription);
    check(result, 'sigaction');
  }
  return new Signals(fd[0] as number, subscription, names);
}
