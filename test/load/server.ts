/** The server under load: an echo server on one selector, which stops reading where a client does not read. */
import { EpollSelector, EVENT_READ, EVENT_WRITE } from 'fd-selectors';
import { createServer, SO_SNDBUF, SOL_SOCKET, type Socket } from 'fd-selectors/socket';

const BACKLOG = 4096;
/** Codes with which a connection ends that its client has reset. */
const RESET = ['ECONNRESET', 'EPIPE'];

const buffer = Buffer.allocUnsafeSlow(65_536);

class Connection {
  readonly sock: Socket;
  /** What the client did not take yet. */
  pending: Buffer | undefined;

  constructor(sock: Socket) {
    this.sock = sock;
  }
}

export class Server {
  readonly #sel = new EpollSelector<Connection | undefined>();
  readonly #listener = createServer(['127.0.0.1', 0], { backlog: BACKLOG });
  accepted = 0;
  /** How many ended as they should, and how many by a reset. */
  closed = 0;
  reset = 0;
  bytes = 0;
  /** How often a client did not take all. */
  stalls = 0;

  constructor() {
    this.#listener.setblocking(false);
    // Its connections inherit it: so little that the server has to wait for slow readers.
    this.#listener.setsockopt(SOL_SOCKET, SO_SNDBUF, 65_536);
    this.#sel.register(this.#listener, EVENT_READ, undefined);
  }

  get port(): number {
    return (this.#listener.getsockname() as [string, number])[1];
  }

  get open(): number {
    return this.#sel.getMap().size - 1;
  }

  /** Serves what is ready, waiting for it at most so many seconds. */
  serve(seconds: number): void {
    for (const [{ data }, events] of this.#sel.select(seconds)) {
      if (data === undefined) this.#accept();
      else this.#attend(data, events);
    }
  }

  close(): void {
    this.#sel.close();
    this.#listener.close();
  }

  #accept(): void {
    for (let next = this.#listener.tryAccept(); next !== null; next = this.#listener.tryAccept()) {
      const [sock] = next;
      sock.setblocking(false);
      this.#sel.register(sock, EVENT_READ, new Connection(sock));
      this.accepted++;
    }
  }

  #attend(connection: Connection, events: number): void {
    try {
      if ((events & EVENT_WRITE) !== 0) this.#flush(connection);
      else this.#echo(connection);
    } catch (error) {
      if (!RESET.includes(String((error as NodeJS.ErrnoException).code))) throw error;
      this.reset++;
      this.#end(connection);
    }
  }

  #echo(connection: Connection): void {
    const length = connection.sock.tryRecvInto(buffer);
    if (length === null) return;
    if (length === 0) {
      this.closed++;
      this.#end(connection);
      return;
    }
    this.bytes += length;
    const sent = connection.sock.trySend(buffer, 0, length) ?? 0;
    if (sent === length) return;
    this.stalls++;
    connection.pending = Buffer.from(buffer.subarray(sent, length));
    this.#sel.modify(connection.sock, EVENT_WRITE, connection);
  }

  #flush(connection: Connection): void {
    const pending = connection.pending as Buffer;
    const sent = connection.sock.trySend(pending) ?? 0;
    connection.pending = pending.subarray(sent);
    if (connection.pending.length > 0) return;
    connection.pending = undefined;
    this.#sel.modify(connection.sock, EVENT_READ, connection);
  }

  #end({ sock }: Connection): void {
    this.#sel.unregister(sock);
    sock.close();
  }
}
