/**
 * The typed boundary to the C++ addon, which `addon.ts` loads.
 *
 * Each function is one system call: it takes scalars and typed arrays, and returns one integer, the
 * result or `-errno`. No function throws, retries or chooses a default; an argument of the wrong type, an
 * array that is too short, or a number that is not a suitable integer gives `-EINVAL`.
 */
import { loadAddon } from './addon.js';

/** Zero or more on success, `-errno` on failure. */
export type Result = number;

/** Seconds to wait, with nanosecond precision; negative waits forever. */
export type Wait = number;

/** Bytes to send, or room for bytes to receive: a `Buffer`, any typed array, or a `DataView`. */
export type Bytes = NodeJS.ArrayBufferView;

/** The exports of the addon, by the C++ file that defines them. */
export interface Native {
  /** The constants by their C names. */
  readonly constants: Readonly<Record<string, number>>;
  /** The name, number and text of every errno, in one flat list. */
  readonly errnos: readonly (string | number)[];

  // native/select.cc
  select(
    nfds: number,
    readfds: ArrayBuffer | null,
    writefds: ArrayBuffer | null,
    exceptfds: ArrayBuffer | null,
    seconds: Wait,
  ): Result;

  // native/poll.cc
  poll(fds: ArrayBuffer, nfds: number, seconds: Wait): Result;
  /** poll(2) on one descriptor: returns its `revents`, 0 after the timeout. */
  pollOne(fd: number, events: number, seconds: Wait): Result;

  // native/epoll.cc
  epollCreate1(flags: number): Result;
  epollCtl(epfd: number, op: number, fd: number, events: number, tag: number): Result;
  epollWait(epfd: number, events: ArrayBuffer, seconds: Wait): Result;
  /** The size of a `struct epoll_event` and the offsets of its fields, in 32-bit words. */
  readonly epollEvent: {
    readonly stride: number;
    readonly events: number;
    readonly fd: number;
    readonly tag: number;
  };

  // native/batch.cc: the only functions that make more than one system call. Each of their rows is 6 words.
  /**
   * Waits as epollWait does, and receives from members, which are rows of 3 words by descriptor: tag, most bytes,
   * most datagrams. Returns how many rows it wrote: fd, tag, events, result, offset, flags.
   *
   * @param limit - how many bytes of the arena to use. A member that they have no room for is not tried: its flags are -1.
   * @param first - the number of the event to begin with, counted around.
   */
  batchReceive(
    epfd: number,
    rows: ArrayBuffer,
    maxevents: number,
    members: ArrayBuffer,
    arena: ArrayBuffer,
    limit: number,
    first: number,
    flags: number,
    seconds: Wait,
  ): Result;
  /** Rows: fd, offset, length, kind (0 stream, 1 datagram, 2 behind its address), the row before or -1, result. */
  batchSend(rows: ArrayBuffer, count: number, arena: ArrayBuffer, flags: number): Result;

  // native/loop.cc: watchers of our own epoll descriptors on the environment's event loop
  /** Whether libuv or a thread watches them, the first of an environment decides; -ENOSYS without libuv. */
  loopOpen(epfd: number, onReadable: (failure?: Result) => void, byThread: 0 | 1): Result;
  /** Reports once, when the descriptor is readable, or with `edge` when that changes; or once that the thread failed. */
  loopArm(watcher: number, edge: 0 | 1): Result;
  loopStop(watcher: number): Result;
  loopRef(watcher: number, on: 0 | 1): Result;
  loopMove(watcher: number, epfd: number): Result;
  loopClose(watcher: number): Result;

  // native/owned.cc: when a worker ends, the addon closes the descriptors that the functions below returned
  // (except signalOpen) and those passed to `track`, unless they were passed to `close` or `untrack`
  track(fd: number): Result;
  untrack(fd: number): Result;

