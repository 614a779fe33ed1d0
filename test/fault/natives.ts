/** The addon's functions, each called so that it succeeds: a fault must then come back as `-errno`. */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import type { Effect, Subject } from './engine.js';
import { constant, errnoOf, nameOf, native } from './shim.js';

type Call = () => number | undefined;

/** What a function is called with, and what is closed afterwards. */
interface Driver {
  /** Makes what it needs, and returns the call; `closes` are closed after it. */
  readonly make: (closes: number[]) => Call;
  readonly effects?: Readonly<Record<string, Effect>>;
}

const ADDRESS_WORDS = 33;
const room = (): Int32Array => new Int32Array(ADDRESS_WORDS);

/** An address of AF_INET on the loopback. */
function loopback(port: number): Int32Array {
  const words = room();
  const bytes = Buffer.from(words.buffer);
  bytes.writeUInt16LE(constant('AF_INET'), 0);
  bytes.writeUInt16BE(port, 2);
  bytes.writeUInt32BE(0x7f00_0001, 4);
  words[ADDRESS_WORDS - 1] = 16;
  return words;
}

function ok(result: number | undefined): number {
  if (result === undefined || result < 0) throw new Error(`cannot begin: ${nameOf(result ?? 0)}`);
  return result;
}

function two(closes: number[], fill: (fds: Int32Array) => number | undefined): [number, number] {
  const fds = new Int32Array(2);
  ok(fill(fds));
  closes.push(...fds);
  return [fds[0] as number, fds[1] as number];
}

const NONBLOCK = constant('O_NONBLOCK');
const pipe = (closes: number[]) => two(closes, (fds) => native['pipe2']?.(fds, NONBLOCK));
const pair = (closes: number[]) =>
  two(closes, (fds) =>
    native['socketpair']?.(constant('AF_UNIX'), constant('SOCK_STREAM') | constant('SOCK_NONBLOCK'), 0, fds),
  );

function tcp(closes: number[]): number {
  const fd = ok(native['socket']?.(constant('AF_INET'), constant('SOCK_STREAM'), 0));
  closes.push(fd);
  return fd;
}

/** A listening socket, and its address. */
function server(closes: number[]): [number, Int32Array] {
  const fd = tcp(closes);
  const name = room();
  ok(native['bind']?.(fd, loopback(0)));
  ok(native['listen']?.(fd, 5));
  ok(native['getsockname']?.(fd, name));
  return [fd, name];
}

function epoll(closes: number[]): number {
  const fd = ok(native['epollCreate1']?.(0));
  closes.push(fd);
  return fd;
}

const bytes = (): Uint8Array => Uint8Array.of(1, 2, 3, 4);
/** Closes what a call opened. */
const opened = (closes: number[], fd: number | undefined): number => {
  if (fd !== undefined && fd >= 0) closes.push(fd);
  return fd as number;
};

const drivers: Record<string, Driver> = {};
const drive = (name: string, make: Driver['make'], effects?: Driver['effects']): void => {
  drivers[name] = effects === undefined ? { make } : { make, effects };
};
/** A call of a function by its name. */
const call = (name: string, ...args: unknown[]): number => native[name]?.(...args) as number;

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
drive('batchReceive', (closes) => {
  const epfd = epoll(closes);
  const rows = new ArrayBuffer(24 * 4);
  return () => call('batchReceive', epfd, rows, 4, new ArrayBuffer(0), new ArrayBuffer(64), 64, 0, 0, 0);
});
/** A socket with a byte to receive, registered with the tag 7, and its membership: a stream, or datagrams. */
function member(closes: number[], type: string, datagrams: number): [epfd: number, members: ArrayBuffer] {
  const [from, to] = two(closes, (fds) =>
    native['socketpair']?.(constant('AF_UNIX'), constant(type), 0, fds),
  );
  const epfd = epoll(closes);
  ok(call('epollCtl', epfd, 1, to, 1, 7));
  ok(call('send', from, bytes(), 0));
  const members = new Int32Array(3 * (to + 1));
  members.set([7, 16, datagrams], 3 * to);
  return [epfd, members.buffer];
}
const DONTWAIT = constant('MSG_DONTWAIT');
/** The word of the result in a row. */
const [RECEIVED, SENT] = [3, 5];
for (const [type, datagrams] of [
  ['SOCK_STREAM', 0],
  ['SOCK_DGRAM', 4],
] as const) {
  drive(`batchReceive, ${type}`, (closes) => {
    const [epfd, members] = member(closes, type, datagrams);
    const rows = new Int32Array(6 * 8);
    const arena = new ArrayBuffer(1024);
    return () => {
      const count = call('batchReceive', epfd, rows.buffer, 4, members, arena, 1024, 0, DONTWAIT, 0);
      return count < 0 ? count : (rows[RECEIVED] as number);
    };
  });
  drive(`batchSend, ${type}`, (closes) => {
    const [fd] = two(closes, (fds) => native['socketpair']?.(constant('AF_UNIX'), constant(type), 0, fds));
    const rows = Int32Array.of(fd, 0, 4, datagrams === 0 ? 0 : 1, -1, 0);
    return () => {
      const result = call('batchSend', rows.buffer, 1, new ArrayBuffer(64), 0);
      return result < 0 ? result : (rows[SENT] as number);
    };
  });
}
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

