/** The clients that talk to a server demo: one through Node's own sockets, one through ours. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { createConnection } from 'fd-selectors/socket';
import { nameOf } from './text.js';

/** Seconds that an answer may take. */
const PATIENCE = 15;

/** One connection to a server. */
export interface Client {
  /** Its own address, by which the server knows it. */
  readonly address: string;
  /** What it is made of. */
  readonly made: string;
  send(data: Buffer): void;
  /** The next bytes from the server, at least so many. */
  receive(length: number): Promise<Buffer>;
  close(): void;
}

/** A client on `node:net`, which has nothing in common with the server but TCP. */
export async function foreignClient(host: string, port: number): Promise<Client & { reset(): void }> {
  const socket = connect(port, host);
  socket.setTimeout(PATIENCE * 1e3, () => socket.destroy(new Error(`no answer within ${PATIENCE} seconds`)));
  await once(socket, 'connect');
  return {
    address: nameOf([socket.localAddress!, socket.localPort!]),
    made: 'node:net',
    send: (data) => void socket.write(data),
    async receive(length) {
      while (socket.readableLength < length) await once(socket, 'readable');
      return socket.read() as Buffer;
    },
    close: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
  };
}

/** A client on `fd-selectors/socket`, as simple as a client can be: it blocks until it has its answer. */
export function ownClient(host: string, port: number): Client {
  const socket = createConnection([host, port], { timeout: PATIENCE });
  return {
    address: nameOf(socket.getsockname()),
    made: 'fd-selectors/socket',
    send: (data) => socket.sendall(data),
    async receive(length) {
      const parts: Uint8Array[] = [];
      for (let left = length; left > 0; ) {
        const part = socket.recv(4096);
        if (part.length === 0) throw new Error('the server closed the connection');
        parts.push(part);
        left -= part.length;
      }
      return Buffer.concat(parts);
    },
    close: () => socket.close(),
  };
}
