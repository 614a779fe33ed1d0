/** An io_uring ring: operations go in, completions come out. */
import { checkInteger, checkString, isCString, numberError, valueError } from '../arguments.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { constant } from '../native.js';
import type { Seconds } from '../time.js';
import type { DataArgument } from './base.js';
import {
  IORING_FSYNC_DATASYNC,
  IORING_OP_FSYNC,
  IORING_OP_OPENAT,
  IORING_OP_POLL_ADD,
  IORING_OP_READ,
  IORING_OP_TIMEOUT,
  IORING_OP_WRITE,
} from './layout.js';
import type { Operation, Submitted } from './operation.js';
import { type Bytes, SocketRing } from './socketring.js';

const O_CLOEXEC = constant('O_CLOEXEC');
const AT_FDCWD = -100;
/** The longest path that the kernel takes, with its NUL. */
const PATH_MAX = 4096;
/** `struct __kernel_timespec`. */
const TIMESPEC = 16;
/** Longer waits end no sooner than the system does. */
const LONGEST: Seconds = 2 ** 52;

/** Writes a position in a file, or -1 for the current one, into an operation. */
function place(operation: Submitted<unknown>, position: number | null): void {
  if (position === null) {
    operation.offset = -1;
    operation.offsetHigh = -1;
  } else {
    operation.offset = position | 0;
    operation.offsetHigh = Math.floor(position / 2 ** 32);
  }
}

function checkPosition(position: number | null): void {
  if (position !== null) checkInteger('position', position, 0, Number.MAX_SAFE_INTEGER);
}

/**
 * Submits operations to the kernel, which waits, copies, and reports what is complete: a proactor.
 *
 * A method such as `recv()` makes no system call: it writes the operation into memory that the kernel shares.
 * `completions()` submits all of them at once, waits, and returns what is complete. One batch covers many sockets, so the
 * more connections there are, the less each costs.
 *
 * Guaranteed: all memory that the kernel reads and writes is the ring's own. What you pass is copied at once, and what
 * comes in is lent to you until the next `completions()`. After `close()`, or the end of its worker, the kernel uses none
 * of it.
 *
 * Not guaranteed: that this class stays as it is, because it is experimental; the order of the operations on one
 * descriptor, except that its sends follow one another; progress while you do not wait: an operation that does not
 * complete at once continues only in the next `completions()`.
 *
 * Trap: a descriptor that is closed while operations are pending on it stays open in the kernel, and its peer does not
 * see the end. Close it with `closeFd()`, which cancels them first.
 *
 * Linux: io_uring(7), since 5.11. The kernel repeats multishot operations since 6.1; before that, the ring does. Containers
 * often forbid io_uring: ask {@link available}. Use blocking descriptors: a non-blocking one costs a second operation
 * whenever it would have blocked.
 *
 * @typeParam D - the type of `completion.data`, which is passed with each operation.
 *
 * @example
 * ```ts
 * import { createConnection, createServer } from 'fd-selectors/socket';
 * import { Ring } from 'fd-selectors/uring';
 * const server = createServer(['127.0.0.1', 0]);
 * const client = createConnection(server.getsockname());
 * client.sendall(Buffer.from('ping'));
 *
 * const ring = new Ring();
 * ring.acceptMultishot(server);
 * for (let echoed = 0; echoed < 1; ) {
 *   for (const completion of ring.completions(5)) {
 *     const { op, fd, result } = completion;
 *     if (op === 'accept') ring.recvMultishot(result);
 *     else if (op === 'recv' && result > 0) ring.send(fd, completion); // sends the bytes that came, without a copy
 *     else if (op === 'recv') ring.closeFd(fd);
 *     else if (op === 'send') echoed++;
 *   }
 * }
 * assert.equal(client.recv(100).toString(), 'ping');
 * for (const open of [ring, client, server]) open.close();
 * ```
 */
export class Ring<D = undefined> extends SocketRing<D> {
  /**
   * Reads from a file, a pipe, or anything else: read(2). Completes with the number of bytes, which are the completion's
   * `bytes`; 0 is the end.
   *
   * @param nbytes - the most bytes to read.
   * @param position - where in the file, in bytes; `null` for the current position, as for anything that is not a file.
   * @throws {@link OSError} `ENOBUFS` if that exceeds the ring's memory; otherwise as `recv()` does.
   * @example
   * ```ts
   * import { openSync } from 'node:fs';
   * import { Ring } from 'fd-selectors/uring';
   * using ring = new Ring();
   * const fd = openSync(process.execPath, 'r');
   * ring.read(fd, 4, 0);
   * for (const { bytes } of ring.completions(5)) assert.equal(bytes.toString('latin1'), '\x7fELF');
   * ring.closeFd(fd);
   * assert.equal(ring.completions(5).length, 1);
   * ```
   */
  read(fd: FileObject, nbytes: number, position: number | null, ...data: DataArgument<D>): Operation<D>;
  read(fd: FileObject, nbytes: number, position: number | null, data?: D): Operation<D> {
    const engine = this.engine();
    const descriptor = this.descriptor(fd);
    checkInteger('nbytes', nbytes, 0);
    checkPosition(position);
    const block = engine.memory.take(nbytes);
    const operation = engine.make('read', descriptor, data as D, IORING_OP_READ).use(block, nbytes);
    place(operation, position);
    return engine.begin(operation);
  }

