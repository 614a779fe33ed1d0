/** An io_uring ring: operations go in, completions come out. */
import { inspect } from 'node:util';
import { checkInteger, checkOptions } from '../arguments.js';
import { check, checkClose, ENOSYS, errnoOf, osError, ValueError } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { native } from '../native.js';
import { type Timeout, toWait } from '../time.js';
import {
  CQ_OFF,
  CQE,
  IORING_ENTER_GETEVENTS,
  IORING_FEAT_EXT_ARG,
  IORING_FEAT_SINGLE_MMAP,
  IORING_OP_READ,
  IORING_OP_RECV,
  IORING_OP_SEND,
  IORING_SETUP_CLAMP,
  OFF_SQES,
  PARAMS,
  SQ_OFF,
  SQE,
} from './layout.js';

/** The result of an operation: its token, and what its system call returns, or `-errno`. */
export type Completion = [token: number, result: number];

/** Options of a {@link Ring}. */
export interface RingOptions {
  /** Operations that can be prepared before they are submitted; rounded up to a power of two. The default is 64. */
  readonly entries?: number;
  /** The size of {@link Ring.area} in bytes. The default is 65,536. */
  readonly areaSize?: number;
}

const MOST_TOKEN = 0x7fff_ffff;

/** The error of a wait that timed out: ETIME. */
const ETIME = errnoOf('ETIME');

/**
 * A submission queue and a completion queue, shared with the kernel.
 *
 * A method such as `recv()` makes no system call: it writes the operation into the ring. One `enter()` submits
 * all of them and waits for completions. The kernel copies into {@link Ring.area} by itself, so leave the bytes of an
 * operation alone until it is complete.
 *
 * Guaranteed: after `close()`, or the end of its worker, the kernel no longer writes. The memory stays valid for
 * as long as you reference it.
 *
 * Linux: io_uring(7), since 5.11. Containers often forbid it (`EPERM`), as does `sysctl kernel.io_uring_disabled=2`. An
 * operation on a non-blocking descriptor does not wait, but completes with `-EAGAIN`. On a kernel before 6.0, the area
 * of a ring stays mapped to the end of the process.
 *
 * @example
 * ```ts
 * import { socketpair } from 'fd-selectors/socket';
 * import { Ring } from 'fd-selectors/uring';
 * const [a, b] = socketpair();
 * const ring = new Ring();
 * ring.recv(a, 0, 100, 7); // at most 100 bytes, to the start of the area
 * ring.enter(0); // the kernel has it, and waits in our place
 * b.send(Buffer.from('ping'));
 * ring.enter(1);
 * assert.deepEqual(ring.completions(), [[7, 4]]);
 * assert.equal(Buffer.from(ring.area.subarray(0, 4)).toString(), 'ping');
 * for (const open of [ring, a, b]) open.close();
 * ```
 */
export class Ring implements Disposable {
  /** What operations read from and write to. */
  readonly area: Uint8Array<ArrayBuffer>;
  #fd: number;
  /** `struct io_uring_params`, as the kernel has filled it in. */
  readonly #params = new Int32Array(PARAMS.words);
  readonly #queues: Int32Array;
  readonly #sqes: Int32Array;
  readonly #longs: BigInt64Array;
  /** Where the area is. */
  readonly #address = new BigInt64Array(1);
  #prepared = 0;

