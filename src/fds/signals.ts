/** Signals as a descriptor. */
import { checkIterable } from '../arguments.js';
import { check, ValueError } from '../errors.js';
import { native, type Result } from '../native.js';
import { OwnedFd } from './ownedfd.js';
import { NSIG, type Signal, signalName, signalNumber } from './signalnames.js';

/** What the processor raises at the instruction that failed: returning from a handler repeats it. */
const FAULTS = new Set(['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL'].map(signalNumber));

const counts = new Int32Array(NSIG);

/** What {@link signals} returns: readable when one of its signals has arrived. */
class Signals extends OwnedFd {
  readonly #subscription: number;
  /** The names, as they were given, by number. */
  readonly #names: ReadonlyMap<number, string>;

  constructor(fd: number, subscription: number, names: ReadonlyMap<number, string>) {
    super(fd);
    this.#subscription = subscription;
    this.#names = names;
  }

  /**
   * Takes what has arrived since the last call: a `[name, count]` pair for each signal, in the order
   * of their numbers. It never blocks; with nothing arrived, the list is empty.
   *
   * Guaranteed: no signal that was handed to the process is lost, however many others there are.
   *
   * Not guaranteed: that `kill` twice counts twice. The kernel keeps one of each signal pending (but
   * for real-time signals). Nor that a readable descriptor has a signal to read: a signal that
   * arrives during `read()` may have been counted already.
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

  /** The previous handlers come back, and the descriptor closes. What was not read is lost. */
  protected override release(): Result {
    return native.signalClose(this.#subscription);
  }
}

export type { Signals };

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
 * Opens a descriptor that is readable when one of the signals has arrived, also while this thread
 * blocks in a selector. From now on the signals do only that: SIGINT no longer ends the process.
 *
 * Guaranteed: any number of objects, in any threads, can watch one signal, and each gets it; worker
 * threads, which Node gives no signals, too. The last to close brings back what was there before,
 * and so does the end of a worker that did not close. A system call of other code is not interrupted
 * (SA_RESTART).
 *
 * Not guaranteed: peace with `process.on('SIGINT')`. The handler installed last has the signal: Node's
 * listener from before is silent until `close()`; one added afterwards takes the signal away, and
 * its removal leaves the system's default. While SIGCHLD is watched, `node:child_process` does not
 * learn that its children ended, nor afterwards before another one ends: use {@link PidFd}. Nor that a wait ends which does not watch this
 * object: a signal interrupts the wait of one thread, if it has begun.
 *
 * Linux: sigaction(2) and an eventfd. Not signalfd(2): it wants the signal blocked in all threads,
 * and Node has threads of its own that would take it, and the process would die.
 *
 * Python: `signal.set_wakeup_fd`, which has one descriptor for all signals and drops them when full.
 *
 * @param list - names such as `'SIGINT'`, or numbers.
 * @throws {@link ValueError} `ERR_INVALID_SIGNAL` for what is no signal, and for the faults SIGSEGV,
 *   SIGBUS, SIGFPE and SIGILL.
 * @throws {@link OSError} `EINVAL` for SIGKILL and SIGSTOP and those that the C library keeps for
 *   itself; `EMFILE` when no descriptor is left, `ENFILE` with 256 such objects in the process.
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
