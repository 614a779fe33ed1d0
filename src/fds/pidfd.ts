/** pidfd_open(2): a process that is a descriptor. */
import { check, EAGAIN, osError, show, ValueError } from '../errors.js';
import { constant, native } from '../native.js';
import { OwnedFd } from './ownedfd.js';
import { type Signal, signalName, signalNumber } from './signalnames.js';

const CLD_EXITED = constant('CLD_EXITED');
const REAP = constant('WEXITED') | constant('WNOHANG');
const PEEK = REAP | constant('WNOWAIT');
const MOST_PID = 0x7fff_ffff;

/** How a child ended: by `exit` with a code, or by a signal; the other is `null`. */
export interface ExitStatus {
  /** The exit code. */
  readonly code: number | null;
  /** The name of the signal: `'SIGTERM'`. */
  readonly signal: string | null;
}

/** What {@link PidFd.wait} does with the status. */
export interface PidFdWaitOptions {
  /** Takes the status, so that nobody else gets it. The default is `false`. */
  readonly reap?: boolean;
}

/**
 * A process: readable once it has ended. It need not be a child, and its number, which may be reused
 * once it is gone, plays no part any more. It is close-on-exec.
 *
 * Linux: pidfd_open(2), from Linux 5.3. Python: `os.pidfd_open`, `signal.pidfd_send_signal`.
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
   * @throws {@link ProcessLookupError} `ESRCH` where there is none.
   * @throws {@link ValueError} `ERR_INVALID_PID`.
   * @throws {@link OSError} `ENOSYS` before Linux 5.3, `EMFILE` when no descriptor is left; for the
   *   number of a thread, `EINVAL` or, from Linux 6.15, `ENOENT`.
   */
  static open(pid: number): PidFd {
    if (!Number.isInteger(pid) || pid < 1 || pid > MOST_PID) {
      throw new ValueError('ERR_INVALID_PID', `${show(pid)} is no process number`);
    }
    return new PidFd(check(native.pidfdOpen(pid, 0), 'pidfd_open'));
  }

  /**
   * Sends a signal; 0 sends none, but fails as one would.
   *
   * @throws {@link ProcessLookupError} `ESRCH` where the process is gone (while nobody has taken its
   *   status, it is not); {@link PermissionError} `EPERM`.
   * @throws {@link ValueError} `ERR_INVALID_SIGNAL`, `ERR_CLOSED`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  sendSignal(signal: Signal): void {
    const signo = signal === 0 ? 0 : signalNumber(signal);
    check(native.pidfdSendSignal(this.fileno(), signo), 'pidfd_send_signal');
  }

  /**
   * How a child ended. It does not block: wait for the descriptor to be readable first.
   *
   * The status stays for others to take, as often as one asks: for `node:child_process`, whose
   * `'exit'` event would else never come, nor would Node end. Node takes it as soon as its event loop
   * turns, and from then on there is nothing to wait for. So either ask in the turn of the event loop in
   * which the child was started, or listen for `'exit'` instead.
   * `{ reap: true }` takes it, which is for children that Node did not start.
   *
   * Linux: waitid(2) with P_PIDFD, from Linux 5.4. Python: `os.waitid(os.P_PIDFD, ...)`, which takes it.
   *
   * @throws {@link BlockingIOError} `EAGAIN` while the child runs.
   * @throws {@link ChildProcessError} `ECHILD` for what is no child of this process, or whose status was taken.
   * @throws {@link ValueError} `ERR_CLOSED`.
   */
  wait(options: PidFdWaitOptions = {}): ExitStatus {
    const status = this.tryWait(options);
    if (status === null) throw osError(EAGAIN, 'waitid');
    return status;
  }

  /** {@link PidFd.wait}, but `null` instead of `EAGAIN`. */
  tryWait({ reap = false }: PidFdWaitOptions = {}): ExitStatus | null {
    const info = new Int32Array(3);
    check(native.waitid(this.fileno(), reap ? REAP : PEEK, info), 'waitid');
    const [pid, code, status] = info as unknown as [number, number, number];
    if (pid === 0) return null;
    return code === CLD_EXITED ? { code: status, signal: null } : { code: null, signal: signalName(status) };
  }
}
