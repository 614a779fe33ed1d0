import { createServer, type Socket, socket } from 'fd-selectors/socket';
import { closing } from './descriptors.js';

/** Two ends of one TCP connection over loopback: client, server. */
export function tcpPair(): [Socket, Socket] {
  const listener = closing(createServer(['127.0.0.1', 0]));
  const client = closing(socket());
  client.connect(listener.getsockname());
  const [server] = listener.accept();
  return [client, closing(server)];
}