drive('socket', (closes) => () => opened(closes, call('socket', 2, 1, 0)));
drive('socketpair', (closes) => () => {
  const fds = new Int32Array(2);
  const result = call('socketpair', 1, 1, 0, fds);
  if (result === 0) closes.push(...fds);
  return result;
});
drive('bind', (closes) => {
  const fd = tcp(closes);
  return () => call('bind', fd, loopback(0));
});
drive('listen', (closes) => {
  const fd = tcp(closes);
  ok(call('bind', fd, loopback(0)));
  return () => call('listen', fd, 1);
});
drive('accept4', (closes) => {
  const [fd, name] = server(closes);
  ok(call('connect', tcp(closes), name));
  return () => opened(closes, call('accept4', fd, room(), 0));
});
drive('connect', (closes) => {
  const [, name] = server(closes);
  const fd = tcp(closes);
  return () => call('connect', fd, name);
});
for (const [name, args] of Object.entries({
  send: (fd: number) => [fd, bytes(), 0],
  sendmsg: (fd: number) => [fd, [bytes()], new Uint8Array(0), 0, null],
})) {
  drive(name, (closes) => {
    const [fd] = pair(closes);
    return () => call(name, ...args(fd));
  });
}
for (const [name, args] of Object.entries({
  recv: (fd: number) => [fd, bytes(), 0],
  recvfrom: (fd: number) => [fd, bytes(), 0, room()],
  recvmsg: (fd: number) => [fd, [bytes()], new Uint8Array(64), 0, room(), new Int32Array(2)],
})) {
  drive(name, (closes) => {
    const [from, to] = pair(closes);
    ok(call('send', from, bytes(), 0));
    return () => call(name, ...args(to));
  });
}
drive('sendto', (closes) => {
  const fd = ok(call('socket', 2, 2, 0));
  closes.push(fd);
  ok(call('bind', fd, loopback(0)));
  const name = room();
  ok(call('getsockname', fd, name));
  return () => call('sendto', fd, bytes(), 0, name);
});
drive('shutdown', (closes) => {
  const [fd] = pair(closes);
  return () => call('shutdown', fd, 1);
});
drive('getsockname', (closes) => {
  const [fd] = server(closes);
  return () => call('getsockname', fd, room());
});
drive('getpeername', (closes) => {
  const [fd] = pair(closes);
  return () => call('getpeername', fd, room());
});
drive('setsockopt', (closes) => {
  const fd = tcp(closes);
  return () => call('setsockopt', fd, constant('SOL_SOCKET'), constant('SO_REUSEADDR'), Int32Array.of(1));
});
drive('getsockopt', (closes) => {
  const fd = tcp(closes);
  return () => call('getsockopt', fd, constant('SOL_SOCKET'), constant('SO_TYPE'), new Int32Array(1));
});

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

/** io_uring is forbidden in many containers. */
const ring = native['uringSetup']?.(4, new Int32Array(30)) as number;
if (ring >= 0) {
  call('uringClose', ring);
  const open = (): number => ok(call('uringSetup', 4, new Int32Array(30)));
  const KEPT = { io_uring_register: 'absorbed' };
  drive(
    'uringSetup',
    () => () => {
      const found = call('uringSetup', 4, new Int32Array(30));
      return found < 0 ? found : call('uringClose', found);
    },
    { ...KEPT },
  );
  const inRing = (act: (found: number) => number) => () => {
    const found = open();
    return () => {
      const result = act(found);
      const closed = call('uringClose', found);
      return result < 0 ? result : closed;
    };
  };
  drive(
    'uringMap',
    inRing((found) => call('uringMap', found, 0, 4096, [])),
    KEPT,
  );
  drive(
    'uringArea',
    inRing((found) => call('uringArea', found, 4096, [], new Int32Array(2))),
    KEPT,
  );
  drive(
    'uringForget',
    inRing((found) => {
      const into: ArrayBuffer[] = [];
      const made = call('uringArea', found, 4096, into, new Int32Array(2));
      return made < 0 ? made : call('uringForget', found, into[0]);
    }),
    KEPT,
  );
  drive(
    'uringEnter',
    inRing((found) => call('uringEnter', found, 0, 0, 0, 0)),
    KEPT,
  );
  drive(
    'uringEnter, forever',
    inRing((found) => call('uringEnter', found, 0, 0, 0, -1)),
    KEPT,
  );
  // IORING_REGISTER_PROBE
  drive(
    'uringRegister',
    inRing((found) => call('uringRegister', found, 8, new ArrayBuffer(4096), 200)),
    {
      'io_uring_register#2': 'absorbed',
    },
  );
  // Where the operations cannot be ended, their memory stays mapped.
  drive(
    'uringClose',
    () => {
      const found = open();
      return () => call('uringClose', found);
    },
    KEPT,
  );
}

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
