/** eventfd(2): a counter that is a descriptor. */
import { check, show, tryCheck, typeError, ValueError } from '../errors.js';
import { constant, native } from '../native.js';
import { readCounter, tryReadCounter, writeCounter } from './counter.js';
import { OwnedFd } from './ownedfd.js';

export const EFD_CLOEXEC = constant('EFD_CLOEXEC');
export const EFD_NONBLOCK = constant('EFD_NONBLOCK');
const EFD_SEMAPHORE = constant('EFD_SEMAPHORE');

const MOST_INITIAL = 0xffff_ffff;
/** The most that the counter holds: the kernel keeps the value above it for itself. */
const MOST = 0xffff_ffff_ffff_fffen;

function refuse(value: unknown, most: string): never {
  throw new ValueError(
    'ERR_INVALID_COUNT',
    `a count is a whole number from 0 to ${most}, not ${show(value)}`,
  );
}

function toCount(value: number | bigint): bigint {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : refuse(value, '2^53 - 1, or a bigint');
  }
  if (typeof value !== 'bigint') throw typeError(`a count is a number or a bigint, not ${show(value)}`);
  return value >= 0n && value <= MOST ? value : refuse(value, '2^64 - 2');
}

/** How an {@link EventFd} behaves. */
export interface EventFdOptions {
  /** Each read takes 1 from the counter instead of all. The default is `false`. */
  readonly semaphore?: boolean;
  /** A read of zero and a write that does not fit fail instead of blocking. The default is `true`. */
  readonly nonblocking?: boolean;
}

/**
 * A counter of 64 bits: readable above zero, writable while 1 can be added. It is close-on-exec.
 *
 * Counts are numbers, exact up to 2^53; beyond, `read()` rounds and `readBigInt()` does not.
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
   * @param initial - the counter to begin with, from 0 to 2^32 - 1.
   * @throws {@link ValueError} `ERR_INVALID_COUNT`; {@link OSError} `EMFILE` when no descriptor is left.
   */
  constructor(initial = 0, { semaphore = false, nonblocking = true }: EventFdOptions = {}) {
    if (!Number.isInteger(initial) || initial < 0 || initial > MOST_INITIAL) refuse(initial, '2^32 - 1');
    const flags = EFD_CLOEXEC | (semaphore ? EFD_SEMAPHORE : 0) | (nonblocking ? EFD_NONBLOCK : 0);
    super(check(native.eventfd(initial, flags), 'eventfd'));
  }

  /**
   * Takes the counter and leaves zero; of a semaphore, takes 1. Never returns 0.
   *
   * @throws {@link BlockingIOError} `EAGAIN` with the counter at zero; {@link ValueError} `ERR_CLOSED`.
   */
  read(): number {
    return Number(readCounter(this.fileno()));
  }

  /** {@link EventFd.read}, but `null` instead of `EAGAIN`. */
  tryRead(): number | null {
    const value = tryReadCounter(this.fileno());
    return value === null ? null : Number(value);
  }

  /** {@link EventFd.read}, exact beyond 2^53. */
  readBigInt(): bigint {
    return readCounter(this.fileno());
  }

  /** {@link EventFd.readBigInt}, but `null` instead of `EAGAIN`. */
  tryReadBigInt(): bigint | null {
    return tryReadCounter(this.fileno());
  }

  /**
   * Adds to the counter. Adding 0 changes nothing.
   *
   * @param value - a number from 0 to 2^53 - 1 or a bigint from 0 to 2^64 - 2.
   * @throws {@link BlockingIOError} `EAGAIN` where the sum is more than 2^64 - 2.
   * @throws {@link ValueError} `ERR_INVALID_COUNT`, `ERR_CLOSED`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  write(value: number | bigint = 1): void {
    check(writeCounter(this.fileno(), toCount(value)), 'write');
  }

  /** {@link EventFd.write}, but `false` instead of `EAGAIN`, and `true` where the count was added. */
  tryWrite(value: number | bigint = 1): boolean {
    return tryCheck(writeCounter(this.fileno(), toCount(value)), 'write') !== null;
  }
}