  /**
   * Writes to a file, a pipe, or anything else: write(2). Completes with the number of bytes. Without a position, it writes
   * all of them, after the sends and writes before it.
   *
   * @param position - as for `read()`.
   * @throws as `send()` does.
   */
  write(fd: FileObject, bytes: Bytes, position: number | null, ...data: DataArgument<D>): Operation<D>;
  write(fd: FileObject, bytes: Bytes, position: number | null, data?: D): Operation<D> {
    checkPosition(position);
    const operation = this.sending('write', fd, bytes, data, IORING_OP_WRITE);
    place(operation, position);
    return position === null ? this.engine().sends.begin(operation) : this.engine().begin(operation);
  }

  /** Brings what was written to a file to the disk: fsync(2). Completes with 0. @throws as `recv()` does. */
  fsync(fd: FileObject, ...data: DataArgument<D>): Operation<D>;
  fsync(fd: FileObject, data?: D): Operation<D> {
    return this.engine().begin(this.make('fsync', fd, data, IORING_OP_FSYNC));
  }

  /** As `fsync()`, without metadata that reading does not need: fdatasync(2). @throws as `recv()` does. */
  fdatasync(fd: FileObject, ...data: DataArgument<D>): Operation<D>;
  fdatasync(fd: FileObject, data?: D): Operation<D> {
    const operation = this.make('fsync', fd, data, IORING_OP_FSYNC);
    operation.flags = IORING_FSYNC_DATASYNC;
    return this.engine().begin(operation);
  }

  /**
   * Opens a file: openat(2). Completes with a new descriptor, which is yours to close and is close-on-exec.
   *
   * @param dirfd - the directory that a relative path begins at; `null` for the working directory.
   * @param flags - `O_*` of `fs.constants`, combined with `|`.
   * @param mode - the permissions of a file that is created.
   * @throws {@link ValueError} `ERR_INVALID_PATH` for a path with null bytes, `ERR_PATH_TOO_LONG`, `ERR_OUT_OF_RANGE`.
   * @example
   * ```ts
   * import { closeSync, constants } from 'node:fs';
   * import { Ring } from 'fd-selectors/uring';
   * using ring = new Ring();
   * ring.openat(null, '/etc/passwd', constants.O_RDONLY, 0);
   * for (const { result } of ring.completions(5)) closeSync(result);
   * ring.openat(null, '/nowhere', constants.O_RDONLY, 0);
   * for (const { error } of ring.completions(5)) assert.equal(error?.code, 'ENOENT');
   * ```
   */
  openat(
    dirfd: FileObject | null,
    path: string,
    flags: number,
    mode: number,
    ...data: DataArgument<D>
  ): Operation<D>;
  openat(dirfd: FileObject | null, path: string, flags: number, mode: number, data?: D): Operation<D> {
    const engine = this.engine();
    const directory = dirfd === null ? AT_FDCWD : filenoOf(dirfd, 'dirfd');
    checkString('path', path);
    if (!isCString(path)) {
      throw valueError('ERR_INVALID_PATH', 'path', 'a well-formed path without null bytes', path);
    }
    checkInteger('flags', flags);
    checkInteger('mode', mode, 0, 0o7777);
    const name = Buffer.from(`${path}\0`);
    if (name.length > PATH_MAX) {
      throw valueError('ERR_PATH_TOO_LONG', 'path', `a path of at most ${PATH_MAX - 1} bytes`, path);
    }
    const operation = engine
      .make('openat', -1, data as D, IORING_OP_OPENAT)
      .use(engine.memory.copy(name), mode);
    operation.target = directory;
    operation.flags = flags | O_CLOEXEC;
    return engine.begin(operation);
  }

  /**
   * Waits until a descriptor is ready: poll(2). Completes once, with the events that are.
   *
   * Not guaranteed: that they still hold when you see them. Another reader may have been faster.
   *
   * @param events - `POLLIN`, `POLLOUT` and so on, of `fd-selectors/select`, combined with `|`.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; otherwise as `recv()` does.
   */
  poll(fd: FileObject, events: number, ...data: DataArgument<D>): Operation<D>;
  poll(fd: FileObject, events: number, data?: D): Operation<D> {
    checkInteger('events', events, 0, 0xffff);
    const operation = this.make('poll', fd, data, IORING_OP_POLL_ADD);
    operation.flags = events;
    return this.engine().begin(operation);
  }

  /**
   * Completes with 0 when that much time has passed since it was submitted.
   *
   * @param seconds - may be fractional, with nanosecond precision.
   * @throws {@link ValueError} `ERR_INVALID_TIMEOUT` for NaN, infinity and less than 0; `ERR_CLOSED`; `TypeError`
   *   `ERR_INVALID_ARG_TYPE`; {@link OSError} `ENOBUFS` if there is no memory left for it.
   */
  timeout(seconds: Seconds, ...data: DataArgument<D>): Operation<D>;
  timeout(seconds: Seconds, data?: D): Operation<D> {
    const engine = this.engine();
    if (typeof seconds !== 'number' || !(seconds >= 0 && seconds < Infinity)) {
      throw numberError('ERR_INVALID_TIMEOUT', 'seconds', 'a non-negative, finite number', seconds);
    }
    const whole = Math.floor(Math.min(seconds, LONGEST));
    const nanoseconds = Math.min(Math.ceil((seconds - Math.floor(seconds)) * 1e9), 999_999_999);
    const block = engine.memory.take(TIMESPEC);
    block.bytes.writeBigInt64LE(BigInt(whole), 0);
    block.bytes.writeBigInt64LE(BigInt(nanoseconds), 8);
    return engine.begin(engine.make('timeout', -1, data as D, IORING_OP_TIMEOUT).use(block, 1));
  }
}