  // native/descriptor.cc
  /** Without a length, all of the buffer: here, and in write, send, recv and recvfrom. `undefined` is -EINVAL. */
  read(fd: number, buffer: Bytes, length?: number): Result;
  write(fd: number, buffer: Bytes, length?: number): Result;
  close(fd: number): Result;
  dup(fd: number): Result;
  dup2(oldfd: number, newfd: number): Result;
  pipe2(fds: Int32Array, flags: number): Result;
  getNonblock(fd: number): Result;
  setNonblock(fd: number, on: 0 | 1): Result;
  readv(fd: number, buffers: Uint8Array[]): Result;
  writev(fd: number, buffers: Uint8Array[]): Result;
  fcntl(fd: number, cmd: number, argument: number): Result;
  /** The argument has 16384 bytes at least: the kernel says how many it writes. */
  fcntlBytes(fd: number, cmd: number, argument: Uint8Array): Result;
  ioctl(fd: number, request: number, argument: number): Result;
  /** As fcntlBytes. */
  ioctlBytes(fd: number, request: number, argument: Uint8Array): Result;
  sendfile(outfd: number, infd: number, offset: number, count: number): Result;
  /** 0: a position may be larger than a result. */
  lseek(fd: number, offset: number): Result;

  // native/pty.cc
  /** Fills in the master and the terminal. */
  openpty(fds: Int32Array): Result;

  // native/socket.cc. An address is 33 words: 128 bytes of struct sockaddr_storage, then its length.
  socket(domain: number, type: number, protocol: number): Result;
  socketpair(domain: number, type: number, protocol: number, fds: Int32Array): Result;
  bind(fd: number, address: Int32Array): Result;
  listen(fd: number, backlog: number): Result;
  accept4(fd: number, address: Int32Array, flags: number): Result;
  connect(fd: number, address: Int32Array): Result;
  send(fd: number, buffer: Bytes, flags: number, length?: number): Result;
  sendto(fd: number, buffer: Bytes, flags: number, address: Int32Array): Result;
  recv(fd: number, buffer: Bytes, flags: number, length?: number): Result;
  recvfrom(fd: number, buffer: Bytes, flags: number, address: Int32Array, length?: number): Result;
  shutdown(fd: number, how: number): Result;
  getsockname(fd: number, address: Int32Array): Result;
  getpeername(fd: number, address: Int32Array): Result;
  setsockopt(fd: number, level: number, optname: number, value: Bytes): Result;
  /** Returns the number of bytes written to `value`. */
  getsockopt(fd: number, level: number, optname: number, value: Bytes): Result;

  // native/message.cc
  sendmsg(
    fd: number,
    data: Uint8Array[],
    control: Uint8Array,
    flags: number,
    address: Int32Array | null,
  ): Result;
  /** Fills in the length of the control messages and the flags of the message. Descriptors that came are owned. */
  recvmsg(
    fd: number,
    buffers: Uint8Array[],
    control: Uint8Array,
    flags: number,
    address: Int32Array,
    result: Int32Array,
  ): Result;
  /** Where the fields of `struct cmsghdr` stand, in bytes; `cmsg_len` is first. */
  readonly cmsghdr: {
    readonly level: number;
    readonly type: number;
    readonly data: number;
    readonly align: number;
  };

  // native/netdb.cc. An answer is texts, each with its NUL; the result is its length, -ERANGE where it does not
  // fit. `herrno` is one word, as `eai` below.
  gethostbyname(name: string, answer: Uint8Array, herrno: Int32Array): Result;
  gethostbyaddr(family: number, address: Uint8Array, answer: Uint8Array, herrno: Int32Array): Result;
  /** The port; -ENOENT for a service that is not known, as below. */
  getservbyname(name: string, protocol: string | null): Result;
  getservbyport(port: number, protocol: string | null, answer: Uint8Array): Result;
  getprotobyname(name: string): Result;
  ifNametoindex(name: string): Result;
  ifIndextoname(index: number, answer: Uint8Array): Result;
  ifNameindex(answer: Uint8Array): Result;

