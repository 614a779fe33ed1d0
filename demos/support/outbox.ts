/** What a connection is owed and the system has not taken yet. */
import type { Socket } from 'fd-selectors/socket';

/** Where replies gather, of whichever connection: one is answered at a time, and mostly the system takes all. */
const shared = Buffer.allocUnsafe(65536);
let used = 0;

/** Bytes from which on data is not copied. */
const LARGE = 16384;

/** Between the first `text()` or `bytes()` for one connection and its `flush()`, no other may use its own. */
export class Outbox {
  /** Older than what is in the shared buffer. */
  readonly #parts: Uint8Array[] = [];
  #kept = 0;

  /** How many bytes are owed. */
  get size(): number {
    return this.#kept + used;
  }

  /** Adds text, of characters up to U+00FF, a byte for each. */
  text(text: string): void {
    if (text.length > shared.length - used) this.#seal();
    if (text.length > shared.length) this.#push(Buffer.from(text, 'latin1'));
    else used += shared.write(text, used, 'latin1');
  }

  /** Adds bytes, which must not change any more. */
  bytes(data: Uint8Array): void {
    if (data.length > shared.length - used || data.length > LARGE) this.#seal();
    if (data.length > LARGE) this.#push(data);
    else {
      shared.set(data, used);
      used += data.length;
    }
  }

  /** Sends what the system takes; true when nothing is left. */
  flush(socket: Socket): boolean {
    if (this.#parts.length > 0) return this.#flushParts(socket);
    const wanted = used;
    if (wanted === 0) return true;
    used = 0;
    const sent = socket.trySend(shared, 0, wanted) ?? 0;
    if (sent < wanted) this.#push(Buffer.from(shared.subarray(sent, wanted)));
    return sent === wanted;
  }

  #flushParts(socket: Socket): boolean {
    this.#seal();
    const parts = this.#parts;
    while (parts[0] !== undefined) {
      const sent = socket.trySend(parts[0]) ?? 0;
      this.#kept -= sent;
      if (sent < parts[0].length) {
        parts[0] = parts[0].subarray(sent);
        return false;
      }
      parts.shift();
    }
    return true;
  }

  /** Takes this connection's replies out of the shared buffer. */
  #seal(): void {
    if (used > 0) this.#push(Buffer.from(shared.subarray(0, used)));
    used = 0;
  }

  #push(data: Uint8Array): void {
    this.#parts.push(data);
    this.#kept += data.length;
  }
}
