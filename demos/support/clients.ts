/** The clients that talk to a server demo. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { createConnection } from 'fd-selectors/socket';
import { nameOf } from './text.js';

/** How many seconds an answer may take. */
const PATIENCE = 60;

/** One connection to a server. */
export interface Client {
  /** The module that its end of the connection uses. */
  readonly kind: string;
  /** Its own address, by which the server knows it. */
  readonly address: string;
  send(data: Buffer): void;
  /** What the server sends next, at least `length` bytes. */
  receive(length: number): Promise<Buffer>;
  /** Closes the connection in the normal way. */
  close(): void;
}

/** A client on Node's own sockets, which shares nothing with the server but TCP. */
export async function foreignClient(host: string, port: number): Promise<Client & { reset(): void }> {
  const socket = connect(port, host);
  await once(socket, 'connect');
  let unread = Buffer.alloc(0);
  let end: Error | undefined;
  let wake = () => {};
  const finish = (error: Error) => {
    end ??= error;
    wake();
  };
  socket.on('data', (data) => {
    unread = Buffer.concat([unread, data]);
    wake();
  });
  socket.on('error', finish);
  socket.on('end', () => finish(new Error('the server closed the connection')));
  socket.setTimeout(PATIENCE * 1e3, () => socket.destroy(new Error(`no answer within ${PATIENCE} seconds`)));
  return {
    kind: 'node:net',
    address: nameOf([socket.localAddress!, socket.localPort!]),
    send: (data) => void socket.write(data),
    async receive(length) {
      while (unread.length < length) {
        if (end !== undefined) throw end;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const data = unread;
      unread = Buffer.alloc(0);
      return data;
    },
    close: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
  };
}

/** A client on our sockets, as simple as possible: it blocks until it has its answer. */
export function ownClient(host: string, port: number): Client {
  const socket = createConnection([host, port], { timeout: PATIENCE });
  return {
    kind: 'fd-selectors/socket',
    address: nameOf(socket.getsockname()),
    send: (data) => socket.sendall(data),
    async receive(length) {
      let unread = Buffer.alloc(0);
      while (unread.length < length) {
        const data = socket.recv(4096);
        if (data.length === 0) throw new Error('the server closed the connection');
        unread = Buffer.concat([unread, data]);
      }
      return unread;
    },
    close: () => socket.close(),
  };
}
