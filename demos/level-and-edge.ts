/**
 * Level and edge: epoll reports what is ready in two ways, on the same bytes
 *
 * Ten bytes wait in a socket. The program asks epoll, reads four, asks again, and so on. By default epoll is
 * *level-triggered*: it reports the socket as long as there is something to read. With `EPOLLET` it is
 * *edge-triggered*: it reports the socket when something arrives, and then is silent.
 *
 * The idea to look for: after the edge, six bytes lie in the kernel and nothing reports them. A program that uses
 * edges must read until EAGAIN, on a non-blocking socket; if not, the connection hangs.
 *
 * Order: 27
 */
import { EPOLLET, EPOLLIN, epoll } from 'fd-selectors/select';
import { socketpair } from 'fd-selectors/socket';
import { parseOptions } from './support/options.js';
import { line } from './support/progress.js';

parseOptions({});
show('level-triggered', EPOLLIN);
show('edge-triggered', EPOLLIN | EPOLLET);

function show(title: string, events: number): void {
  const [client, server] = socketpair();
  const poller = epoll();
  server.setblocking(false);
  poller.register(server, events);
  line(`${title}: the client sends 10 bytes`);
  client.send(new Uint8Array(10));
  let unread = 10;
  for (let turn = 1; turn <= 4; turn++) {
    const reported = poller.poll(0).length > 0;
    if (reported) unread -= server.tryRecv(4)?.length ?? 0;
    line(`  poll ${turn}: ${reported ? 'ready, up to 4 bytes are read' : 'silent'}; ${unread} left`);
  }
  line('  the client sends 1 more byte');
  client.send(new Uint8Array(1));
  line(`  poll 5: ${poller.poll(0).length > 0 ? `ready, with ${unread + 1} to read` : 'silent'}`);
  for (const open of [poller, client, server]) open.close();
}