  // native/address.cc. `eai` is one word: 0, or the error code of the resolver. The result is then 0, or
  // `-errno` if the code is EAI_SYSTEM.
  /**
   * `hints` are flags, family, type and protocol. Returns the number of addresses, and writes as many as fit
   * to `results`, in rows of 36 words: family, type, protocol, address.
   */
  getaddrinfo(
    host: string | null,
    service: string | null,
    hints: Int32Array,
    results: Int32Array,
    canonname: Bytes,
    eai: Int32Array,
  ): Result;
  /** As getaddrinfo in another thread: returns a descriptor that becomes readable once there is an answer. */
  lookupOpen(host: string | null, service: string | null, hints: Int32Array): Result;
  /** What getaddrinfo would return, or -EAGAIN before there is an answer. */
  lookupAnswer(fd: number, results: Int32Array, canonname: Bytes, eai: Int32Array): Result;
  lookupClose(fd: number): Result;
  getnameinfo(address: Int32Array, host: Bytes, service: Bytes, flags: number, eai: Int32Array): Result;
  /** Returns 1, or 0 if the text is not an address of the family. */
  inetPton(family: number, text: string, bytes: Bytes): Result;
  /** Returns the length of the text. */
  inetNtop(family: number, bytes: Bytes, text: Bytes): Result;
  /** Returns 1, or 0 if the text is not an IPv4 address. */
  inetAton(text: string, bytes: Bytes): Result;
  // native/eventfd.cc
  eventfd(initval: number, flags: number): Result;
  // native/timerfd.cc
  timerfdCreate(clockid: number, flags: number): Result;
  /** Both times are in seconds. */
  timerfdSettime(fd: number, flags: number, value: number, interval: number): Result;
  /** Writes the time left and the interval, in seconds. */
  timerfdGettime(fd: number, time: Float64Array): Result;
  // native/pidfd.cc
  pidfdOpen(pid: number, flags: number): Result;
  pidfdSendSignal(pidfd: number, signo: number): Result;
  /** Writes `[si_pid, si_code, si_status]`. */
  waitid(pidfd: number, options: number, status: Int32Array): Result;
  // native/inotify.cc
  inotifyInit1(flags: number): Result;
  /** The path ends with a NUL. */
  inotifyAddWatch(fd: number, path: Bytes, mask: number): Result;
  inotifyRmWatch(fd: number, wd: number): Result;
  // native/signals.cc
  /** Returns the number of a new subscription, and its descriptor in `fd[0]`. */
  signalOpen(fd: Int32Array): Result;
  signalWatch(subscription: number, signo: number): Result;
  /** Writes how often each signal has arrived, indexed by its number: NSIG entries. */
  signalTake(subscription: number, counts: Int32Array): Result;
  signalClose(subscription: number): Result;
  // native/uring.cc: a ring that is open when its environment ends is cancelled and closed. So are the descriptors in
  // completions that were not taken, if bit 63 of their user_data is set, and those that a close(2) not yet submitted names.
  /** params is the 30 words of `struct io_uring_params`. */
  uringSetup(entries: number, params: Int32Array): Result;
  /** Element 0 of `into` becomes the memory of the ring from `offset` on, mapped until it is collected. */
  uringMap(fd: number, offset: number, size: number, into: ArrayBuffer[]): Result;
  /** Memory for operations, which stays mapped until they have ended; `address` is 64 bits. */
  uringArea(fd: number, size: number, into: ArrayBuffer[], address: Int32Array): Result;
  /** Lets go of an area that no operation uses any more: it is unmapped once it is collected. */
  uringForget(fd: number, area: ArrayBuffer): Result;
  uringEnter(fd: number, toSubmit: number, minComplete: number, flags: number, seconds: Wait): Result;
  uringRegister(fd: number, opcode: number, argument: ArrayBuffer | null, count: number): Result;
  /** Cancels what is under way, and waits until it has ended. */
  uringClose(fd: number): Result;
}

/** Copied because V8 keeps an addon's exports in a hash table, and the properties of a literal at fixed offsets. */
export const native: Native = { ...(loadAddon() as Native) };

/** Returns a constant of the C headers. */
export function constant(name: string): number {
  const value = native.constants[name];
  if (value === undefined) throw new Error(`The addon does not export ${name}`);
  return value;
}
