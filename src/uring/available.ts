/** Whether io_uring can be used here, and if not, why. */
import { readFileSync } from 'node:fs';
import { OSError } from '../errors.js';
import { IORING_OP_NOP } from './layout.js';
import { Queues } from './queues.js';

/** What {@link available} finds. */
export type Availability =
  | {
      /** Whether it can be used. */
      readonly available: true;
      /** Whether the kernel itself repeats `acceptMultishot()` and `recvMultishot()`: Linux 6.1. */
      readonly multishot: boolean;
    }
  | {
      /** Whether it can be used. */
      readonly available: false;
      /** The error of the call that failed: `ENOSYS`, `EPERM`, `ENOMEM` and so on. */
      readonly code: string;
      /** Why, in words for a person. */
      readonly reason: string;
    };

const REASONS: Readonly<Record<string, string>> = {
  ENOSYS: 'this kernel has no io_uring (since Linux 5.11), or a sandbox such as gVisor hides it',
  EPERM: 'io_uring is forbidden here, by a seccomp filter such as that of Docker',
  EACCES: 'io_uring is forbidden here, by a security module',
  ENOMEM: 'there is no memory for a ring; without CAP_IPC_LOCK, it counts toward RLIMIT_MEMLOCK (ulimit -l)',
  EMFILE: 'the process has as many open descriptors as it may have (ulimit -n)',
};

/** What `sysctl kernel.io_uring_disabled` says, which exists since Linux 6.6. */
function disabledBySysctl(): boolean {
  try {
    return readFileSync('/proc/sys/kernel/io_uring_disabled', 'latin1').trim() !== '0';
  } catch {
    return false;
  }
}

function reasonOf(error: OSError): string {
  if (error.code === 'EPERM' && disabledBySysctl()) {
    return 'io_uring is forbidden here, by sysctl kernel.io_uring_disabled';
  }
  return REASONS[error.code] ?? error.message;
}

/** Sets up a ring, and sends a request through it that does nothing. */
function probe(): Availability {
  const queues = new Queues(1, 2);
  try {
    queues.sqes[queues.next()] = IORING_OP_NOP;
    queues.submit(-1);
    return { available: true, multishot: queues.deferred };
  } finally {
    queues.close();
  }
}

/**
 * Finds out whether a {@link Ring} can be opened, by setting one up and using it.
 *
 * Guaranteed: nothing about the system makes it throw; `reason` says what to tell the user. Each call checks again.
 *
 * Linux: containers often forbid io_uring (`EPERM`), as does `sysctl kernel.io_uring_disabled`; sandboxes may lack it
 * (`ENOSYS`).
 *
 * @example
 * ```ts
 * import { available } from 'fd-selectors/uring';
 * const uring = available();
 * if (uring.available) assert.equal(typeof uring.multishot, 'boolean');
 * else assert.match(uring.reason, /io_uring|memory|descriptors/);
 * ```
 */
export function available(): Availability {
  try {
    return probe();
  } catch (error) {
    if (!(error instanceof OSError)) throw error;
    return { available: false, code: error.code, reason: reasonOf(error) };
  }
}
