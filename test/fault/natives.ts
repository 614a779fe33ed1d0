/** The addon's functions, each called so that it succeeds: a fault must then come back as `-errno`. */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { bytes, call, drive, drivers, epoll, loopback, ok, opened, pair, pipe } from './driver.js';
import type { Subject } from './engine.js';
import { ring } from './nativering.js';
import { constant, errnoOf, nameOf, native } from './shim.js';
import './nativesockets.js';

drive('select', (closes) => {
  const [reader] = pipe(closes);
  const set = new Int32Array(32);
  if (reader < 1024) set[reader >> 5] = 1 << (reader & 31);
  return () => call('select', Math.min(reader + 1, 1024), set.buffer, null, null, 0);
});
drive('poll', () => () => call('poll', new ArrayBuffer(8), 0, 0));
drive('pollOne', (closes) => {
  const [reader] = pipe(closes);
  return () => call('pollOne', reader, 1, 0);
});
drive('epollCreate1', (closes) => () => opened(closes, call('epollCreate1', 0)));
drive('epollCtl', (closes) => {
  const [reader] = pipe(closes);
  const epfd = epoll(closes);
  return () => call('epollCtl', epfd, 1, reader, 1, 0);
});

/** A process that is stopped and continued gets EINTR from epoll_wait, which is not the fault that was struck. */
function uninterrupted(wait: () => number): number {
  for (;;) {
    const result = wait();
    if (result !== -errnoOf('EINTR')) return result;
  }
}

for (const seconds of [0, 1e-4, -1]) {
  drive(
    `epollWait ${seconds}`,
    (closes) => {
      const [reader, writer] = pipe(closes);
      const epfd = epoll(closes);
      ok(call('epollCtl', epfd, 1, reader, 1, 0));
      if (seconds < 0) ok(call('write', writer, bytes()));
      return () => uninterrupted(() => call('epollWait', epfd, new ArrayBuffer(64), seconds));
    },
    // An older kernel or a sandbox: milliseconds do.
    {
      epoll_wait: { EINTR: 'absorbed' },
      epoll_pwait2: { EINTR: 'absorbed', ENOSYS: 'absorbed', EPERM: 'absorbed' },
    },
  );
}

drive('read', (closes) => {
  const [reader, writer] = pipe(closes);
  ok(call('write', writer, bytes()));
  return () => call('read', reader, bytes());
});
drive('write', (closes) => {
  const [, writer] = pipe(closes);
  return () => call('write', writer, bytes());
});
drive('readv', (closes) => {
  const [reader, writer] = pipe(closes);
  ok(call('write', writer, bytes()));
  return () => call('readv', reader, [bytes(), bytes()]);
});
drive('writev', (closes) => {
  const [, writer] = pipe(closes);
  return () => call('writev', writer, [bytes(), bytes()]);
});
drive('close', () => {
  const fd = ok(call('epollCreate1', 0));
  return () => call('close', fd);
});
drive('dup', (closes) => {
  const [fd] = pipe(closes);
  return () => opened(closes, call('dup', fd));
});
drive('dup2', (closes) => {
  const [from, to] = pipe(closes);
  return () => call('dup2', from, to);
});
drive('dup2 onto itself', (closes) => {
  const [fd] = pipe(closes);
  return () => call('dup2', fd, fd);
});
drive('pipe2', (closes) => () => {
  const fds = new Int32Array(2);
  const result = call('pipe2', fds, 0);
  if (result === 0) closes.push(...fds);
  return result;
});
drive('getNonblock', (closes) => {
  const [fd] = pipe(closes);
  return () => call('getNonblock', fd);
});
drive('setNonblock', (closes) => {
  const [fd] = pipe(closes);
  return () => call('setNonblock', fd, 0);
});
drive('fcntl', (closes) => {
  const [fd] = pipe(closes);
  return () => call('fcntl', fd, 1, 0);
});
drive('fcntlBytes', (closes) => {
  const [fd] = pipe(closes);
  // F_GETOWN_EX
  return () => call('fcntlBytes', fd, 16, Buffer.alloc(16384));
});
drive('ioctl', (closes) => {
  const [fd] = pipe(closes);
  // FIOCLEX
  return () => call('ioctl', fd, 0x5451, 0);
});
drive('ioctlBytes', (closes) => {
  const [fd] = pipe(closes);
  // FIONREAD
  return () => call('ioctlBytes', fd, 0x541b, Buffer.alloc(16384));
});
drive('sendfile', (closes) => {
  const [out] = pair(closes);
  const file = openSync('/etc/passwd', 'r');
  closes.push(file);
  return () => call('sendfile', out, file, 0, 10);
});
drive('lseek', (closes) => {
  const file = openSync('/etc/passwd', 'r');
  closes.push(file);
  return () => call('lseek', file, 1);
});
drive(
  'openpty',
  (closes) => () => {
    const fds = new Int32Array(2);
    const result = call('openpty', fds);
    if (result === 0) closes.push(...fds);
    return result;
  },
  // A kernel that does not know the ioctl: the terminal is opened by its path.
  { ioctl: { EINVAL: 'absorbed', ENOTTY: 'absorbed' }, close: 'absorbed' },
);

