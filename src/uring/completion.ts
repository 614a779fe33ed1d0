/** The results of operations. */
import { OSError, ValueError } from '../errors.js';
import type { OwnBuffer } from '../socket/buffer.js';
import { type Block, firstBytes } from './memory.js';
import type { Operation, OperationName, Submitted } from './operation.js';

/** The result of an operation. */
export interface Completion<D = undefined> extends Operation<D> {
  /** The operation, as its method returned it. */
  readonly operation: Operation<D>;
  /** What its system call returns: a number of bytes, a descriptor, 0; or `-errno`. */
  readonly result: number;
  /** Whether the operation will complete again. */
  readonly more: boolean;
  /**
   * What was received or read: `result` bytes in the ring's own memory, not a copy; of other operations none.
   *
   * Not guaranteed: anything after the next call of `completions()`, which gives the memory to other operations.
   *
   * @throws {@link ValueError} `ERR_BUFFER_RELEASED` after that, or once `send()` has taken the bytes over.
   */
  readonly bytes: OwnBuffer;
  /** The error of a negative result, which is not thrown; otherwise `undefined`. */
  readonly error: OSError | undefined;
}

const NOTHING: OwnBuffer = Buffer.alloc(0);

/** A completion, which lends its block to the user. */
export class Completed<D> implements Completion<D> {
  readonly operation: Submitted<D>;
  readonly result: number;
  readonly more: boolean;
  /** What it has on loan, as long as that is the block's present loan; `null` if that is over. */
  block: Block | null | undefined;
  readonly loan: number;

  constructor(operation: Submitted<D>, result: number, more: boolean, block: Block | undefined) {
    this.operation = operation;
    this.result = result;
    this.more = more;
    this.block = block;
    this.loan = block === undefined ? 0 : block.loan;
  }

  get op(): OperationName {
    return this.operation.op;
  }

  get fd(): number {
    return this.operation.fd;
  }

  get data(): D {
    return this.operation.data;
  }

  get bytes(): OwnBuffer {
    if (this.block === undefined) return NOTHING;
    const { lent } = this;
    if (lent !== undefined) return firstBytes(lent, this.result);
    const message = 'The bytes of the completion are released: they last until the next completions()';
    throw new ValueError('ERR_BUFFER_RELEASED', message);
  }

  /** The block that is on loan now. */
  get lent(): Block | undefined {
    const { block } = this;
    return block && block.loan === this.loan ? block : undefined;
  }

  get error(): OSError | undefined {
    return this.result < 0 ? OSError.fromErrno(this.result, this.op) : undefined;
  }
}
