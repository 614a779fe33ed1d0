/** Operations on descriptors that do not block: what they wait for before another attempt, and how long they pause. */
import { POLLIN, POLLOUT } from '../constants.js';
import { EAGAIN, EINPROGRESS, errnoOf } from '../errors.js';
import { type Block, blockIn } from './memory.js';
import type { OperationName } from './operation.js';
import type { Queues } from './queues.js';

/** The result of a timeout that has passed, and of a connect that was done before. */
export const ETIME = errnoOf('ETIME');
const EISCONN = errnoOf('EISCONN');

/** What an operation waits for if its descriptor does not block. Of the others, EAGAIN says something else. */
const EVENTS: Partial<Record<OperationName, number>> = {
  accept: POLLIN,
  connect: POLLOUT,
  read: POLLIN,
  recv: POLLIN,
  send: POLLOUT,
  sendmsg: POLLOUT,
  write: POLLOUT,
};

/** The events that the operation has to wait for because its descriptor does not block; 0 for none. */
export function awaited(op: OperationName, result: number): number {
  const wouldBlock = result === -EAGAIN || (result === -EINPROGRESS && op === 'connect');
  return wouldBlock ? (EVENTS[op] ?? 0) : 0;
}

/** Whether what the kernel calls an error is what was asked for. */
export function succeeded(op: OperationName, result: number): boolean {
  return (op === 'timeout' && result === -ETIME) || (op === 'connect' && result === -EISCONN);
}

/** The shortest pause, in nanoseconds; each is twice as long as the one before, up to 13 ms. */
const SHORTEST = 100_000;
const PAUSES = 8;
const TIMESPEC = 16;

/**
 * The pauses before another poll, each a `struct timespec` that the kernel reads.
 *
 * poll(2) knows less than the call: it says that an unconnected AF_UNIX datagram socket is writable while the receiver
 * is full. An operation that fails although its descriptor is ready pauses; otherwise it would spin.
 */
export class Pauses {
  readonly #queues: Queues;
  #blocks: readonly Block[] | undefined;

  constructor(queues: Queues) {
    this.#queues = queues;
  }

  /** How long to pause after so many failures in a row; `undefined` for not at all. */
  after(failures: number): Block | undefined {
    if (failures < 2) return undefined;
    this.#blocks ??= this.#make();
    return this.#blocks?.[Math.min(failures - 2, PAUSES - 1)];
  }

  /** Without memory, there are no pauses. */
  #make(): readonly Block[] | undefined {
    const area = this.#queues.tryMap(PAUSES * TIMESPEC);
    if (area === undefined) return undefined;
    return Array.from({ length: PAUSES }, (_, i) => {
      const block = blockIn(area, i * TIMESPEC, TIMESPEC);
      block.bytes.writeBigInt64LE(BigInt(SHORTEST * 2 ** i), 8);
      return block;
    });
  }
}
