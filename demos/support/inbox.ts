/** What has arrived on a connection and has not been used yet. */
import type { Socket } from 'fd-selectors/socket';

/** Where all connections receive: one is served at a time, and mostly leaves nothing over. */
const shared = Buffer.allocUnsafe(65536);
const EMPTY = Buffer.alloc(0);

/** The unused bytes are those of `bytes` from `start` to `end`; beyond that there is something older. */
export class Inbox {
  bytes: Buffer = EMPTY;
  start = 0;
  end = 0;
  /** Whether the bytes are in memory that others receive in, too. */
  #isShared = false;

  get length(): number {
    return this.end - this.start;
  }

  /** Where a text begins in the unused bytes; -1 if it is not in them. What is older is not searched: it may be long. */
  find(text: string): number {
    if (this.length < text.length) return -1;
    const found = this.bytes.subarray(this.start, this.end).indexOf(text, 0, 'latin1');
    return found < 0 ? -1 : this.start + found;
  }

  /** Receives once: the number of new bytes, 0 at the end of the stream, null where it would wait. */
  receive(socket: Socket): number | null {
    const { length } = this;
    if (length === 0) this.#share(shared, 0, 0);
    else if (this.bytes.length - this.end < 4096) this.#move(2 * length + 4096);
    const received = socket.tryRecvInto(this.end === 0 ? this.bytes : this.bytes.subarray(this.end));
    this.end += received ?? 0;
    return received;
  }

  /** Takes bytes that have arrived elsewhere, where they stay until `keep()`. */
  take(bytes: Buffer, start: number, end: number): void {
    const { length } = this;
    if (length === 0) {
      this.#share(bytes, start, end);
      return;
    }
    if (this.bytes.length - this.end < end - start) this.#move(2 * (length + end - start));
    this.end += bytes.copy(this.bytes, this.end, start, end);
  }

  #share(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.#isShared = true;
  }

  /** Call it when all that could be used is: what is left has to survive what others receive. */
  keep(): void {
    if (this.length === 0) this.bytes = EMPTY;
    else if (this.#isShared) this.#move(Math.max(2 * this.length, 1024));
    if (this.bytes === EMPTY) this.start = this.end = 0;
  }

  /** Moves what is left into a buffer of its own. */
  #move(size: number): void {
    const own = Buffer.allocUnsafeSlow(size);
    this.end = this.bytes.copy(own, 0, this.start, this.end);
    this.start = 0;
    this.bytes = own;
    this.#isShared = false;
  }
}
