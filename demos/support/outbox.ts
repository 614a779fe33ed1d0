/** What a connection is owed and nobody has taken yet. */
import type { BatchSocket } from 'fd-selectors/batch';
import { Socket } from 'fd-selectors/socket';

/** Where replies gather, of whichever connection: one is answered at a time, and mostly the system takes all. */
const shared = Buffer.allocUnsafe(65536);
let used = 0;

/** Bytes from which on data is not copied. */
const LARGE = 16384;

/** How many bytes are taken at once: by the system, or by a batch, which keeps some itself. */
function sendSome(socket: Socket | BatchSocket, data: Uint8Array, length: number): number {
  return socket instanceof Socket ? (socket.trySend(data, 0, length) ?? 0) : socket.send(data, 0, length);
}

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

  /** Sends what the system or the batch takes; true when nothing is left. */
  flush(socket: Socket | BatchSocket): boolean {
    if (this.#parts.length > 0) return this.#flushParts(socket);
    const wanted = used;
    if (wanted === 0) return true;
    used = 0;
    const sent = sendSome(socket, shared, wanted);
    if (sent < wanted) this.#push(Buffer.from(shared.subarray(sent, wanted)));
    return sent === wanted;
  }

  #flushParts(socket: Socket | BatchSocket): boolean {
    this.#seal();
    const parts = this.#parts;
    while (parts[0] !== undefined) {
      const sent = sendSome(socket, parts[0], parts[0].length);
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