drive('gethostbyname', () => () => call('gethostbyname', '127.0.0.1', Buffer.alloc(999), new Int32Array(1)));
drive(
  'gethostbyaddr',
  () => () => call('gethostbyaddr', 2, Uint8Array.of(127, 0, 0, 1), Buffer.alloc(9999), new Int32Array(1)),
);
drive('ifNametoindex', () => () => call('ifNametoindex', 'lo'));
drive('ifIndextoname', () => () => call('ifIndextoname', 1, Buffer.alloc(64)));
drive('ifNameindex', () => () => call('ifNameindex', Buffer.alloc(9999)));
drive('getaddrinfo', () => () => {
  const hints = Int32Array.of(4, 2, 1, 0);
  return call(
    'getaddrinfo',
    '127.0.0.1',
    '80',
    hints,
    new Int32Array(360),
    Buffer.alloc(99),
    new Int32Array(1),
  );
});
drive(
  'getnameinfo',
  () => () => call('getnameinfo', loopback(80), Buffer.alloc(99), Buffer.alloc(99), 3, new Int32Array(1)),
);
drive('inetPton', () => () => call('inetPton', 2, '127.0.0.1', new Uint8Array(4)));
drive('inetNtop', () => () => call('inetNtop', 2, Uint8Array.of(127, 0, 0, 1), Buffer.alloc(99)));

drive('eventfd', (closes) => () => opened(closes, call('eventfd', 0, 0)));
drive('timerfdCreate', (closes) => () => opened(closes, call('timerfdCreate', 1, 0)));
drive('timerfdSettime', (closes) => {
  const fd = opened(closes, ok(call('timerfdCreate', 1, 0)));
  return () => call('timerfdSettime', fd, 0, 1, 0);
});
drive('timerfdGettime', (closes) => {
  const fd = opened(closes, ok(call('timerfdCreate', 1, 0)));
  return () => call('timerfdGettime', fd, new Float64Array(2));
});

/** A child that lives as long as all of this. */
const child = spawn('sleep', ['600'], { stdio: 'ignore', env: { PATH: process.env['PATH'] } });
child.unref();
process.once('exit', () => child.kill('SIGKILL'));
drive('pidfdOpen', (closes) => () => opened(closes, call('pidfdOpen', child.pid, 0)));
drive('pidfdSendSignal', (closes) => {
  const fd = opened(closes, ok(call('pidfdOpen', child.pid, 0)));
  return () => call('pidfdSendSignal', fd, 0);
});
drive('waitid', (closes) => {
  const fd = opened(closes, ok(call('pidfdOpen', child.pid, 0)));
  const options = constant('WEXITED') | constant('WNOHANG') | constant('WNOWAIT');
  return () => call('waitid', fd, options, new Int32Array(3));
});

