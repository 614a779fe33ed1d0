/** Begins operations, and takes their completions: when to begin again, to wait, to hand memory on. */
import { EAGAIN, errnoOf } from '../errors.js';
import { native, type Wait } from '../native.js';
import { deadlineOf, remaining } from '../time.js';
import { Completed } from './completion.js';
import { Descriptors } from './descriptors.js';
import * as layout from './layout.js';
import { Loans } from './loans.js';
import { type Block, Memory } from './memory.js';
import { type OperationName, type Submitted, WAITING } from './operation.js';
import { Operations, opens } from './operations.js';
import { Queues } from './queues.js';
import { isMessage, Receives } from './receives.js';
import { awaited, ETIME, succeeded } from './retry.js';
import { Sends } from './sends.js';
import type { Sizes } from './sizes.js';
import { Submitter } from './submitter.js';

/** Declared here: see submitter.ts. */
const { IORING_CQE_BUFFER_SHIFT, IORING_CQE_F_BUFFER, IORING_CQE_F_MORE } = layout;
const { words: CQE_WORDS, slot: SLOT, result: RESULT, flags: FLAGS } = layout.CQE;
const ECANCELED = errnoOf('ECANCELED');
const ENOBUFS = errnoOf('ENOBUFS');

const LENT_AND_MORE = IORING_CQE_F_BUFFER | IORING_CQE_F_MORE;

/** How often a batch enters, at most, for completions that did not fit into the queue. */
const MOST_ROUNDS = 10_000;

/** How often a batch looks for completions that came while it was taken. */
const MOST_CALMS = 4;

