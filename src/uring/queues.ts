/** The two queues that we share with the kernel, and the three system calls on them. */
import { check, checkClose, EINTR, EINVAL, ENOSYS, errnoOf, osError } from '../errors.js';
import { native, type Result, type Wait } from '../native.js';
import {
  CQ_OFF,
  CQE,
  IORING_ENTER_GETEVENTS,
  IORING_FEAT_EXT_ARG,
  IORING_FEAT_NODROP,
  IORING_FEAT_SINGLE_MMAP,
  IORING_FEAT_SUBMIT_STABLE,
  IORING_REGISTER_PROBE,
  IORING_SETUP_CLAMP,
  IORING_SETUP_CQSIZE,
  IORING_SETUP_DEFER_TASKRUN,
  IORING_SETUP_SINGLE_ISSUER,
  IORING_SETUP_SUBMIT_ALL,
  IORING_SETUP_TASKRUN_FLAG,
  IORING_SQ_CQ_OVERFLOW,
  IORING_SQ_TASKRUN,
  OFF_SQES,
  PARAMS,
  SQ_OFF,
  SQE,
} from './layout.js';

/** Since Linux 5.11: features that we cannot do without. */
const NEEDED = IORING_FEAT_SINGLE_MMAP | IORING_FEAT_NODROP | IORING_FEAT_SUBMIT_STABLE | IORING_FEAT_EXT_ARG;
const PLAIN = IORING_SETUP_CLAMP | IORING_SETUP_CQSIZE;
/** Since Linux 6.1: the kernel completes nothing until we enter, so completions never interrupt the thread. */
const DEFERRED =
  PLAIN |
  IORING_SETUP_SUBMIT_ALL |
  IORING_SETUP_TASKRUN_FLAG |
  IORING_SETUP_SINGLE_ISSUER |
  IORING_SETUP_DEFER_TASKRUN;

/** The words of a submission: declared here, see submitter.ts. */
const SQE_WORDS = SQE.words;

/** The errors of a wait that timed out, and of a queue that must be emptied first. */
const ETIME = errnoOf('ETIME');
const EBUSY = errnoOf('EBUSY');

/** What a kernel before 6.1 lacks; a test sets it to run on the rest alone. */
export const kernel = { deferred: true };

/** Memory that belongs to a ring: its bytes, and its address in two words. */
export interface Area {
  readonly queues: Queues;
  readonly buffer: ArrayBuffer;
  readonly low: number;
  readonly high: number;
}

/** A submission queue and a completion queue. */
export class Queues {
  /** -1 once closed. */
  fd: number;
  /** Whether the kernel defers completions; then it also has everything else that we use. */
  readonly deferred: boolean;
  /** The submissions. */
  readonly sqes: Int32Array;
  /** The counters, and the completions from `cqes` on. */
  readonly words: Int32Array;
  readonly cqes: number;
  readonly cqMask: number;
  readonly #params = new Int32Array(PARAMS.words);
  readonly #entries: number;
  readonly #sqHead: number;
  readonly #sqTail: number;
  readonly #sqFlags: number;
  readonly #cqHead: number;
  readonly #cqTail: number;
  /** The end of what is written. */
  #tail = 0;
  /** What submissions close is this thread's until the kernel has taken them: it may end before that. */
  #closing: number[] = [];

