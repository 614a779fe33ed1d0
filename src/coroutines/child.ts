/** Waiting for processes and signals. */
import type { ChildProcess } from 'node:child_process';
import { checkOptions, typeError } from '../arguments.js';
import { type ExitStatus, PidFd, type Signal, signals } from '../fds/index.js';
import { AsyncResult } from './asyncresult.js';
import type { TimeoutOptions } from './deadline.js';
import { theHub } from './hub.js';
import { waitRead } from './ready.js';
import type { Coroutine } from './suspend.js';

/** Options of {@link waitpid}. */
export interface WaitpidOptions extends TimeoutOptions {
  /** Takes the status of a child that Node did not start, as waitpid(2) does. The default is `false`. */
  readonly reap?: boolean;
}

/**
 * Waits until a child process ends, and returns its exit status.
 *
 * A child of `node:child_process` may be passed as the object that `spawn()` returned. Under `run()`, Node does not
 * notice its exit until its event loop turns again, after `run()` returns, so do not use Node's pipes.
 *
 * Linux: pidfd_open(2), waitid(2). Python: `os.waitpid` of `gevent.os`.
 *
 * @param child - the child, or its number.
 * @throws {@link TimeoutError} `ETIMEDOUT`; {@link ProcessLookupError} `ESRCH`; {@link ChildProcessError} `ECHILD`
 *   for a process that is not a child, or whose status was already taken.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE`; {@link ValueError} `ERR_INVALID_PID`.
 * @example
 * ```ts
 * import { spawn as start } from 'node:child_process';
 * import { run, sleep, spawn, waitpid } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const child = start('sleep', ['1000']);
 *   const ended = spawn(waitpid, child);
 *   yield* sleep(0.001);
 *   child.kill('SIGTERM');
 *   assert.deepEqual(yield* ended.get(), { code: null, signal: 'SIGTERM' });
 * });
 * ```
 */
export function* waitpid(child: number | ChildProcess, options: WaitpidOptions = {}): Coroutine<ExitStatus> {
  const { timeout, reap = false } = checkOptions(options);
  const pid = typeof child === 'number' ? child : child?.pid;
  if (pid === undefined) {
    throw typeError('child', 'a process id or a running ChildProcess', child);
  }
  if (typeof child === 'object') {
    const { exitCode: code, signalCode: signal } = child;
    if (code !== null || signal !== null) return { code, signal };
    if (theHub().onNodesLoop) return yield* exitOf(child, { timeout });
  }
  using pidfd = PidFd.open(pid);
  yield* waitRead(pidfd, { timeout });
  return pidfd.wait({ reap });
}

/** Node's own event: on its event loop, Node reaps the child as soon as it exits. */
function* exitOf(child: ChildProcess, options: TimeoutOptions): Coroutine<ExitStatus> {
  const ended = new AsyncResult<ExitStatus>();
  const onExit = (code: number | null, signal: string | null): void => ended.set({ code, signal });
  child.once('exit', onExit);
  try {
    return yield* ended.get(options);
  } finally {
    child.off('exit', onExit);
  }
}

/**
 * Waits for one of several signals, and returns its name. Meanwhile they have no other effect: SIGTERM does not end the
 * process. Signals that arrive between two calls have their usual effect; to lose none, keep `signals()` of
 * `fd-selectors/fds` open, and wait with {@link waitRead}.
 *
 * Python: `signal.sigwait`; `gevent.signal_handler` calls back.
 *
 * @param list - names such as `'SIGTERM'`, or numbers.
 * @throws {@link TimeoutError} `ETIMEDOUT`; {@link ValueError} `ERR_INVALID_SIGNAL`; {@link OSError} `EINVAL`.
 * @example
 * ```ts
 * import { run, sigwait, sleep, spawn } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const waiting = spawn(sigwait, ['SIGUSR2', 'SIGTERM']);
 *   yield* sleep();
 *   process.kill(process.pid, 'SIGTERM');
 *   assert.equal(yield* waiting.get(), 'SIGTERM');
 * });
 * ```
 */
export function* sigwait(list: Iterable<Signal>, options?: TimeoutOptions): Coroutine<string> {
  using arrivals = signals(list);
  for (;;) {
    const [first] = arrivals.read();
    if (first !== undefined) return first[0];
    yield* waitRead(arrivals, options);
  }
}
