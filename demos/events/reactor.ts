/**
 * Server: a reactor, which is a loop that calls handlers when descriptors are ready and timers are due
 *
 * The mouse's queue is now the kernel's: `select()` says which descriptors are ready, and the
 * loop calls the handler of each. Timers need no thread and no descriptor: the nearest one is how long
 * `select()` may wait. The server sends each message back, 20 ms later.
 *
 * The idea to look for: the reactor says that something *can be done*, and the handler does it at once. A
 * handler that would have to wait registers what it waits for, and returns.
 *
 * Order: 43
 */
import { DefaultSelector, EVENT_READ, EVENT_WRITE, type FileObject } from 'fd-selectors';
import { createServer, type Socket } from 'fd-selectors/socket';
import { attempt, tryAccept } from '../support/attempt.js';
import { endInterrupted, interrupts } from '../support/interrupt.js';
import { host, log, logListening, port, show } from '../support/server.js';

type Handler = () => void;

class Reactor {
  readonly #sel = new DefaultSelector<Handler>();
  /** The nearest first; times are milliseconds. */
  readonly #timers: { readonly due: number; readonly handler: Handler }[] = [];

  /** Calls the handler whenever the descriptor is ready for the events, in place of the handler before. */
  on(fileobj: FileObject, events: number, handler: Handler): void {
    this.off(fileobj);
    this.#sel.register(fileobj, events, handler);
  }

  off(fileobj: FileObject): void {
    if (this.#sel.getMap().has(fileobj)) this.#sel.unregister(fileobj);
  }

  /** Calls the handler once, so many milliseconds from now. */
  after(ms: number, handler: Handler): void {
    const due = performance.now() + ms;
    this.#timers.splice(this.#timers.filter((timer) => timer.due <= due).length, 0, { due, handler });
  }

  run(): never {
    while (true) {
      const next = this.#timers[0];
      for (const [key] of this.#sel.select(next && (next.due - performance.now()) / 1e3)) key.data();
      for (const now = performance.now(); (this.#timers[0]?.due ?? Infinity) <= now; ) {
        this.#timers.shift()?.handler();
      }
    }
  }
}

const DELAY = 20;
const reactor = new Reactor();
const server = createServer([host, port]);
server.setblocking(false);
reactor.on(server, EVENT_READ, accept);
reactor.on(interrupts, EVENT_READ, () => endInterrupted([server]));
logListening(server.getsockname(), `echoing after ${DELAY} ms`);
reactor.run();

function accept(): void {
  const accepted = tryAccept(server);
  if (accepted === 'shortage') {
    reactor.off(server); // New connections have to wait.
    reactor.after(100, () => reactor.on(server, EVENT_READ, accept));
  } else if (accepted !== null) serve(...accepted);
}

function serve(connection: Socket, name: string): void {
  const when = (events: number, step: Handler) => reactor.on(connection, events, attempt(step, close));
  when(EVENT_READ, read);
  function read(): void {
    const data = connection.tryRecv(65536);
    if (data === null) return; // A false alarm.
    if (data.length > 0) {
      log(`received ${show(data)} from ${name}`);
      reactor.off(connection);
      reactor.after(
        DELAY,
        attempt(() => answer(data), close),
      );
    } else close();
  }

  function answer(data: Uint8Array): void {
    const rest = data.subarray(connection.trySend(data) ?? 0);
    if (rest.length === 0) {
      log(`sent ${show(data)} to ${name}`);
      when(EVENT_READ, read);
    } else when(EVENT_WRITE, () => answer(rest));
  }

  function close(why = ''): void {
    reactor.off(connection);
    connection.close();
    log(`closing ${name}${why}`);
  }
}