  /**
   * @throws {@link OSError} `ENOSYS`, `EPERM`, `ENOMEM`, `EMFILE`.
   */
  constructor(entries: number, completions: number) {
    const deferred = kernel.deferred ? this.#setup(entries, completions, DEFERRED) : -EINVAL;
    this.deferred = deferred !== -EINVAL;
    const fd = this.deferred ? deferred : this.#setup(entries, completions, PLAIN);
    this.fd = check(fd, 'io_uring_setup');
    try {
      if ((this.#param(PARAMS.features) & NEEDED) !== NEEDED) throw osError(ENOSYS, 'io_uring_setup');
      this.words = this.#map(0, this.#size());
      this.sqes = this.#map(OFF_SQES, this.#param(PARAMS.sqEntries) * SQE.words * 4);
    } catch (error) {
      this.close();
      throw error;
    }
    this.#entries = this.#param(PARAMS.sqEntries);
    this.cqMask = this.#param(PARAMS.cqEntries) - 1;
    this.#sqHead = this.#word(SQ_OFF.head);
    this.#sqTail = this.#word(SQ_OFF.tail);
    this.#sqFlags = this.#word(SQ_OFF.flags);
    this.#cqHead = this.#word(CQ_OFF.head);
    this.#cqTail = this.#word(CQ_OFF.tail);
    this.cqes = this.#word(CQ_OFF.cqes);
    // The index array gives the order of submissions: always their order in memory.
    const array = this.#word(SQ_OFF.array);
    for (let i = 0; i < this.#entries; i++) this.words[array + i] = i;
  }

  /** The number of submissions that the queue holds. */
  get entries(): number {
    return this.#entries;
  }

  /** How many submissions the kernel has not taken. */
  get unsubmitted(): number {
    return (this.#tail - (this.words[this.#sqHead] as number)) | 0;
  }

  /** Whether the kernel can cancel all operations in one call: io_uring_register(2), which may be forbidden. */
  get cancelsAll(): boolean {
    if (!this.deferred) return false;
    return native.uringRegister(this.fd, IORING_REGISTER_PROBE, new ArrayBuffer(16), 0) >= 0;
  }

  /** Whether the kernel has completions that it adds to the queue when we enter. */
  get held(): boolean {
    return ((this.words[this.#sqFlags] as number) & (IORING_SQ_CQ_OVERFLOW | IORING_SQ_TASKRUN)) !== 0;
  }

  /** Whether some of those did not fit into it. */
  get overflows(): boolean {
    return ((this.words[this.#sqFlags] as number) & IORING_SQ_CQ_OVERFLOW) !== 0;
  }

  /** The first completion that is not taken. */
  get head(): number {
    return this.words[this.#cqHead] as number;
  }

  /**
   * The end of the completions. Where the kernel defers them, it writes them only while this thread enters, and nothing
   * needs to be atomic.
   */
  get tail(): number {
    return this.deferred ? (this.words[this.#cqTail] as number) : Atomics.load(this.words, this.#cqTail);
  }

  /** Gives the room of completions back, up to `head`. */
  take(head: number): void {
    if (this.deferred) this.words[this.#cqHead] = head;
    else Atomics.store(this.words, this.#cqHead, head);
  }

  /** Whether there is room for so many submissions, if need be after the kernel has taken those before. */
  makeRoom(count: number): boolean {
    if (this.#entries - this.unsubmitted >= count) return true;
    // An error comes again when we enter to wait.
    this.enter(0, 0);
    return this.#entries - this.unsubmitted >= count;
  }

  /** Returns where in `sqes` to write the next submission; there must be room. */
  next(): number {
    const at = (this.#tail & (this.#entries - 1)) * SQE_WORDS;
    this.#tail = (this.#tail + 1) | 0;
    // The kernel reads it only when we enter.
    this.words[this.#sqTail] = this.#tail;
    return at;
  }

  /** Notes that what was written closes a descriptor. */
  handOver(fd: number): void {
    this.#closing.push(fd);
  }

  /** Submits, and waits for so many completions: io_uring_enter(2). */
  enter(least: number, wait: Wait): Result {
    const result = native.uringEnter(this.fd, this.unsubmitted, least, IORING_ENTER_GETEVENTS, wait);
    if (this.#closing.length > 0 && this.unsubmitted === 0) {
      for (const fd of this.#closing) native.untrack(fd);
      this.#closing = [];
    }
    return result;
  }

  /**
   * Submits, and waits for a completion if `wait` is not 0.
   *
   * @returns whether a signal or the timeout ended the wait.
   * @throws {@link OSError} what io_uring_enter(2) returns, except for what completions explain.
   */
  submit(wait: Wait): boolean {
    const result = wait === 0 ? this.enter(0, -1) : this.enter(1, wait);
    if (result === -EINTR) return true;
    if (result < 0 && result !== -ETIME && result !== -EBUSY) check(result, 'io_uring_enter');
    // What it has submitted hides the error of the wait; but unless it has submitted everything, it has not waited.
    return wait !== 0 && this.unsubmitted === 0 && this.head === this.tail;
  }

  /** Maps memory that operations may use. */
  map(size: number): Area {
    const area = this.#area(size);
    if (typeof area === 'number') throw osError(-area, 'mmap');
    return area;
  }

  /** As `map()`, but returns `undefined` if that fails. */
  tryMap(size: number): Area | undefined {
    const area = this.#area(size);
    return typeof area === 'number' ? undefined : area;
  }

  register(opcode: number, argument: Int32Array<ArrayBuffer>): Result {
    return native.uringRegister(this.fd, opcode, argument.buffer, 1);
  }

  /** Cancels all operations, waits until they have ended, and closes the ring. */
  close(): void {
    const { fd } = this;
    this.fd = -1;
    checkClose(native.uringClose(fd));
  }

  #area(size: number): Area | Result {
    const into: ArrayBuffer[] = [];
    const address = new Int32Array(2);
    const result = native.uringArea(this.fd, size, into, address);
    if (result < 0) return result;
    const [low, high] = address as unknown as [number, number];
    return { queues: this, buffer: into[0] as ArrayBuffer, low, high };
  }

  #setup(entries: number, completions: number, flags: number): Result {
    this.#params.fill(0);
    this.#params[PARAMS.flags] = flags;
    this.#params[PARAMS.cqEntries] = completions;
    return native.uringSetup(entries, this.#params);
  }

  #param(word: number): number {
    return this.#params[word] as number;
  }

  #word(param: number): number {
    return this.#param(param) >> 2;
  }

  #size(): number {
    const submissions = this.#param(SQ_OFF.array) + this.#param(PARAMS.sqEntries) * 4;
    return Math.max(submissions, this.#param(CQ_OFF.cqes) + this.#param(PARAMS.cqEntries) * CQE.words * 4);
  }

  #map(offset: number, size: number): Int32Array {
    const into: ArrayBuffer[] = [];
    check(native.uringMap(this.fd, offset, size, into), 'mmap');
    return new Int32Array(into[0] as ArrayBuffer);
  }
}