drive('inotifyInit1', (closes) => () => opened(closes, call('inotifyInit1', 0)));
drive('inotifyAddWatch', (closes) => {
  const fd = opened(closes, ok(call('inotifyInit1', 0)));
  return () => call('inotifyAddWatch', fd, Buffer.from('/\0'), constant('IN_CREATE'));
});
drive('inotifyRmWatch', (closes) => {
  const fd = opened(closes, ok(call('inotifyInit1', 0)));
  const wd = ok(call('inotifyAddWatch', fd, Buffer.from('/\0'), constant('IN_CREATE')));
  return () => call('inotifyRmWatch', fd, wd);
});

const SIGUSR2 = 12;
const fd = new Int32Array(1);
drive('signalOpen', () => () => {
  const subscription = call('signalOpen', fd);
  return subscription < 0 ? subscription : call('signalClose', subscription);
});
drive('signalWatch', (closes) => {
  const subscription = ok(call('signalOpen', fd));
  return () => {
    const result = call('signalWatch', subscription, SIGUSR2);
    closes.push(-1 - subscription);
    return result;
  };
});
drive(
  'signalTake',
  (closes) => {
    const subscription = ok(call('signalOpen', fd));
    ok(call('signalWatch', subscription, SIGUSR2));
    process.kill(process.pid, 'SIGUSR2');
    closes.push(-1 - subscription);
    return () => call('signalTake', subscription, new Int32Array(constant('NSIG')));
  },
  // An eventfd is never read in part.
  { read: { EAGAIN: 'absorbed', SHORT: 'EINVAL' } },
);
drive(
  'signalClose',
  () => {
    const subscription = ok(call('signalOpen', fd));
    ok(call('signalWatch', subscription, SIGUSR2));
    return () => call('signalClose', subscription);
  },
  // The previous handler cannot come back. Ours stays, and passes on what comes.
  { sigaction: 'absorbed' },
);

/** What the functions of the boundary are called that have no driver here, and why. */
export const NOT_DRIVEN: Readonly<Record<string, string>> = {
  track: 'makes no call that may fail, but fstat(2), whose failure means an unknown file',
  untrack: 'makes no system call',
  loopOpen: 'driven through selectAsync, in a thread of its own each time',
  loopArm: 'driven through selectAsync',
  loopStop: 'makes no system call',
  loopRef: 'makes no system call',
  loopMove: 'driven through select() on a haunted set',
  loopClose: 'cannot fail',
  lookupOpen: 'closes a descriptor in another thread, at its own time',
  lookupAnswer: 'makes no system call',
  lookupClose: 'closes what lookupOpen has opened',
  getservbyname: 'reads a database; it has no errno',
  getservbyport: 'reads a database; it has no errno',
  getprotobyname: 'reads a database; it has no errno',
  inetAton: 'makes no system call',
};

/** Functions of the boundary that are neither driven nor named above: there should be none. */
export function forgotten(): string[] {
  const driven = new Set(Object.keys(drivers).map((name) => name.split(/[ ,]/)[0]));
  return Object.keys(native).filter(
    (name) =>
      typeof native[name] === 'function' &&
      !driven.has(name) &&
      !(name in NOT_DRIVEN) &&
      !(ring < 0 && name.startsWith('uring')),
  );
}

export const natives: Subject[] = Object.entries(drivers).map(([name, { make, effects = {} }]) => ({
  name: `native.${name}`,
  typed: false,
  effects,
  begin() {
    const closes: number[] = [];
    const act = make(closes);
    return {
      act() {
        const result = act() as number;
        if (result < 0) throw Object.assign(new Error('failed'), { code: nameOf(result) });
        return result;
      },
      end() {
        // A negative one is a subscription.
        for (const fd of closes) call(fd < 0 ? 'signalClose' : 'close', fd < 0 ? -1 - fd : fd);
      },
    };
  },
}));
