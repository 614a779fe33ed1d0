/** eventfd(2): a counter behind a descriptor. */
import { checkOptions, typeError, valueError } from '../arguments.js';
import { check, tryCheck } from '../errors.js';
import { constant, native } from '../native.js';
import { readCounter, tryReadCounter, writeCounter } from './counter.js';
import { OwnedFd } from './ownedfd.js';

/** The descriptor is closed by execve(2). The package sets it anyway. */
export const EFD_CLOEXEC = constant('EFD_CLOEXEC');
/** Calls on the descriptor fail with `EAGAIN` where they would wait. */
export const EFD_NONBLOCK = constant('EFD_NONBLOCK');
const EFD_SEMAPHORE = constant('EFD_SEMAPHORE');

const MOST_INITIAL = 0xffff_ffff;
/** The largest count; the kernel reserves the next value. */
const MOST = 0xffff_ffff_ffff_fffen;

function toCount(value: number | bigint): bigint {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && value >= 0) return BigInt(value);
    const expected = `an integer from 0 to ${Number.MAX_SAFE_INTEGER}, or a bigint`;
    throw valueError('ERR_INVALID_COUNT', 'value', expected, value);
  }
  if (typeof value !== 'bigint') throw typeError('value', 'of type number or bigint', value);
  if (value >= 0n && value <= MOST) return value;
  throw valueError('ERR_INVALID_COUNT', 'value', `from 0n to ${MOST}n`, value);
}

/** Options of an {@link EventFd}. */
export interface EventFdOptions {
  /** Makes each read take 1 from the counter instead of all of it. The default is `false`. */
  readonly semaphore?: boolean;
  /** Makes a read of zero, and a write that does not fit, fail instead of blocking. The default is `true`. */
  readonly nonblocking?: boolean;
}

/**
 * A 64-bit counter: readable while it is more than zero, and writable while 1 can be added. It is
 * close-on-exec.
 *
 * Not guaranteed: exact counts above 2^53, which `read()` rounds; `readBigInt()` does not.
 *
 * Linux: eventfd(2). Python: `os.eventfd`, `os.eventfd_read`, `os.eventfd_write`.
 *
 * @example
 * ```ts
 * import { EventFd } from 'fd-selectors/fds';
 * import { select } from 'fd-selectors/select';
 * const event = new EventFd();
 * event.write(2);
 * event.write(3);
 * assert.deepEqual(select([event], [], [], 1)[0], [event]);
 * assert.equal(event.read(), 5);
 * assert.equal(event.tryRead(), null);
 * event.close();
 * ```
 */
export class EventFd extends OwnedFd {
  /**
   * @param initial - the initial count, from 0 to 2^32 - 1.
   * @throws {@link ValueError} `ERR_INVALID_COUNT`; {@link OSError} `EMFILE` if no descriptor is available.
   */
  constructor(initial = 0, options: EventFdOptions = {}) {
    const { semaphore = false, nonblocking = true } = checkOptions(options, ['semaphore', 'nonblocking']);
    if (!Number.isInteger(initial) || initial < 0 || initial > MOST_INITIAL) {
      throw valueError('ERR_INVALID_COUNT', 'initial', `an integer from 0 to ${MOST_INITIAL}`, initial);
    }
    const flags = EFD_CLOEXEC | (semaphore ? EFD_SEMAPHORE : 0) | (nonblocking ? EFD_NONBLOCK : 0);
    super(check(native.eventfd(initial, flags), 'eventfd'));
  }

  /**
   * Returns the count and resets it to zero; of a semaphore, takes 1 and returns 1. Never returns 0.
   *
   * @throws {@link BlockingIOError} `EAGAIN` if the count is zero; {@link ValueError} `ERR_CLOSED`.
   */
  read(): number {
    return Number(readCounter(this.fileno()));
  }

  /** As {@link EventFd.read}, but returns `null` instead of throwing `EAGAIN`. */
  tryRead(): number | null {
    const value = tryReadCounter(this.fileno());
    return value === null ? null : Number(value);
  }

  /** As {@link EventFd.read}, but exact above 2^53. */
  readBigInt(): bigint {
    return readCounter(this.fileno());
  }

  /** As {@link EventFd.readBigInt}, but returns `null` instead of throwing `EAGAIN`. */
  tryReadBigInt(): bigint | null {
    return tryReadCounter(this.fileno());
  }

  /**
   * Adds to the count. Adding 0 changes nothing.
   *
   * @param value - a number from 0 to 2^53 - 1 or a bigint from 0 to 2^64 - 2.
   * @throws {@link BlockingIOError} `EAGAIN` if the sum exceeds 2^64 - 2.
   * @throws {@link ValueError} `ERR_INVALID_COUNT`, `ERR_CLOSED`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  write(value: number | bigint = 1): void {
    check(writeCounter(this.fileno(), toCount(value)), 'write');
  }

  /** As {@link EventFd.write}, but returns `false` instead of throwing `EAGAIN`, and `true` on success. */
  tryWrite(value: number | bigint = 1): boolean {
    return tryCheck(writeCounter(this.fileno(), toCount(value)), 'write') !== null;
  }
}
