/**
 * A completion port: operations are submitted, and it says when each is done and what came of it.
 *
 * The interface is that of a ring of the kernel (io_uring, in ringport.ts): an operation carries a token, which
 * comes back with a result, a number of bytes or a descriptor, or a negative errno. Here no kernel copies for
 * us: {@link ReadinessPort} waits until a descriptor is ready, and then makes the call itself.
 */
import { DefaultSelector, EVENT_READ, EVENT_WRITE, OSError } from 'fd-selectors';
import type { Socket } from 'fd-selectors/socket';

/** A socket, or anything else with a descriptor. */
export type Pollable = { fileno(): number };

/** What a submitted operation has come to. */
export interface Completion<T> {
  readonly token: T;
  /** As a system call returns it: a number of bytes or a descriptor, 0 for a timer; or `-errno`. */
  readonly result: number;
}

/** What a ring can be put behind. One receive or accept, and one send, may be under way on each socket. */
export interface CompletionPort<T> {
  /** Completes with the descriptor of a new connection, which is the receiver's to close. */
  accept(server: Socket, token: T): void;
  /** Completes with the number of bytes that are in the buffer; 0 is the end of the stream. */
  recv(connection: Socket, buffer: Uint8Array, token: T): void;
  /** Completes with the number of bytes sent: all of them. */
  send(connection: Socket, data: Uint8Array, token: T): void;
  /** Completes when the descriptor is readable. */
  poll(fileobj: Pollable, token: T): void;
  /** Completes when so many milliseconds have passed. */
  timeout(ms: number, token: T): void;
  /** Waits until something is complete. */
  wait(): Completion<T>[];
  /** Ends it. What is under way never completes; sockets stay open. */
  close(): void;
}

/** An operation that waits for its descriptor: what to try, which gives null where it would wait. */
interface Pending<T> {
  readonly token: T;
  readonly attempt: () => number | null;
}

/** The operations under way on one socket, by the event that they wait for. */
type Operations<T> = Map<number, Pending<T>>;

/** A completion port on top of readiness: the reactor is inside. */
export class ReadinessPort<T> implements CompletionPort<T> {
  readonly #sel = new DefaultSelector<Operations<T>, Pollable>();
  #timers: { readonly due: number; readonly token: T }[] = [];

  accept(server: Socket, token: T): void {
    this.#submit(server, EVENT_READ, token, () => server.tryAccept()?.[0].detach() ?? null);
  }

  recv(connection: Socket, buffer: Uint8Array, token: T): void {
    this.#submit(connection, EVENT_READ, token, () => connection.tryRecvInto(buffer));
  }

  send(connection: Socket, data: Uint8Array, token: T): void {
    let sent = 0;
    this.#submit(connection, EVENT_WRITE, token, () => {
      sent += connection.trySend(data.subarray(sent)) ?? 0;
      return sent === data.length ? sent : null;
    });
  }

  poll(fileobj: Pollable, token: T): void {
    this.#submit(fileobj, EVENT_READ, token, () => EVENT_READ);
  }

  timeout(ms: number, token: T): void {
    this.#timers.push({ due: performance.now() + ms, token });
    this.#timers.sort((a, b) => a.due - b.due);
  }

  wait(): Completion<T>[] {
    const completions: Completion<T>[] = [];
    while (completions.length === 0) {
      const next = this.#timers[0];
      const ready = this.#sel.select(next && (next.due - performance.now()) / 1e3);
      for (const [{ fileobj, data }, events] of ready) {
        for (const event of [EVENT_READ, EVENT_WRITE]) {
          if ((events & event) !== 0) this.#advance(fileobj, event, data, completions);
        }
      }
      const now = performance.now();
      const due = this.#timers.filter((timer) => timer.due <= now);
      this.#timers = this.#timers.filter((timer) => timer.due > now);
      completions.push(...due.map(({ token }) => ({ token, result: 0 })));
    }
    return completions;
  }

  close(): void {
    this.#sel.close();
  }

  #submit(socket: Pollable, event: number, token: T, attempt: () => number | null): void {
    const map = this.#sel.getMap();
    const operations: Operations<T> = map.get(socket)?.data ?? new Map();
    if (operations.has(event)) throw new Error('an operation of this kind is under way on the socket');
    operations.set(event, { token, attempt });
    this.#watch(socket, operations);
  }

  /** Waits for what the operations on a socket wait for. */
  #watch(socket: Pollable, operations: Operations<T>): void {
    const events = [...operations.keys()].reduce((sum, event) => sum | event, 0);
    const registered = this.#sel.getMap().has(socket);
    if (!registered) this.#sel.register(socket, events, operations);
    else if (events === 0) this.#sel.unregister(socket);
    else this.#sel.modify(socket, events, operations);
  }

  /** Tries an operation whose descriptor is ready. */
  #advance(socket: Pollable, event: number, operations: Operations<T>, completions: Completion<T>[]): void {
    const { token, attempt } = operations.get(event) as Pending<T>;
    const result = tried(attempt);
    if (result === null) return;
    operations.delete(event);
    this.#watch(socket, operations);
    completions.push({ token, result });
  }
}

/** What a system call came to, as the kernel says it. */
function tried(attempt: () => number | null): number | null {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof OSError) return error.errno;
    throw error;
  }
}