/** The operations of one ring. */
export class Engine<D> {
  readonly queues: Queues;
  readonly memory: Memory;
  readonly submitter: Submitter<D>;
  readonly #operations = new Operations<D>();
  /** Called when completions were taken, if somebody watches the ring's descriptor. */
  onTaken: (() => void) | undefined;
  readonly receives: Receives<D>;
  readonly descriptors = new Descriptors<D>();
  readonly sends: Sends<D>;
  /** Completions for the next batch. */
  #batch: Completed<D>[] = [];
  readonly #loans: Loans<D>;
  readonly #issue = (operation: Submitted<D>): void => {
    if (operation.op === 'close') this.#issueClose(operation);
    else if (operation.op !== 'recv' || this.receives.prepare(operation)) this.submitter.issue(operation);
  };

  constructor(sizes: Sizes) {
    this.queues = new Queues(sizes.entries, sizes.completions);
    this.memory = new Memory(this.queues, sizes.memory);
    this.submitter = new Submitter(this.queues);
    this.receives = new Receives(this.queues, this.memory, sizes.buffers, sizes.bufferSize);
    this.#loans = new Loans(this.receives);
    this.sends = new Sends(this.#operations, this.descriptors, this.submitter, this.receives, this.#issue);
  }

  /** Makes an operation, which is not begun. */
  make(op: OperationName, fd: number, data: D, code: number): Submitted<D> {
    return this.#operations.make(op, fd, data, code);
  }

  /** Whether there are operations that have not completed. */
  get pending(): boolean {
    return this.#operations.pending || this.submitter.silent.pending;
  }

  /** Begins an operation. */
  begin(operation: Submitted<D>): Submitted<D> {
    if (operation.fd >= 0) {
      operation.on = this.descriptors.get(operation.fd);
      operation.on.arm(operation);
    }
    try {
      this.#issue(operation);
    } catch (error) {
      this.#finish(operation);
      throw error;
    }
    return operation;
  }

  /** Closes a descriptor once everything is sent; its other operations are cancelled first. */
  close(operation: Submitted<D>): Submitted<D> {
    // Until the kernel is told to close it, the end of a worker does.
    native.track(operation.fd);
    operation.on = this.descriptors.get(operation.fd);
    operation.on.closing = operation;
    if (operation.on.sends) this.submitter.silent.await();
    else this.#issue(operation);
    return operation;
  }

  /** Cancels an operation; returns whether it was pending. */
  cancel(operation: Submitted<D>): boolean {
    if (!this.#operations.has(operation)) return false;
    operation.cancelled = true;
    if (operation.state === WAITING) this.#endHere(operation);
    else this.submitter.cancel(operation);
    return true;
  }

  /** Submits what is prepared, without a wait. */
  submit(): void {
    const { queues, submitter } = this;
    do {
      submitter.drain(this.#issue);
      if (queues.unsubmitted > 0) queues.submit(0);
      // What is in the queue tells of the others, and nobody has to be told that it is there.
    } while (queues.head === queues.tail && this.sends.settle(submitter.silent.taken));
  }

  /** Gives back what the last batch lent, and waits for the next; a signal ends the wait. */
  batch(wait: Wait): Completed<D>[] {
    const { queues, submitter } = this;
    const batch = this.#batch;
    const deadline = wait > 0 ? deadlineOf(wait) : 0;
    for (let left = wait; ; left = wait > 0 ? remaining(deadline) : wait) {
      this.#recycle();
      submitter.drain(this.#issue);
      const waits =
        left !== 0 &&
        batch.length === 0 &&
        queues.head === queues.tail &&
        !submitter.silent.holdUp(this.receives);
      const enters = waits || queues.unsubmitted > 0 || queues.held;
      const ended = enters && queues.submit(waits ? left : 0);
      let came = this.#reap(batch);
      if (queues.overflows && submitter.silent.pending) came = this.#reapAll(batch) || came;
      // Otherwise every completion was internal: a receive that found no buffer, a part of a send.
      if (batch.length > 0 || ended || (left === 0 && (!came || wait > 0))) break;
    }
    if (this.onTaken !== undefined) this.#calm(batch, this.onTaken);
    this.#batch = [];
    return batch;
  }

  /** Until the eventfd is silent. It stays readable after some rounds; silent sends do not count: they leave it silent. */
  #calm(batch: Completed<D>[], onTaken: () => void): void {
    const { queues } = this;
    for (let i = 0; i < MOST_CALMS; ) {
      onTaken();
      if (queues.unsubmitted === 0 && !queues.held && queues.head === queues.tail) return;
      if (!this.#submits(batch.length > 0)) return;
      const none = queues.head === queues.tail;
      if (!this.#reap(batch) || !none) i++;
    }
  }

  /** Submits; an error that `mayWait` comes again with the next batch: it must not take this one away. */
  #submits(mayWait: boolean): boolean {
    try {
      this.queues.submit(0);
      return true;
    } catch (error) {
      if (mayWait) return false;
      throw error;
    }
  }

  /** Ends everything, and closes the ring. */
  end(): void {
    this.#closeNow();
    if (!this.queues.cancelsAll) this.#cancelAll();
    this.queues.close();
    this.#loans.end();
  }

  /** Closes the descriptors whose close waits: for what is sent before it, or for room. */
  #closeNow(): void {
    for (const operation of this.#operations.bySlot) {
      if (operation?.op !== 'close' || operation.state !== WAITING) continue;
      this.cancel(operation);
      native.close(operation.fd);
    }
  }

  /** For kernels that cannot cancel everything in one call, or must not. */
  #cancelAll(): void {
    const deadline = deadlineOf(10);
    const batch = this.#batch;
    while (this.pending && remaining(deadline) > 0) {
      // Each time, because a silent send that is reported becomes an operation.
      for (const operation of this.#operations.bySlot)
        if (operation?.cancelled === false && operation.op !== 'close') this.cancel(operation);
      this.submitter.drain(this.#issue);
      this.queues.submit(0.1);
      this.#reap(batch);
    }
    for (const { op, result } of batch) if (opens(op) && result >= 0) native.close(result);
  }

  #recycle(): void {
    this.#loans.end();
    this.receives.publish();
    this.receives.rearm(this.#issue);
  }

  /** Takes what is complete; returns whether there was any. */
  #reap(batch: Completed<D>[]): boolean {
    const { words, cqes, cqMask, tail, head } = this.queues;
    const { bySlot } = this.#operations;
    const { taken } = this.submitter.silent;
    for (let next = head; next !== tail; next = (next + 1) | 0) {
      const at = cqes + (next & cqMask) * CQE_WORDS;
      const slot = words[at + SLOT] as number;
      const result = words[at + RESULT] as number;
      const operation = slot < 0 ? this.sends.reported(slot) : bySlot[slot];
      if (operation === undefined) continue;
      const flags = words[at + FLAGS] as number;
      if (slot < 0 && result === -EAGAIN) this.#again(operation);
      else if (result > 0 && (flags & LENT_AND_MORE) === LENT_AND_MORE)
        this.#receivedMore(operation, result, flags >>> IORING_CQE_BUFFER_SHIFT, batch);
      else this.#take(operation, result, flags, batch);
    }
    if (head !== tail) this.queues.take(tail);
    return this.sends.settle(taken) || head !== tail;
  }

  /** The kernel could take nothing of a silent send: this time it waits until it can. */
  #again(operation: Submitted<D>): void {
    operation.state = WAITING;
    this.#issue(operation);
  }

  /**
   * Takes what did not fit into the queue, too: only then is it known which silent sends are done, and if more comes each
   * time, it never is. Meanwhile, no buffer is given back and no receive that found none begins, so there is an end.
   */
  #reapAll(batch: Completed<D>[]): boolean {
    let came = false;
    for (let round = 0; round < MOST_ROUNDS && this.queues.overflows; round++) {
      if (!this.#submits(batch.length > 0)) break;
      came = this.#reap(batch) || came;
    }
    return came;
  }

  #take(operation: Submitted<D>, result: number, flags: number, batch: Completed<D>[]): void {
    if (operation.unseen && result === operation.length && operation.polling === 0 && !operation.cancelled) {
      this.sends.finishUnseen(operation);
      return;
    }
    const goesOn = (flags & IORING_CQE_F_MORE) !== 0;
    if (!goesOn) operation.state = WAITING;
    const lent =
      (flags & IORING_CQE_F_BUFFER) === 0
        ? undefined
        : this.receives.taken(flags >>> IORING_CQE_BUFFER_SHIFT);
    if (operation.polling === 0 && result >= 0) operation.failed = 0;
    if (operation.polling !== 0) this.#polled(operation, result, batch);
    else if (result < 0) this.#failed(operation, result, batch);
    else if (operation.op === 'recv') this.#received(operation, result, goesOn, lent, batch);
    else if (operation.inTurn) this.#sent(operation, result, batch);
    else if (opens(operation.op)) this.#opened(operation, result, goesOn, batch);
    else
      this.#complete(
        operation,
        result,
        false,
        result > 0 && operation.op === 'read' ? operation.takeBlock() : undefined,
        batch,
      );
  }

  /** The pause is over, so the descriptor is polled; or it is ready, so the operation itself is tried again. */
  #polled(operation: Submitted<D>, result: number, batch: Completed<D>[]): void {
    if (operation.pausing && result === -ETIME && !operation.cancelled) {
      operation.pausing = false;
      this.#issue(operation);
      return;
    }
    operation.polling = 0;
    operation.pausing = false;
    if (result >= 0 && !operation.cancelled) this.#issue(operation);
    else this.#complete(operation, operation.cancelled ? -ECANCELED : result, false, undefined, batch);
  }

  #failed(operation: Submitted<D>, result: number, batch: Completed<D>[]): void {
    const events = awaited(operation.op, result);
    if (events !== 0 && !operation.cancelled) {
      operation.polling = events;
      operation.failed++;
      operation.pausing = operation.failed > 1;
      this.#issue(operation);
      return;
    }
    if (operation.op === 'recv' && result === -ENOBUFS && !operation.cancelled) {
      if (this.receives.starve(operation)) return;
    }
    this.#complete(operation, succeeded(operation.op, result) ? 0 : result, false, undefined, batch);
  }

  /** Nearly all that a server gets: a receive has bytes in a shared buffer, and goes on. */
  #receivedMore(operation: Submitted<D>, result: number, number: number, batch: Completed<D>[]): void {
    const block = this.receives.taken(number);
    operation.failed = 0;
    operation.fed = true;
    batch.push(new Completed(operation, result, true, block));
    this.#loans.addShared(block);
  }

  #received(
    operation: Submitted<D>,
    result: number,
    goesOn: boolean,
    lent: Block | undefined,
    batch: Completed<D>[],
  ): void {
    let block = lent ?? operation.takeBlock();
    if (result === 0 && block !== undefined) {
      this.receives.giveBack(block);
      block = undefined;
    }
    operation.fed = true;
    const again =
      !goesOn && operation.multishot && !operation.cancelled && (result > 0 || isMessage(operation));
    this.#complete(operation, result, goesOn || again, block, batch);
    if (again && !this.receives.standBack(operation)) this.#issue(operation);
  }

  #opened(operation: Submitted<D>, fd: number, goesOn: boolean, batch: Completed<D>[]): void {
    native.track(fd);
    this.descriptors.forget(fd);
    const again = !goesOn && operation.multishot && !operation.cancelled;
    this.#complete(operation, fd, goesOn || again, undefined, batch);
    if (again) this.#issue(operation);
  }

  #sent(operation: Submitted<D>, result: number, batch: Completed<D>[]): void {
    operation.sent += result;
    if (result > 0 && result < operation.length && !operation.cancelled) {
      operation.skip(result);
      this.#issue(operation);
    } else {
      this.#complete(operation, operation.sent, false, undefined, batch);
    }
  }

  #complete(
    operation: Submitted<D>,
    result: number,
    more: boolean,
    block: Block | undefined,
    batch: Completed<D>[],
  ): void {
    // However it was cancelled: what it has sent is on its way.
    const sent = result < 0 && operation.cancelled ? operation.sent : 0;
    const completed = new Completed(operation, sent > 0 ? sent : result, more, block);
    batch.push(completed);
    if (block !== undefined) this.#loans.add(completed, block);
    if (!more) this.#finish(operation);
  }

  /** The operation ends without the kernel. */
  #endHere(operation: Submitted<D>): void {
    this.#complete(operation, -ECANCELED, false, undefined, this.#batch);
  }

  /** The operation is complete. */
  #finish(operation: Submitted<D>): void {
    this.#operations.finish(operation);
    const block = operation.takeBlock();
    if (block !== undefined) this.receives.giveBack(block, operation.inTurn);
    const { on } = operation;
    if (on === undefined) return;
    if (operation.inTurn) this.sends.next(operation);
    else if (operation.op !== 'close') on.disarm(operation);
    else if (on.closing === operation) on.closing = undefined;
  }

  #issueClose(operation: Submitted<D>): void {
    const { on, fd } = operation;
    const begun: Submitted<D>[] = [];
    for (let one = on?.armed; one !== undefined; ) {
      const next: Submitted<D> | undefined = one.after;
      one.cancelled = true;
      if (one.state === WAITING) this.#endHere(one);
      else begun.push(one);
      one = next;
    }
    if (!this.submitter.close(operation, begun)) return;
    this.queues.handOver(fd);
    // From now on the number may be another file's.
    this.descriptors.forget(fd);
  }
}
