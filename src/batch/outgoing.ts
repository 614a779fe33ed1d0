/** What is to be sent by the next call. */

import * as errors from '../errors.js';
import { type Bytes, native } from '../native.js';
import { copyBytes } from './copy.js';
import * as layout from './layout.js';

/** Declared here: see events.ts. */
const { ADDRESS_BYTES, aligned, DATAGRAM, DATAGRAM_TO, MOST_ROWS, ROW, SEND_FLAGS, STREAM } = layout;
const { TO_FD, TO_OFFSET, TO_LENGTH, TO_KIND, TO_AFTER, TO_RESULT } = layout;
const { EAGAIN } = errors;

/** A socket, as the rows know it. */
export interface Target {
  readonly fd: number;
  /** Bytes that the kernel has not taken. */
  pending: number;
  /** Its last row, if that is of the present batch. */
  lastRow: number;
  /** The batch of its last row. */
  lastBatch: number;
  /** Keeps what the kernel did not take: bytes of the arena, a datagram's behind its address. */
  keep(offset: number, length: number, kind: number): void;
  /** The kernel refused a row. */
  refused(errno: number, length: number): void;
}

/** Rows for batchSend, and the end of the arena, where bytes from elsewhere are copied to. */
export class Outgoing {
  readonly #arena: Buffer<ArrayBuffer>;
  /** Where the bytes from elsewhere begin. */
  readonly #start: number;
  #used: number;
  readonly #rows = new Int32Array(MOST_ROWS * ROW);
  // To ask a view for its buffer costs as much as to pass it.
  readonly #rowsBuffer = this.#rows.buffer;
  readonly #arenaBuffer: ArrayBuffer;
  readonly #targets: (Target | undefined)[] = new Array(MOST_ROWS).fill(undefined);
  #batch = 1;
  #failure: { readonly error: unknown } | undefined;
  /** How many rows wait. */
  count = 0;

  constructor(arena: Buffer<ArrayBuffer>, start: number) {
    this.#arena = arena;
    this.#arenaBuffer = arena.buffer;
    this.#start = start;
    this.#used = start;
  }

  /** The most bytes of a row that come from elsewhere. */
  get room(): number {
    return this.#arena.length - this.#start;
  }

  /** Whether a row of a socket waits. */
  has(target: Target): boolean {
    return target.lastBatch === this.#batch;
  }

  /** Sends what waits if there is no room for another row, with so many bytes from elsewhere. */
  reserve(bytes: number): void {
    if (this.count === MOST_ROWS || aligned(this.#used) + bytes > this.#arena.length) this.push();
  }

  /** As `reserve()`, for bytes that stand in the arena. */
  reserveRow(): void {
    if (this.count === MOST_ROWS) this.push();
  }

  /** Adds bytes of a stream that stand in the arena, and stay there until they are sent. */
  addInPlace(target: Target, offset: number, length: number): void {
    this.#add(target, offset, length, STREAM);
  }

  /** Adds bytes of a stream from elsewhere. Two sends in a row on one socket become one. */
  addCopy(target: Target, data: Bytes, start: number, length: number): void {
    const joins = this.#endsWith(target);
    const offset = joins ? this.#used : aligned(this.#used);
    copyBytes(data, start, length, this.#arena, offset);
    this.#used = offset + length;
    if (joins) this.#extend(length);
    else this.#add(target, offset, length, STREAM);
  }

  #extend(length: number): void {
    const at = (this.count - 1) * ROW + TO_LENGTH;
    this.#rows[at] = (this.#rows[at] as number) + length;
  }

  /** Whether the last bytes from elsewhere are of a stream, this one. */
  #endsWith(target: Target): boolean {
    if (this.count === 0 || this.#targets[this.count - 1] !== target) return false;
    const at = (this.count - 1) * ROW;
    const rows = this.#rows;
    const end = (rows[at + TO_OFFSET] as number) + (rows[at + TO_LENGTH] as number);
    return end === this.#used && rows[at + TO_KIND] === STREAM;
  }

  /** Adds a datagram, with the words of an address or without. */
  addDatagram(target: Target, data: Bytes, start: number, length: number, address: Int32Array | null): void {
    const at = aligned(this.#used);
    if (address !== null) copyBytes(address, 0, ADDRESS_BYTES, this.#arena, at);
    copyBytes(data, start, length, this.#arena, at + ADDRESS_BYTES);
    this.#used = at + ADDRESS_BYTES + length;
    this.#add(target, at + ADDRESS_BYTES, length, address === null ? DATAGRAM : DATAGRAM_TO);
  }

  #add(target: Target, offset: number, length: number, kind: number): void {
    const row = this.count++;
    const rows = this.#rows;
    const at = row * ROW;
    rows[at + TO_FD] = target.fd;
    rows[at + TO_OFFSET] = offset;
    rows[at + TO_LENGTH] = length;
    rows[at + TO_KIND] = kind;
    rows[at + TO_AFTER] = target.lastBatch === this.#batch ? target.lastRow : -1;
    target.lastRow = row;
    target.lastBatch = this.#batch;
    this.#targets[row] = target;
  }

  /**
   * Sends all rows, and tells the sockets what the kernel did not take.
   *
   * @throws what a socket failed with that was to be told, now or by `push()`: the first one, after all have been told.
   */
  flush(): void {
    this.push();
    if (this.#failure === undefined) return;
    const { error } = this.#failure;
    this.#failure = undefined;
    throw error;
  }

  /** As `flush()`, but leaves the error to the next `flush()`, whose caller expects one of any socket. */
  push(): void {
    const { count } = this;
    if (count === 0) return;
    native.batchSend(this.#rowsBuffer, count, this.#arenaBuffer, SEND_FLAGS);
    const targets = this.#targets;
    this.count = 0;
    this.#batch++;
    this.#used = this.#start;
    for (let row = 0; row < count; row++) {
      const target = targets[row] as Target;
      targets[row] = undefined;
      try {
        this.#settle(target, row * ROW);
      } catch (error) {
        this.failed(error);
      }
    }
  }

  /** Notes an error for the next `flush()`. */
  failed(error: unknown): void {
    this.#failure ??= { error };
  }

  #settle(target: Target, at: number): void {
    const rows = this.#rows;
    const length = rows[at + TO_LENGTH] as number;
    const result = rows[at + TO_RESULT] as number;
    if (result === length) target.pending -= length;
    else if (result >= 0 || result === -EAGAIN) {
      const sent = Math.max(result, 0);
      target.pending -= sent;
      target.keep((rows[at + TO_OFFSET] as number) + sent, length - sent, rows[at + TO_KIND] as number);
    } else target.refused(result, length);
  }
}
