/** Lets the clients of a server in, on whatever selector it waits with. */
import { EVENT_READ } from 'fd-selectors';
import type { Socket } from 'fd-selectors/socket';
import { tryAccept } from './attempt.js';
import { endInterrupted, interrupts } from './interrupt.js';

/** What it needs of a selector, whose `key.data` is to be called. */
interface Registry {
  register(fileobj: Source, events: number, data: () => void): unknown;
  unregister(fileobj: Source): unknown;
  getMap(): { has(fileobj: Source): boolean };
}

interface Source {
  fileno(): number;
}

/** Accepts all who wait, as long as there are descriptors for them. Ctrl-C closes everything and ends the program. */
export class Acceptor {
  readonly #sel: Registry;
  readonly #server: Socket;
  readonly #begin: (socket: Socket, name: string) => void;

  /**
   * @param begin - is given each new connection, and the name of its client.
   * @param others - what Ctrl-C closes besides the server.
   */
  constructor(
    sel: Registry,
    server: Socket,
    begin: (socket: Socket, name: string) => void,
    others: () => Iterable<{ close(): void }>,
  ) {
    this.#sel = sel;
    this.#server = server;
    this.#begin = begin;
    server.setblocking(false);
    this.reopen();
    sel.register(interrupts, EVENT_READ, () => endInterrupted([server, ...others()]));
  }

  /** Lets new connections in again; with no descriptor left for them, they had to wait. */
  reopen(): void {
    const isOpen = this.#sel.getMap().has(this.#server);
    if (!isOpen) this.#sel.register(this.#server, EVENT_READ, () => this.#accept());
  }

  #accept(): void {
    for (;;) {
      const accepted = tryAccept(this.#server);
      if (accepted === 'shortage') this.#sel.unregister(this.#server);
      if (accepted === 'shortage' || accepted === null) return;
      this.#begin(...accepted);
    }
  }
}
