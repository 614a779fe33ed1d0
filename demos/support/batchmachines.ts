/** The connections of a server in a batch: who is accepted, received from, closed. */
import { DefaultSelector, EVENT_READ, OSError } from 'fd-selectors';
import { Batch, type BatchEvent, type BatchSocket } from 'fd-selectors/batch';
import type { Socket } from 'fd-selectors/socket';
import { Acceptor } from './acceptor.js';

/** Is given the events of one descriptor. */
type Step = (event: BatchEvent<Step>) => void;

/** One connection: a machine that is turned when bytes have arrived, or all that was queued has been sent. */
export interface BatchMachine {
  readonly socket: BatchSocket<Step>;
  /**
   * Does what can be done without waiting, and returns the event to wait for next: `EVENT_READ`; `EVENT_WRITE`, after a
   * send that fell short; 0 for none; undefined at the end of the connection, which is closed once all is sent. What the
   * system refuses (an `OSError`) is the end, too, of this one alone.
   *
   * @param event - what has happened; undefined where something else has come that it waited for.
   */
  turn(event?: BatchEvent<Step>): number | undefined;
  /** Gives back what it holds besides the socket. */
  end?(): void;
}

/** All connections of a server, in a batch that receives and sends for them. Ctrl-C closes them and ends the program. */
export class BatchMachines<M extends BatchMachine> {
  /** The `key.data` of an event is to be called with it. */
  readonly batch: Batch<Step>;
  readonly #machines = new Set<M>();
  /** Sockets whose machines have ended before everything was sent, and until when they may send. */
  readonly #leaving = new Map<BatchSocket<Step>, number>();
  readonly #acceptor: Acceptor;
  readonly #make: (socket: BatchSocket<Step>, name: string) => M;
  readonly #patience: number;

  /**
   * @param limit - the most bytes that are kept for each connection.
   * @param patience - milliseconds that a client has for reading what was queued at the end of its connection.
   */
  constructor(
    server: Socket,
    limit: number,
    patience: number,
    make: (socket: BatchSocket<Step>, name: string) => M,
  ) {
    const sel = new DefaultSelector<Step, { fileno(): number }>();
    this.batch = new Batch(sel, { limit });
    this.#patience = patience;
    this.#make = make;
    const all = () => [...[...this].map(({ socket }) => socket), ...this.#leaving.keys()];
    this.#acceptor = new Acceptor(sel, server, (socket, name) => this.#begin(socket, name), all);
  }

  #begin(socket: Socket, name: string): void {
    const machine = this.#make(
      this.batch.add(socket, (event) => this.turn(machine, event)),
      name,
    );
    this.#machines.add(machine);
  }

  [Symbol.iterator](): Iterator<M> {
    return this.#machines.values();
  }

  /** Whether a machine has not come to its end. */
  has(machine: M): boolean {
    return this.#machines.has(machine);
  }

  /** Turns a machine, unless it has come to its end before. */
  turn(machine: M, event?: BatchEvent<Step>): void {
    if (!this.#machines.has(machine)) return;
    let next: number | undefined;
    try {
      if (event?.error === undefined) next = machine.turn(event);
    } catch (error) {
      if (!(error instanceof OSError)) throw error;
    }
    if (next === EVENT_READ) machine.socket.resume();
    else if (next !== undefined) machine.socket.pause();
    else this.#leave(machine);
  }

  #leave(machine: M): void {
    const { socket } = machine;
    socket.closeWhenSent();
    if (!socket.closed) this.#leaving.set(socket, performance.now() + this.#patience);
    this.#forget(machine);
  }

  #forget(machine: M): void {
    if (this.#machines.delete(machine)) machine.end?.();
  }

  /** Ends a connection at once: what is not sent is lost. */
  close(machine: M): void {
    this.#forget(machine);
    machine.socket.close();
  }

  /** Turns everyone for whom something has come by now. One call of the batch receives only from some. */
  catchUp(): void {
    for (let left = this.#machines.size; left >= 0; ) {
      const before = left;
      for (const event of this.batch.receive(0)) {
        event.key.data(event);
        left--;
      }
      if (left === before) return;
    }
  }

  /** Call it now and then: hangs up on those who do not read the end, and lets clients in that had to wait. */
  tidy(now: number): void {
    for (const [socket, deadline] of this.#leaving) {
      if (deadline < now) socket.close();
      if (socket.closed) this.#leaving.delete(socket);
    }
    this.#acceptor.reopen();
  }
}
