/** The operations of one ring, each in a slot, whose number comes back with its completions. */
import { IORING_OP_SEND } from './layout.js';
import { DONE, OPENS, type OperationName, Submitted, WHOLE } from './operation.js';

const MOST_TAG = 0x7fff_ffff;

/** Whether the operation returns a descriptor. */
export function opens(op: OperationName): boolean {
  return op === 'accept' || op === 'openat';
}

/** A table of operations that have not completed. */
export class Operations<D> {
  readonly bySlot: (Submitted<D> | undefined)[] = [];
  readonly #free: number[] = [];
  /** Sends that nobody has seen, and that are complete. Each keeps its slot, and is used again. */
  #idle: Submitted<D>[] = [];
  #tag = 0;

  /** Makes an operation, which is not begun. */
  make(op: OperationName, fd: number, data: D, code: number): Submitted<D> {
    const slot = this.#free.pop() ?? this.bySlot.length;
    this.#tag = (this.#tag + 1) & MOST_TAG;
    const tag = opens(op) ? this.#tag | OPENS : this.#tag;
    const operation = new Submitted(op, fd, data, slot, tag, code);
    this.bySlot[slot] = operation;
    return operation;
  }

  /** Makes a send that nobody sees unless it fails. */
  makeUnseen(fd: number, data: D): Submitted<D> {
    const operation = this.#idle.pop()?.reuse(fd, data) ?? this.make('send', fd, data, IORING_OP_SEND);
    operation.unseen = true;
    operation.flags = WHOLE;
    return operation;
  }

  has(operation: Submitted<D>): boolean {
    return this.bySlot[operation.slot] === operation && operation.state !== DONE;
  }

  /** Whether there are operations that have not completed. */
  get pending(): boolean {
    return this.#free.length + this.#idle.length < this.bySlot.length;
  }

  /** The operation is complete, and its slot another's. */
  finish(operation: Submitted<D>): void {
    operation.state = DONE;
    this.bySlot[operation.slot] = undefined;
    this.#free.push(operation.slot);
  }

  /** The operation is complete, and nobody has seen it. */
  finishUnseen(operation: Submitted<D>): void {
    operation.state = DONE;
    this.#idle.push(operation);
  }
}
