/** The parameters of the addon's functions. What could hurt the machine or wait forever has only harmless values. */
import type { Random } from '../soak/random.js';
import {
  address,
  anyWord,
  array,
  below,
  bits,
  buffer,
  buffers,
  bytes,
  callback,
  doubles,
  ints,
  type Make,
  offset,
  oneOf,
  orNull,
  seconds,
  word,
} from './values.js';

/** What a call does with descriptors: its result is one, it fills them in, or it takes the number away. */
type Kind = 'opens' | 'fills' | 'closes' | 'plain';

export interface Call {
  readonly kind: Kind;
  readonly makes: readonly Make[];
  /** How many of the last parameters may be left out. */
  readonly optional: number;
}

/** The descriptors that may be touched; the runner keeps them. */
export const pool: number[] = [];
/** Numbers that nobody has. */
const CLOSED = [-1, 1_000_000, 0x7fff_ffff];

const pickFd = (random: Random): number => (random.chance(0.9) ? random.pick(pool) : random.pick(CLOSED));
const fd: Make = (random) => {
  const other = oneOf(0)(random);
  return other.valid ? { value: pickFd(random), valid: true } : other;
};
/** Of the pool, or nobody's: what it puts there is closed again. */
const target = oneOf(1_000, 1_001, 1_002);

const INTS = [0, 1, 2, 3, 4, 5, 16, 99, -1, -(2 ** 31), 2 ** 31 - 1];
const int = oneOf(...INTS);
const length = below(9);
/** With MSG_DONTWAIT and MSG_NOSIGNAL, and others. */
const message = oneOf(0x4040, 0x4041, 0x4042, 0x4060);

function plain(...makes: Make[]): Call {
  return { kind: 'plain', makes, optional: 0 };
}
function opens(...makes: Make[]): Call {
  return { ...plain(...makes), kind: 'opens' };
}
function fills(...makes: Make[]): Call {
  return { ...plain(...makes), kind: 'fills' };
}
const withLength = (call: Call): Call => ({ ...call, optional: 1 });

const numeric = word('127.0.0.1', '::1', '', '1', '256.1.1.1', '0x7f.1');
const service = word('80', 'http', '', 'tcp', '99999');
const eai = ints(1);

export const calls: Readonly<Record<string, Call>> = {
  select: plain(oneOf(0, 1, 64, 1024, 1025, -1), ...[0, 0, 0].map(() => orNull(buffer(128))), seconds),
  poll: plain(buffer(64), below(9), seconds),
  pollOne: plain(fd, oneOf(0, 1, 4, -1, 0x7fff), seconds),
  epollCreate1: opens(oneOf(0, 0x80000, 1)),
  epollCtl: plain(fd, oneOf(0, 1, 2, 3, 4), fd, bits, bits),
  epollWait: plain(fd, buffer(0), seconds),
  loopOpen: plain(fd, callback),
  loopArm: plain(below(40), oneOf(0, 1)),
  loopStop: plain(below(40)),
  loopRef: plain(below(40), oneOf(0)),
  loopMove: plain(below(40), fd),
  own: plain(fd),
  disown: plain(fd),
  read: withLength(plain(fd, bytes, length)),
  write: withLength(plain(fd, bytes, length)),
  close: { kind: 'closes', makes: [fd], optional: 0 },
  dup: opens(fd),
  dup2: opens(fd, target),
  pipe2: fills(ints(2), oneOf(0x80800, 0x84800)),
  getNonblock: plain(fd),
  setNonblock: plain(fd, oneOf(1)),
  readv: plain(fd, buffers),
  writev: plain(fd, buffers),
  // F_GETFD, F_SETFD, F_GETFL, F_GETPIPE_SZ and commands that there are not
  fcntl: plain(fd, oneOf(1, 2, 3, 1032, 77, -1), int),
  fcntlBytes: plain(fd, oneOf(16, 5, 77), bytes),
  // FIOCLEX, and requests that there are not
  ioctl: plain(fd, oneOf(0x5451, 0x46f0, -1), below(100)),
  ioctlBytes: plain(fd, oneOf(0x541b, 0x46f0, -1), bytes),
  sendfile: plain(fd, fd, offset, offset),
  lseek: plain(fd, offset),
  openpty: fills(ints(2)),
  // Non-blocking, all of them.
  socket: opens(oneOf(1, 2, 10, 16, 77), oneOf(0x801, 0x802, 0x805, 0x80f), oneOf(0, 6, 17, 255)),
  socketpair: fills(oneOf(1, 2), oneOf(0x801, 0x802, 0x805), oneOf(0, 1), ints(2)),
  bind: plain(fd, address),
  listen: plain(fd, int),
  accept4: opens(fd, ints(33), oneOf(0x800)),
  connect: plain(fd, address),
  send: withLength(plain(fd, bytes, message, length)),
  sendto: plain(fd, bytes, message, address),
  recv: withLength(plain(fd, bytes, message, length)),
  recvfrom: withLength(plain(fd, bytes, message, ints(33), length)),
  shutdown: plain(fd, int),
  getsockname: plain(fd, ints(33)),
  getpeername: plain(fd, ints(33)),
  setsockopt: plain(fd, oneOf(0, 1, 6, 41), below(80), bytes),
  getsockopt: plain(fd, oneOf(0, 1, 6, 41, 999), below(80), bytes),
  sendmsg: plain(fd, buffers, bytes, message, orNull(address)),
  recvmsg: plain(fd, buffers, bytes, message, ints(33), ints(2)),
  gethostbyname: plain(numeric, bytes, eai),
  gethostbyaddr: plain(oneOf(77), bytes, bytes, eai),
  getservbyname: plain(service, orNull(service)),
  getservbyport: plain(below(65_536), orNull(service), bytes),
  getprotobyname: plain(service),
  ifNametoindex: plain(word('lo', '', 'none')),
  ifIndextoname: plain(below(9), bytes),
  ifNameindex: plain(bytes),
  getnameinfo: plain(address, bytes, bytes, oneOf(3, 11), eai),
  inetPton: plain(oneOf(2, 10, 77), anyWord, bytes),
  inetNtop: plain(oneOf(2, 10, 77), bytes, bytes),
  inetAton: plain(anyWord, bytes),
  eventfd: opens(oneOf(0, 1, 2 ** 32 - 1), oneOf(0x80800, 0x80801, -1)),
  timerfdCreate: opens(oneOf(0, 1, 7, 99), oneOf(0x80800, 1)),
  timerfdSettime: plain(fd, oneOf(0, 1, 99), seconds, seconds),
  timerfdGettime: plain(fd, doubles),
  pidfdOpen: opens(oneOf(0, -1, 2 ** 22, process.pid), oneOf(0, 99)),
  pidfdSendSignal: plain(fd, oneOf(0, -1, 99)),
  // With WNOHANG.
  waitid: plain(fd, oneOf(5, 0x0100_0005), ints(3)),
  inotifyInit1: opens(oneOf(0x80800, 99)),
  inotifyAddWatch: plain(fd, bytes, bits),
  inotifyRmWatch: plain(fd, int),
  signalWatch: plain(below(260), oneOf(0, 9, 12, 65, -1)),
  signalTake: plain(below(260), ints(65)),
  uringMap: plain(fd, below(4096), below(8192), array),
  uringArea: plain(fd, below(8192), array, ints(2)),
  uringEnter: plain(fd, below(4), below(2), bits, seconds),
  uringClose: plain(oneOf(...CLOSED)),
};
