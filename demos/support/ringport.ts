/** A completion port on io_uring: the kernel waits, copies, and says what is done. */
import { POLLIN } from 'fd-selectors/select';
import type { Socket } from 'fd-selectors/socket';
import { available, Ring } from 'fd-selectors/uring';
import { type Completion, type CompletionPort, type Pollable, ReadinessPort } from './completions.js';

/** An operation: whom to tell, and where the bytes go. */
interface Submitted<T> {
  readonly token: T;
  readonly buffer?: Uint8Array;
}

export class RingPort<T> implements CompletionPort<T> {
  readonly #ring = new Ring<Submitted<T>>();

  accept(server: Socket, token: T): void {
    this.#ring.accept(server, { token });
  }

  recv(connection: Socket, buffer: Uint8Array, token: T): void {
    this.#ring.recv(connection, { token, buffer });
  }

  send(connection: Socket, data: Uint8Array, token: T): void {
    this.#ring.send(connection, data, { token });
  }

  poll(fileobj: Pollable, token: T): void {
    this.#ring.poll(fileobj, POLLIN, { token });
  }

  timeout(ms: number, token: T): void {
    this.#ring.timeout(ms / 1e3, { token });
  }

  wait(): Completion<T>[] {
    return this.#ring.completions().map(({ data: { token, buffer }, result, bytes }) => {
      buffer?.set(bytes); // The ring's memory is lent to us until the next wait.
      return { token, result };
    });
  }

  close(): void {
    this.#ring.close();
  }
}

/** Opens a port on io_uring, or, where that cannot be, one that makes the calls itself; and says which, and why. */
export function openPort<T>(): { port: CompletionPort<T>; by: string } {
  const uring = available();
  if (uring.available) return { port: new RingPort(), by: 'io_uring' };
  return { port: new ReadinessPort(), by: `readiness, because ${uring.reason} (${uring.code})` };
}
