/** Sends: one at a time for each descriptor, because two are reordered when the socket is full. */
import type { Descriptors } from './descriptors.js';
import type { Block } from './memory.js';
import { type Descriptor, SUBMITTED, type Submitted } from './operation.js';
import type { Operations } from './operations.js';
import type { Receives } from './receives.js';
import type { Submitter } from './submitter.js';

/** The sends of one ring. */
export class Sends<D> {
  readonly #operations: Operations<D>;
  readonly #descriptors: Descriptors<D>;
  readonly #submitter: Submitter<D>;
  readonly #receives: Receives<D>;
  readonly #issue: (operation: Submitted<D>) => void;

  constructor(
    operations: Operations<D>,
    descriptors: Descriptors<D>,
    submitter: Submitter<D>,
    receives: Receives<D>,
    issue: (operation: Submitted<D>) => void,
  ) {
    this.#operations = operations;
    this.#descriptors = descriptors;
    this.#submitter = submitter;
    this.#receives = receives;
    this.#issue = issue;
  }

  /** Begins a send, once those before it are done. */
  begin(operation: Submitted<D>): Submitted<D> {
    operation.inTurn = true;
    const on = this.#descriptors.get(operation.fd);
    operation.on = on;
    if (on.send(operation)) this.#submitter.issue(operation);
    else this.#submitter.silent.await();
    return operation;
  }

  /** Begins a send that nobody sees unless it fails. */
  beginUnseen(fd: number, data: D, block: Block, length: number): void {
    const on = this.#descriptors.get(fd);
    if (on.sends || !this.#submitter.sendSilently(on, fd, data, block, length))
      this.begin(this.#operations.makeUnseen(fd, data).use(block, length));
  }

  /** A silent send that the kernel reports becomes an operation; `undefined` if the slot is not that of one. */
  reported(slot: number): Submitted<D> | undefined {
    const written = this.#submitter.silent.reported(slot);
    if (written === undefined) return undefined;
    const { on, fd, data, block, length } = written;
    const operation = this.#operations.makeUnseen(fd, data as D).use(block as Block, length);
    operation.state = SUBMITTED;
    operation.inTurn = true;
    operation.on = on;
    on.sendFirst(operation);
    return operation;
  }

  /** Finishes the silent sends that the kernel has taken; returns whether there are any. */
  settle(taken: number): boolean {
    return this.#submitter.silent.settle(taken, this.#finishSilent);
  }

  readonly #finishSilent = (on: Descriptor<D>, block: Block): void => {
    this.#receives.giveBack(block, true);
    if (on.sending !== undefined) this.#goOn(on, on.sending);
    else if (on.closing !== undefined) this.#issue(on.closing);
  };

  /** A send that nobody has seen is done, and nobody needs to know. */
  finishUnseen(operation: Submitted<D>): void {
    this.#operations.finishUnseen(operation);
    this.#receives.giveBack(operation.takeBlock() as Block, true);
    this.next(operation);
  }

  /** A send is done: begins the next, or the close that has waited. */
  next(operation: Submitted<D>): void {
    const { on } = operation;
    if (on === undefined || on.sending !== operation) return;
    const next = on.sent(operation);
    if (on.written !== undefined) return;
    if (next !== undefined) this.#goOn(on, next);
    else if (on.closing !== undefined) this.#issue(on.closing);
  }

  /** Begins a send that has waited for another. */
  #goOn(on: Descriptor<D>, operation: Submitted<D>): void {
    if (!operation.unseen || !this.#goOnSilently(on, operation)) this.#submitter.issue(operation);
  }

  #goOnSilently(on: Descriptor<D>, operation: Submitted<D>): boolean {
    const { fd, data, block, length } = operation;
    if (operation.cancelled || !this.#submitter.sendSilently(on, fd, data, block as Block, length))
      return false;
    operation.takeBlock();
    on.sent(operation);
    this.#operations.finishUnseen(operation);
    if (on.sending !== undefined || on.closing !== undefined) this.#submitter.silent.await();
    return true;
  }
}
