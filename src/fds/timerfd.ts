/** timerfd_create(2): a timer behind a descriptor. */
import { checkOptions, numberError } from '../arguments.js';
import { check } from '../errors.js';
import { constant, native } from '../native.js';
import type { Seconds } from '../time.js';
import { readCounter, tryReadCounter } from './counter.js';
import { OwnedFd } from './ownedfd.js';

const TFD_CLOEXEC = constant('TFD_CLOEXEC');
const TFD_NONBLOCK = constant('TFD_NONBLOCK');
const TFD_TIMER_ABSTIME = constant('TFD_TIMER_ABSTIME');

/** The wall clock, in seconds since 1970, as `Date.now() / 1000`. It jumps when the clock is set. */
export const CLOCK_REALTIME = constant('CLOCK_REALTIME');
/** The time since the system started, without the time it was suspended, as `process.hrtime()`. */
export const CLOCK_MONOTONIC = constant('CLOCK_MONOTONIC');
/** The time since the system started, including the time it was suspended. */
export const CLOCK_BOOTTIME = constant('CLOCK_BOOTTIME');
/** As CLOCK_REALTIME, but an expiration wakes a suspended system; needs CAP_WAKE_ALARM. */
export const CLOCK_REALTIME_ALARM = constant('CLOCK_REALTIME_ALARM');
/** As CLOCK_BOOTTIME, but an expiration wakes a suspended system; needs CAP_WAKE_ALARM. */
export const CLOCK_BOOTTIME_ALARM = constant('CLOCK_BOOTTIME_ALARM');

function checkTime(name: string, time: Seconds): void {
  if (typeof time === 'number' && time >= 0 && time < Infinity) return;
  throw numberError('ERR_INVALID_TIME', name, 'a non-negative, finite number of seconds', time);
}

/** Options of a {@link TimerFd}. */
export interface TimerFdOptions {
  /** A `CLOCK_*` constant. The default is `CLOCK_MONOTONIC`. */
  readonly clock?: number;
  /** Makes a read without an expiration fail instead of blocking. The default is `true`. */
  readonly nonblocking?: boolean;
}

/**
 * A timer: readable once it has expired; a read returns how often. It is close-on-exec.
 *
 * Guaranteed: it never expires early. All times are seconds, with nanosecond precision as far as a number
 * has it: for the wall clock, that is a quarter of a microsecond. Times after the year 2255 mean that year.
 *
 * Linux: timerfd_create(2). Python: `os.timerfd_create`, since 3.13, which also takes seconds.
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
   * @throws {@link OSError} `EINVAL` for a clock without timers, `EMFILE` if no descriptor is available.
   * @throws {@link PermissionError} `EPERM` for an alarm clock without CAP_WAKE_ALARM.
   */
  constructor(options: TimerFdOptions = {}) {
    const { clock = CLOCK_MONOTONIC, nonblocking = true } = checkOptions(options);
    const flags = TFD_CLOEXEC | (nonblocking ? TFD_NONBLOCK : 0);
    super(check(native.timerfdCreate(clock, flags), 'timerfd_create'));
  }

  /**
   * Sets the timer to expire after `initial` seconds, and then every `interval` seconds. This replaces the
   * previous setting and discards unread expirations.
   *
   * Linux: timerfd_settime(2). An initial time of zero disarms the timer, whatever the interval. To expire
   * at once, pass 1e-9.
   *
   * @param initial - seconds until the first expiration.
   * @param interval - seconds between expirations; zero, the default, expires once.
   *
   * @throws {@link ValueError} `ERR_INVALID_TIME` for a negative time, NaN and Infinity; `ERR_CLOSED`.
   * @throws `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  set(initial: Seconds, interval: Seconds = 0): void {
    this.#settime(0, 'initial', initial, interval);
  }

  /**
   * As {@link TimerFd.set}, but the first expiration is when the timer's clock reaches `time`. A time in
   * the past expires at once, as often as intervals have passed since.
   *
   * Linux: a timer of CLOCK_REALTIME follows the clock when it is set.
   *
   * @param time - seconds on the timer's clock; for CLOCK_REALTIME, since 1970.
   * @param interval - seconds between expirations; zero, the default, expires once.
   * @throws as {@link TimerFd.set} does.
   */
  setAbsolute(time: Seconds, interval: Seconds = 0): void {
    this.#settime(TFD_TIMER_ABSTIME, 'time', time, interval);
  }

  #settime(flags: number, name: string, value: Seconds, interval: Seconds): void {
    const fd = this.fileno();
    checkTime(name, value);
    checkTime('interval', interval);
    check(native.timerfdSettime(fd, flags, value, interval), 'timerfd_settime');
  }

  /**
   * Returns the seconds until the next expiration, which are zero if the timer is disarmed, and the interval.
   *
   * Linux: timerfd_gettime(2); the time is relative even for absolute timers.
   *
   * @throws {@link ValueError} `ERR_CLOSED`.
   */
  get(): [next: Seconds, interval: Seconds] {
    const time = new Float64Array(2);
    check(native.timerfdGettime(this.fileno(), time), 'timerfd_gettime');
    return [time[0] as Seconds, time[1] as Seconds];
  }

  /**
   * Returns how often the timer has expired since the last read; never 0. Above 2^53, the number is rounded.
   *
   * @throws {@link BlockingIOError} `EAGAIN` if it has not expired; {@link ValueError} `ERR_CLOSED`.
   */
  read(): number {
    return Number(readCounter(this.fileno()));
  }

  /** As {@link TimerFd.read}, but returns `null` instead of throwing `EAGAIN`. */
  tryRead(): number | null {
    const expirations = tryReadCounter(this.fileno());
    return expirations === null ? null : Number(expirations);
  }
}
