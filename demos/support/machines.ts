/** The connections of a server on a selector: who is accepted, watched, closed. */
import { DefaultSelector, EVENT_READ, OSError } from 'fd-selectors';
import type { Socket } from 'fd-selectors/socket';
import { Acceptor } from './acceptor.js';

/** One connection: a machine that is turned when its socket is ready. */
export interface Machine {
  readonly socket: Socket;
  /**
   * Does what can be done without waiting, and returns the events to wait for next: 0 for none, undefined at
   * the end of the connection. What the system refuses (an `OSError`) is the end, too, of this one alone.
   *
   * @param events - what the socket is ready for; 0 where something else has come that it waited for.
   */
  turn(events: number): number | undefined;
  /** Gives back what it holds besides the socket. */
  end?(): void;
}

/** All connections of a server, and the selector that watches them. Ctrl-C closes them and ends the program. */
export class Machines<M extends Machine> {
  /** `key.data` is to be called with the events. */
  readonly sel = new DefaultSelector<(events: number) => void, { fileno(): number }>();
  /** What each is watched for, and by what. */
  readonly #watched = new Map<M, { events: number; readonly step: (events: number) => void }>();
  readonly #acceptor: Acceptor;

  /** @param others - what else Ctrl-C closes. */
  constructor(
    server: Socket,
    make: (socket: Socket, name: string) => M,
    others: readonly { close(): void }[] = [],
  ) {
    const begin = (socket: Socket, name: string) => {
      const machine = make(socket, name);
      this.#watched.set(machine, { events: 0, step: (events) => this.turn(machine, events) });
      this.#watch(machine, EVENT_READ);
    };
    const all = () => [...[...this].map(({ socket }) => socket), ...others];
    this.#acceptor = new Acceptor(this.sel, server, begin, all);
  }

  [Symbol.iterator](): Iterator<M> {
    return this.#watched.keys();
  }

  /** Whether a machine has not come to its end. */
  has(machine: M): boolean {
    return this.#watched.has(machine);
  }

  /** Lets new connections in again; with no descriptor left for them, they had to wait. */
  reopen(): void {
    this.#acceptor.reopen();
  }

  /** Turns a machine, unless it has come to its end before. */
  turn(machine: M, events = 0): void {
    if (!this.#watched.has(machine)) return;
    let next: number | undefined;
    try {
      next = machine.turn(events);
    } catch (error) {
      if (!(error instanceof OSError)) throw error;
    }
    if (next === undefined) this.close(machine);
    else this.#watch(machine, next);
  }

  #watch(machine: M, events: number): void {
    const watched = this.#watched.get(machine);
    if (watched === undefined || watched.events === events) return;
    const { socket } = machine;
    if (watched.events === 0) this.sel.register(socket, events, watched.step);
    else if (events === 0) this.sel.unregister(socket);
    else this.sel.modify(socket, events, watched.step);
    watched.events = events;
  }

  /** Ends a connection. */
  close(machine: M): void {
    this.#watch(machine, 0);
    if (!this.#watched.delete(machine)) return;
    machine.end?.();
    machine.socket.close();
  }
}
