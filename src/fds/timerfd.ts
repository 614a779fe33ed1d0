/** timerfd_create(2): a timer that is a descriptor. */
import { check, show, typeError, ValueError } from '../errors.js';
import { constant, native } from '../native.js';
import { checkOptions } from '../options.js';
import type { Seconds } from '../time.js';
import { readCounter, tryReadCounter } from './counter.js';
import { OwnedFd } from './ownedfd.js';

const TFD_CLOEXEC = constant('TFD_CLOEXEC');
const TFD_NONBLOCK = constant('TFD_NONBLOCK');
const TFD_TIMER_ABSTIME = constant('TFD_TIMER_ABSTIME');

/** The time of day, in seconds since 1970: `Date.now() / 1000`. It jumps when the clock is set. */
export const CLOCK_REALTIME = constant('CLOCK_REALTIME');
/** Time since the system started, without the time it slept: `process.hrtime()`. */
export const CLOCK_MONOTONIC = constant('CLOCK_MONOTONIC');
/** Time since the system started, with the time it slept. */
export const CLOCK_BOOTTIME = constant('CLOCK_BOOTTIME');
/** CLOCK_REALTIME, and an expiration wakes a sleeping system; asks for CAP_WAKE_ALARM. */
export const CLOCK_REALTIME_ALARM = constant('CLOCK_REALTIME_ALARM');
/** CLOCK_BOOTTIME, and an expiration wakes a sleeping system; asks for CAP_WAKE_ALARM. */
export const CLOCK_BOOTTIME_ALARM = constant('CLOCK_BOOTTIME_ALARM');

function checkTime(time: Seconds): void {
  if (typeof time !== 'number') throw typeError(`a time of a timer is a number, not ${show(time)}`);
  if (time >= 0 && time < Infinity) return;
  throw new ValueError('ERR_INVALID_TIME', `a time of a timer is zero or more seconds, not ${time}`);
}

/** How a {@link TimerFd} behaves. */
export interface TimerFdOptions {
  /** A `CLOCK_` constant; the default is `CLOCK_MONOTONIC`. */
  readonly clock?: number;
  /** A read with no expiration fails instead of blocking. The default is `true`. */
  readonly nonblocking?: boolean;
}

/**
 * A timer: readable once it has expired, and a read tells how often. It is close-on-exec.
 *
 * Guaranteed: it is never early. All times are seconds, to the nanosecond where a number holds one;
 * the time of day has a quarter of a microsecond left. Times after the year 2255 mean that year.
 *
 * Linux: timerfd_create(2). Python: `os.timerfd_create` of 3.13, where times are seconds too.
 *
 * @example
 * ```ts
 * import { TimerFd } from 'fd-selectors/fds';
 * import { select } from 'fd-selectors/select';
 * const timer = new TimerFd();
 * timer.set(0.01);
 * assert.equal(timer.tryRead(), null);
 * assert.deepEqual(select([timer], [], [], 10)[0], [timer]);
 * assert.equal(timer.read(), 1);
 * timer.close();
 * ```
 */
export class TimerFd extends OwnedFd {
  /**
   * @throws {@link OSError} `EINVAL` for a clock that has no timers, `EMFILE` when no descriptor is left.
   * @throws {@link PermissionError} `EPERM` for an alarm clock without CAP_WAKE_ALARM.
   */
  constructor(options: TimerFdOptions = {}) {
    const { clock = CLOCK_MONOTONIC, nonblocking = true } = checkOptions(options);
    const flags = TFD_CLOEXEC | (nonblocking ? TFD_NONBLOCK : 0);
    super(check(native.timerfdCreate(clock, flags), 'timerfd_create'));
  }

  /**
   * Expires after `initial` seconds, and then every `interval` seconds; an interval of zero is once.
   * What was set before is forgotten, expirations that nobody read included.
   *
   * Linux: an initial time of zero disarms the timer, whatever the interval. For "at once", set 1e-9.
   *
   * @throws {@link ValueError} `ERR_INVALID_TIME` for a negative time, NaN and Infinity; `ERR_CLOSED`.
   * @throws `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  set(initial: Seconds, interval: Seconds = 0): void {
    this.#settime(0, initial, interval);
  }

  /**
   * As {@link TimerFd.set}, but expires first when the timer's clock shows `time`: of CLOCK_REALTIME,
   * seconds since 1970, and a clock that is set forward reaches it sooner. A time that is past
   * expires at once, with as many expirations as intervals have passed since.
   */
  setAbsolute(time: Seconds, interval: Seconds = 0): void {
    this.#settime(TFD_TIMER_ABSTIME, time, interval);
  }

  #settime(flags: number, value: Seconds, interval: Seconds): void {
    const fd = this.fileno();
    checkTime(value);
    checkTime(interval);
    check(native.timerfdSettime(fd, flags, value, interval), 'timerfd_settime');
  }

  /**
   * Seconds until the next expiration, zero for a timer that is not armed, and the interval.
   *
   * Linux: timerfd_gettime(2); the first is relative, of absolute timers too.
   *
   * @throws {@link ValueError} `ERR_CLOSED`.
   */
  get(): [next: Seconds, interval: Seconds] {
    const time = new Float64Array(2);
    check(native.timerfdGettime(this.fileno(), time), 'timerfd_gettime');
    return [time[0] as Seconds, time[1] as Seconds];
  }

  /**
   * How often it has expired since the last read, never 0. Beyond 2^53 the number is rounded.
   *
   * @throws {@link BlockingIOError} `EAGAIN` where it has not expired; {@link ValueError} `ERR_CLOSED`.
   */
  read(): number {
    return Number(readCounter(this.fileno()));
  }

  /** {@link TimerFd.read}, but `null` instead of `EAGAIN`. */
  tryRead(): number | null {
    const expirations = tryReadCounter(this.fileno());
    return expirations === null ? null : Number(expirations);
  }
}
