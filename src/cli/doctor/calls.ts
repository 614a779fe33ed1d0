/** The system calls that the package makes: which work here, and what takes the place of those that do not. */
import type { Native, Result } from '../../native.js';
import { type Finding, note, ok, type Section, bad as wrong } from './report.js';

/** Waits that look for one that ends within a millisecond; on a busy machine the first ones may be late. */
const ATTEMPTS = 100;

/** A call that says nothing but whether it works. */
interface Probe {
  readonly call: string;
  /** What fails without it. */
  readonly without: string;
  /** Whether nothing works without it. */
  readonly vital?: boolean;
  /** Makes the call; where it returns a new descriptor, `opens` says so, and it is closed. */
  readonly run: (native: Native) => Result;
  readonly opens?: boolean;
}

const PROBES: readonly Probe[] = [
  {
    call: 'select(2)',
    without: 'SelectSelector and select()',
    vital: true,
    run: (native) => native.select(0, null, null, null, 0),
  },
  {
    call: 'poll(2)',
    without: 'PollSelector, poll() and timeouts of sockets',
    vital: true,
    run: (native) => native.poll(new ArrayBuffer(8), 0, 0),
  },
  {
    call: 'epoll_create1(2)',
    without: 'EpollSelector and waits on the event loop',
    vital: true,
    opens: true,
    run: (native) => native.epollCreate1(constant(native, 'EPOLL_CLOEXEC')),
  },
  ...['AF_UNIX', 'AF_INET', 'AF_INET6'].map((family) => ({
    call: `socket(${family})`,
    without: `sockets of ${family}`,
    opens: true,
    run: (native: Native) =>
      native.socket(
        constant(native, family),
        constant(native, 'SOCK_STREAM') | constant(native, 'SOCK_CLOEXEC'),
        0,
      ),
  })),
  {
    call: 'eventfd(2)',
    without: 'EventFd and Waker',
    opens: true,
    run: (native) => native.eventfd(0, constant(native, 'EFD_CLOEXEC')),
  },
  {
    call: 'timerfd_create(2)',
    without: 'TimerFd',
    opens: true,
    run: (native) =>
      native.timerfdCreate(constant(native, 'CLOCK_MONOTONIC'), constant(native, 'TFD_CLOEXEC')),
  },
  {
    call: 'inotify_init1(2)',
    without: 'Inotify',
    opens: true,
    run: (native) => native.inotifyInit1(constant(native, 'IN_CLOEXEC')),
  },
  {
    call: 'pidfd_open(2)',
    without: 'PidFd, which needs Linux 5.3',
    opens: true,
    run: (native) => native.pidfdOpen(process.pid, 0),
  },
];

function constant({ constants }: Native, name: string): number {
  return constants[name] ?? 0;
}

/** The name of an errno: the addon lists name, number and text. */
export function errnoName({ errnos }: Native, result: Result): string {
  const at = errnos.indexOf(-result);
  return at > 0 ? String(errnos[at - 1]) : `errno ${-result}`;
}

function probe(native: Native, { call, without, vital, run, opens }: Probe): Finding {
  const result = run(native);
  if (result < 0) {
    const text = `${errnoName(native, result)}: no ${without}`;
    return vital ? wrong(call, text) : note(call, text);
  }
  if (opens) native.close(result);
  return ok(call, 'works');
}

/** Whether a wait can be shorter than a millisecond. A wait is never short of its timeout, so one such wait proves it. */
function waitsNanoseconds(native: Native): boolean {
  const epfd = native.epollCreate1(constant(native, 'EPOLL_CLOEXEC'));
  if (epfd < 0) return false;
  const buffer = new ArrayBuffer(native.epollEvent.stride * 4);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const start = process.hrtime.bigint();
      if (native.epollWait(epfd, buffer, 1e-6) < 0) return false;
      if (process.hrtime.bigint() - start < 1_000_000n) return true;
    }
    return false;
  } finally {
    native.close(epfd);
  }
}

function pwait2(native: Native): Finding {
  const call = 'epoll_pwait2(2)';
  if (waitsNanoseconds(native)) return ok(call, 'works: timeouts of epoll to the nanosecond');
  return note(call, 'missing before Linux 5.11: epoll_wait takes its place, in milliseconds, rounded up');
}

/** Which system calls work here, each by calling it. */
export function calls(native: Native): Section {
  const findings = PROBES.map((one) => probe(native, one));
  return { title: 'System calls', findings: [...findings, pwait2(native)] };
}
