/**
 * Server model 5: one thread, event-driven, with select, poll or epoll
 *
 * One thread waits for all connections at once and serves those that are ready, a piece at a time. The
 * same program runs on each of the three system calls: `--selector select`, `poll` or `epoll`.
 *
 * The idea to look for: a client costs a registration and a few strings, not a process or a thread. A
 * thousand idle ones cost epoll nothing; select and poll get all of them passed in every call, and
 * select takes only descriptors below 1,024.
 *
 * Order: 35
 */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { EpollSelector, EVENT_READ, EVENT_WRITE, PollSelector, SelectSelector } from 'fd-selectors';
import { createServer, type Socket } from 'fd-selectors/socket';
import { attempt, tryAccept } from '../support/attempt.js';
import { endInterrupted, interrupts } from '../support/interrupt.js';
import { answersTo } from '../support/lines.js';
import { log, silence } from '../support/log.js';
import { listen, OPTIONS } from '../support/modelserver.js';
import { parseOptions, refuse } from '../support/options.js';

const SELECTORS = { select: SelectSelector, poll: PollSelector, epoll: EpollSelector };

const values = parseOptions({ ...OPTIONS, selector: { type: 'string', default: 'epoll' } });
if (!Object.hasOwn(SELECTORS, values.selector)) refuse("--selector is 'select', 'poll' or 'epoll'");
const sel = new SELECTORS[values.selector as keyof typeof SELECTORS]<() => void>();
const server = isMainThread ? listen(values, `one thread with ${values.selector}`) : listenInWorker();
sel.register(server, EVENT_READ, acceptOne);
sel.register(interrupts, EVENT_READ, end);
while (true) {
  for (const [key] of sel.select()) key.data();
}

function acceptOne(): void {
  const accepted = tryAccept(server);
  if (accepted === null) return;
  // Without a descriptor for it, it waits until a connection is closed.
  if (accepted === 'shortage') sel.unregister(server);
  else serve(accepted[0]);
}

function serve(connection: Socket): void {
  let rest = '';
  let unsent = Buffer.alloc(0);
  try {
    sel.register(connection, EVENT_READ, attempt(read, close));
  } catch (error) {
    log(`a client is turned away: ${(error as Error).message}`); // select() and its 1,024 descriptors.
    connection.close();
  }

  function read(): void {
    const data = connection.tryRecv(65536);
    if (data === null) return; // A false alarm.
    const done = data.length === 0 ? null : answersTo(rest + data.toString('latin1'));
    if (done === null) {
      close();
      return;
    }
    rest = done[1];
    unsent = Buffer.from(done[0], 'latin1');
    write();
  }

  function write(): void {
    unsent = unsent.subarray(connection.trySend(unsent) ?? 0);
    // As long as we owe it an answer, we do not read from it.
    if (unsent.length > 0) sel.modify(connection, EVENT_WRITE, attempt(write, close));
    else sel.modify(connection, EVENT_READ, attempt(read, close));
  }

  function close(): void {
    sel.unregister(connection);
    connection.close();
    if (!sel.getMap().has(server)) sel.register(server, EVENT_READ, acceptOne);
  }
}

/** In a worker of the next model: one of several server sockets on the same port. */
function listenInWorker(): Socket {
  const { address, quiet } = workerData as { address: [string, number]; quiet: boolean };
  if (quiet) silence();
  const socket = createServer(address, { backlog: 1024, reusePort: true });
  socket.setblocking(false);
  parentPort?.postMessage('listening');
  return socket;
}

function end(): void {
  const sockets = [...sel.getMap().values()].map(({ fileobj }) => fileobj as Socket);
  if (isMainThread) endInterrupted(sockets.filter((socket) => socket !== (interrupts as unknown)));
  process.exit(); // Which ends this thread, and closes what it has opened.
}
