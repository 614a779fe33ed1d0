/**
 * Server model 3: a bounded pool of processes. Connections travel to them as descriptors
 *
 * The processes are started once. How does a connection get into one that is already running? As a message
 * on a socket of AF_UNIX: `sendFds()` sends a descriptor, and the kernel makes it one of the receiver's.
 *
 * The idea to look for: there is no startup cost, and memory is bounded. But a process serves one client at a
 * time, for as long as it stays: when all are busy, the next client waits, however little it wants.
 *
 * Order: 33
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EVENT_READ, ready } from 'fd-selectors';
import { recvFds, Socket, sendFds, socketpair } from 'fd-selectors/socket';
import { serveBlocking } from '../support/lines.js';
import { accept, endOnInterrupt, listen, OPTIONS } from '../support/modelserver.js';
import { integer, parseOptions } from '../support/options.js';

/** The descriptor at which a child finds its end of the channel. */
const CHANNEL = 3;
const values = parseOptions({
  ...OPTIONS,
  workers: { type: 'string', default: '8' },
  child: { type: 'boolean', default: false },
});
if (values.child) serve(Socket.fromFd(CHANNEL));
else main(integer('workers', values.workers, 1, 1000));

/** A child: takes one connection after another, and says when it is free again. */
function serve(channel: Socket): void {
  for (;;) {
    const [message, [fd]] = recvFds(channel, 1, 1);
    if (fd === undefined) return;
    const connection = Socket.fromFd(fd);
    serveBlocking(connection);
    connection.close();
    channel.send(message);
  }
}

function main(workers: number): void {
  const children = Array.from({ length: workers }, () => {
    const [ours, theirs] = socketpair();
    const stdio = ['ignore', 'inherit', 'inherit', theirs.fileno()] as const;
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--child'], { stdio: [...stdio] });
    theirs.close();
    return { child, channel: ours };
  });
  const server = listen(values, `${workers} processes that take turns`);
  endOnInterrupt(server, () => {
    // They ignore what Ctrl-C sends, and may be blocked in a recv().
    for (const { child } of children) child.kill('SIGKILL');
  });
  for (const { channel } of children) employ(server, channel);
}

/** Gives one child a connection whenever it is free. */
async function employ(server: Socket, channel: Socket): Promise<never> {
  while (true) {
    const connection = await accept(server);
    sendFds(channel, [Uint8Array.of(0)], [connection]);
    connection.close(); // The child has its own descriptor of it.
    await ready(channel, EVENT_READ);
    channel.recv(1);
  }
}
