/**
 * The typed boundary to the C++ addon, and the only place that loads it.
 *
 * Each function is one system call: scalars and typed arrays in, one integer out, which is the
 * result or `-errno`. Nothing here throws, retries or chooses a default; a wrong type, a short
 * array or a number that is not the integer it should be gives `-EINVAL`.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A result at or above zero, or `-errno`. */
export type Result = number;

/** Seconds to wait, to the nanosecond; negative waits for ever. */
export type Wait = number;

/** What the addon exports, family by family; the C++ files bear the families' names. */
export interface Native {
  /** Constants of `select`, `poll`, `epoll`, `fcntl` and `socket` by their C names. */
  readonly constants: Readonly<Record<string, number>>;
  /** Name, number and text of every errno, one after the other. */
  readonly errnos: readonly (string | number)[];

  // native/select.cc
  select(
    nfds: number,
    readfds: Int32Array | null,
    writefds: Int32Array | null,
    exceptfds: Int32Array | null,
    seconds: Wait,
  ): Result;

  // native/poll.cc
  poll(fds: Int32Array, nfds: number, seconds: Wait): Result;

  // native/epoll.cc
  epollCreate1(flags: number): Result;
  epollCtl(epfd: number, op: number, fd: number, events: number, tag: number): Result;
  epollWait(epfd: number, events: Int32Array, seconds: Wait): Result;
  /** Where the fields of `struct epoll_event` stand, in 32-bit words. */
  readonly epollEvent: {
    readonly stride: number;
    readonly events: number;
    readonly fd: number;
    readonly tag: number;
  };

  // native/descriptor.cc
  read(fd: number, buffer: Uint8Array, length: number): Result;
  write(fd: number, buffer: Uint8Array, length: number): Result;
  close(fd: number): Result;
  dup(fd: number): Result;
  dup2(oldfd: number, newfd: number): Result;
  pipe2(fds: Int32Array, flags: number): Result;
  getNonblock(fd: number): Result;
  setNonblock(fd: number, on: 0 | 1): Result;

  // native/eventfd.cc
  eventfd(initval: number, flags: number): Result;

  // native/timerfd.cc
  timerfdCreate(clockid: number, flags: number): Result;
  /** Both times are in seconds. */
  timerfdSettime(fd: number, flags: number, value: number, interval: number): Result;
  /** Fills in what is left and the interval, in seconds. */
  timerfdGettime(fd: number, time: Float64Array): Result;

  // native/pidfd.cc
  pidfdOpen(pid: number, flags: number): Result;
  pidfdSendSignal(pidfd: number, signo: number): Result;
  /** Fills in `[si_pid, si_code, si_status]`. */
  waitid(pidfd: number, options: number, status: Int32Array): Result;

  // native/inotify.cc
  inotifyInit1(flags: number): Result;
  /** The path ends with a zero byte. */
  inotifyAddWatch(fd: number, path: Uint8Array, mask: number): Result;
  inotifyRmWatch(fd: number, wd: number): Result;

  // native/signals.cc
  /** Returns the number of a new subscription, and its descriptor in `fd[0]`. */
  signalOpen(fd: Int32Array): Result;
  signalWatch(subscription: number, signo: number): Result;
  /** Fills in how often each signal has arrived, by its number: NSIG entries. */
  signalTake(subscription: number, counts: Int32Array): Result;
  signalClose(subscription: number): Result;
}

const load = createRequire(import.meta.url)('node-gyp-build') as (dir: string) => Native;

/** The addon: a fresh build if there is one, else the prebuilt one. */
export const native: Native = load(fileURLToPath(new URL('..', import.meta.url)));

/** A constant of the C headers by its C name. */
export function constant(name: string): number {
  const value = native.constants[name];
  if (value === undefined) throw new Error(`the addon exports no constant ${name}`);
  return value;
}