  /**
   * @throws {@link OSError} `ENOSYS` if the kernel has no io_uring or is older than 5.11, `EPERM` where it is
   *   forbidden, `ENOMEM`, `EMFILE`.
   * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
   */
  constructor(options: RingOptions = {}) {
    const { entries = 64, areaSize = 65536 } = checkOptions(options);
    checkInteger('entries', entries, 1, 32768);
    checkInteger('areaSize', areaSize, 1, 0x4000_0000);
    const params = this.#params;
    params[PARAMS.flags] = IORING_SETUP_CLAMP;
    this.#fd = check(native.uringSetup(entries, params), 'io_uring_setup');
    try {
      const needed = IORING_FEAT_SINGLE_MMAP | IORING_FEAT_EXT_ARG;
      if ((this.#param(PARAMS.features) & needed) !== needed) throw osError(ENOSYS, 'io_uring_setup');
      this.#queues = this.#map(0, this.#queuesSize());
      this.#sqes = this.#map(OFF_SQES, this.#param(PARAMS.sqEntries) * SQE.words * 4);
      this.#longs = new BigInt64Array(this.#sqes.buffer);
      const into: ArrayBuffer[] = [];
      const address = new Int32Array(this.#address.buffer);
      check(native.uringArea(this.#fd, areaSize, into, address), 'mmap');
      this.area = new Uint8Array(into[0] as ArrayBuffer);
    } catch (error) {
      this.close();
      throw error;
    }
    // The index array gives the order of submissions: always their order in memory.
    const array = this.#param(SQ_OFF.array) >> 2;
    for (let i = 0; i < this.#param(PARAMS.sqEntries); i++) this.#queues[array + i] = i;
  }

  /** Returns the descriptor of the ring: readable while there are completions. */
  fileno(): number {
    if (this.#fd < 0) throw new ValueError('ERR_CLOSED', 'The Ring is closed');
    return this.#fd;
  }

  /**
   * Prepares a recv(2) of at most `length` bytes into the area from `start` on.
   *
   * @param token - comes back with the result: an integer from 0 to 2147483647.
   * @throws {@link ValueError} `ERR_RING_FULL` if `enter()` must come first, `ERR_OUT_OF_RANGE` for bytes that are
   *   not in the area, `ERR_INVALID_FD`, `ERR_CLOSED`; `TypeError` `ERR_INVALID_ARG_TYPE`. So do the other operations.
   */
  recv(fd: FileObject, start: number, length: number, token: number): void {
    this.#prepare(IORING_OP_RECV, fd, start, length, token, 0);
  }

  /** Prepares a send(2) of `length` bytes of the area; it may send part. It never raises SIGPIPE. */
  send(fd: FileObject, start: number, length: number, token: number): void {
    const MSG_NOSIGNAL = 0x4000;
    this.#prepare(IORING_OP_SEND, fd, start, length, token, MSG_NOSIGNAL);
  }

  /**
   * Prepares a read(2) into the area.
   *
   * @param position - in the file, in bytes; omitted, the current position, as for anything that is not a file.
   */
  read(fd: FileObject, start: number, length: number, token: number, position = -1): void {
    checkInteger('position', position, -1, Number.MAX_SAFE_INTEGER);
    this.#prepare(IORING_OP_READ, fd, start, length, token, 0, position);
  }

  /**
   * Submits all prepared operations, and waits: one system call.
   *
   * @param least - the number of completions, not yet returned by `completions()`, to wait for.
   * @param timeout - seconds; forever if left out.
   * @returns how many operations were submitted, even if the wait timed out, which is not an error.
   * @throws {@link OSError} `EINTR` when a signal arrives, `EBUSY` while there are too many completions to take.
   */
  enter(least = 0, timeout?: Timeout): number {
    const fd = this.fileno();
    checkInteger('least', least, 0, this.#param(PARAMS.cqEntries));
    const result = native.uringEnter(fd, this.#prepared, least, IORING_ENTER_GETEVENTS, toWait(timeout));
    const left = this.#waiting();
    const submitted = this.#prepared - left;
    this.#prepared = left;
    return result === -ETIME ? submitted : check(result, 'io_uring_enter');
  }

  /** Takes the completions so far, in order of completion. Makes no system call and does not wait. */
  completions(): Completion[] {
    this.fileno();
    const head = this.#param(CQ_OFF.head) >> 2;
    const cqes = this.#param(CQ_OFF.cqes) >> 2;
    const mask = this.#param(PARAMS.cqEntries) - 1;
    const tail = Atomics.load(this.#queues, this.#param(CQ_OFF.tail) >> 2);
    const completions: Completion[] = [];
    let at = this.#queues[head] as number;
    for (; at !== tail; at = (at + 1) | 0) {
      const cqe = cqes + (at & mask) * CQE.words;
      completions.push([this.#queues[cqe + CQE.token] as number, this.#queues[cqe + CQE.result] as number]);
    }
    Atomics.store(this.#queues, head, at);
    return completions;
  }

  /**
   * Cancels pending operations, waits until they have ended, and closes the ring. Their descriptors stay open.
   * Closing it again does nothing.
   */
  close(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    checkClose(native.uringClose(fd));
  }

  /** Calls `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** `<Ring fd=7>`, `<Ring [closed]>`. Never throws. */
  toString(): string {
    if (!(#fd in this)) return '<Ring>';
    return this.#fd < 0 ? '<Ring [closed]>' : `<Ring fd=${this.#fd}>`;
  }

  /** @internal */
  [inspect.custom](): string {
    return this.toString();
  }

  #param(word: number): number {
    return this.#params[word] as number;
  }

  #queuesSize(): number {
    const submissions = this.#param(SQ_OFF.array) + this.#param(PARAMS.sqEntries) * 4;
    return Math.max(submissions, this.#param(CQ_OFF.cqes) + this.#param(PARAMS.cqEntries) * CQE.words * 4);
  }

  #map(offset: number, size: number): Int32Array {
    const into: ArrayBuffer[] = [];
    check(native.uringMap(this.#fd, offset, size, into), 'mmap');
    return new Int32Array(into[0] as ArrayBuffer);
  }

  /** How many submissions the kernel has not consumed. */
  #waiting(): number {
    const head = Atomics.load(this.#queues, this.#param(SQ_OFF.head) >> 2);
    return ((this.#queues[this.#param(SQ_OFF.tail) >> 2] as number) - head) | 0;
  }

  #prepare(
    opcode: number,
    fd: FileObject,
    start: number,
    length: number,
    token: number,
    flags: number,
    position = 0,
  ): void {
    this.fileno();
    const descriptor = filenoOf(fd, 'fd');
    checkInteger('start', start, 0, this.area.length);
    checkInteger('length', length, 0, this.area.length - start);
    checkInteger('token', token, 0, MOST_TOKEN);
    const entries = this.#param(PARAMS.sqEntries);
    if (this.#waiting() === entries) {
      throw new ValueError('ERR_RING_FULL', `All ${entries} entries of the Ring are prepared: call enter()`);
    }
    const tail = this.#param(SQ_OFF.tail) >> 2;
    const at = this.#queues[tail] as number;
    const sqe = (at & (entries - 1)) * SQE.words;
    this.#sqes.fill(0, sqe, sqe + SQE.words);
    this.#sqes[sqe] = opcode;
    this.#sqes[sqe + SQE.fd] = descriptor;
    this.#longs[(sqe + SQE.offset) / 2] = BigInt(position);
    this.#longs[(sqe + SQE.address) / 2] = (this.#address[0] as bigint) + BigInt(start);
    this.#sqes[sqe + SQE.length] = length;
    this.#sqes[sqe + SQE.flags] = flags;
    this.#sqes[sqe + SQE.token] = token;
    // Last: from here on the kernel may consume it.
    Atomics.store(this.#queues, tail, (at + 1) | 0);
    this.#prepared++;
  }
}
