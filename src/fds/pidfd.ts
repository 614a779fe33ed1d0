/** pidfd_open(2): a process behind a descriptor. */
import { checkOptions, valueError } from '../arguments.js';
import { check, EAGAIN, osError } from '../errors.js';
import { constant, native } from '../native.js';
import { OwnedFd } from './ownedfd.js';
import { type Signal, signalName, signalNumber } from './signalnames.js';

const CLD_EXITED = constant('CLD_EXITED');
const REAP = constant('WEXITED') | constant('WNOHANG');
const PEEK = REAP | constant('WNOWAIT');
const MOST_PID = 0x7fff_ffff;

/** How a child ended: it exited with a code, or a signal killed it; the other field is `null`. */
export interface ExitStatus {
  /** The exit code. */
  readonly code: number | null;
  /** The name of the signal: `'SIGTERM'`. */
  readonly signal: string | null;
}

/** Options of {@link PidFd.wait}. */
export interface PidFdWaitOptions {
  /** Reaps the child: takes its status, so that nobody else can read it. The default is `false`. */
  readonly reap?: boolean;
}

/**
 * A process: readable once it has ended. It does not have to be a child. It is close-on-exec.
 *
 * Guaranteed: the object stands for the same process even if its number is reused.
 *
 * Linux: pidfd_open(2), since Linux 5.3. Python: `os.pidfd_open`, `signal.pidfd_send_signal`.
 *
 * @example
 * ```ts
 * import { spawn } from 'node:child_process';
 * import { PidFd } from 'fd-selectors/fds';
 * import { select } from 'fd-selectors/select';
 * const child = spawn('sleep', ['1000']);
 * const pidfd = PidFd.open(child.pid!);
 * assert.equal(pidfd.tryWait(), null);
 * pidfd.sendSignal('SIGTERM');
 * assert.deepEqual(select([pidfd], [], [], 10)[0], [pidfd]);
 * assert.deepEqual(pidfd.wait(), { code: null, signal: 'SIGTERM' });
 * pidfd.close();
 * ```
 */
export class PidFd extends OwnedFd {
  private constructor(fd: number) {
    super(fd);
  }

  /**
   * Opens a process by its number.
   *
   * @throws {@link ProcessLookupError} `ESRCH` if it does not exist.
   * @throws {@link ValueError} `ERR_INVALID_PID`.
   * @throws {@link OSError} `ENOSYS` before Linux 5.3, `EMFILE` if no descriptor is available; for the
   *   number of a thread, `EINVAL` or, since Linux 6.15, `ENOENT`.
   */
  static open(pid: number): PidFd {
    if (!Number.isInteger(pid) || pid < 1 || pid > MOST_PID) {
      throw valueError('ERR_INVALID_PID', 'pid', `an integer from 1 to ${MOST_PID}`, pid);
    }
    return new PidFd(check(native.pidfdOpen(pid, 0), 'pidfd_open'));
  }

  /**
   * Sends a signal.
   *
   * @param signal - a name or a number; 0 sends nothing, but fails as a signal would.
   * @throws {@link ProcessLookupError} `ESRCH` if the process is gone, which a zombie is not;
   *   {@link PermissionError} `EPERM`.
   * @throws {@link ValueError} `ERR_INVALID_SIGNAL`, `ERR_CLOSED`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  sendSignal(signal: Signal): void {
    const signo = signal === 0 ? 0 : signalNumber(signal);
    check(native.pidfdSendSignal(this.fileno(), signo), 'pidfd_send_signal');
  }

  /**
   * Returns how a child ended. It does not block: wait until the descriptor is readable first.
   *
   * Guaranteed: the status is left (WNOWAIT) so that Node can reap the child; otherwise `'exit'` would
   * never be emitted, and Node would not exit.
   *
   * Not guaranteed: a status for a child that Node started, once the event loop has turned, because Node
   * reaps it then. Call this in the same turn as `spawn()`, or listen for `'exit'` instead.
   *
   * Linux: waitid(2) with P_PIDFD, since Linux 5.4. Python: `os.waitid(os.P_PIDFD, ...)`, which reaps.
   *
   * @param options - `{ reap: true }` reaps a child that Node did not start.
   * @throws {@link BlockingIOError} `EAGAIN` while the child runs.
   * @throws {@link ChildProcessError} `ECHILD` if it is not a child of this process, or was reaped.
   * @throws {@link ValueError} `ERR_CLOSED`.
   */
  wait(options: PidFdWaitOptions = {}): ExitStatus {
    const status = this.tryWait(options);
    if (status === null) throw osError(EAGAIN, 'waitid');
    return status;
  }

  /** As {@link PidFd.wait}, but returns `null` instead of throwing `EAGAIN`. */
  tryWait(options: PidFdWaitOptions = {}): ExitStatus | null {
    const { reap = false } = checkOptions(options);
    const info = new Int32Array(3);
    check(native.waitid(this.fileno(), reap ? REAP : PEEK, info), 'waitid');
    const [pid, code, status] = info as unknown as [number, number, number];
    if (pid === 0) return null;
    return code === CLD_EXITED ? { code: status, signal: null } : { code: null, signal: signalName(status) };
  }
}
