/**
 * Workers: four threads accept connections on one port in three ways, and count them
 *
 * Worker threads share the descriptors of their process, so several can wait for the same server socket,
 * each with its own selector. Or each has its own server socket, all bound to one port.
 *
 * The idea to look for: a new connection wakes every selector that watches a shared server socket, and all
 * but one find nothing to accept: a thundering herd. `EPOLLEXCLUSIVE` wakes as few as possible. With
 * `SO_REUSEPORT` there is nothing to race for: the kernel assigns each connection to one server socket.
 *
 * Order: 26
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { EpollSelector, EVENT_READ } from 'fd-selectors';
import { dup, Waker } from 'fd-selectors/fds';
import { EPOLLEXCLUSIVE } from 'fd-selectors/select';
import {
  createConnection,
  createServer,
  SO_REUSEPORT,
  SOL_SOCKET,
  Socket,
  socket,
} from 'fd-selectors/socket';
import { endIfInterrupted, isInterrupted } from './support/interrupt.js';
import { PER_WORKER, requireDescriptors } from './support/limits.js';
import { integer, parseOptions } from './support/options.js';
import { line } from './support/progress.js';

const HOST = '127.0.0.1';
const WORKERS = 4;
/** Connections open at a time; no more than fit into a server socket's backlog. */
const AT_ONCE = 100;

/** What a worker is told: its name, where connections come from, and which descriptor tells it to stop. */
interface Orders {
  readonly name: string;
  /** The shared server socket and how to watch it, or the port on which to open one. */
  readonly source: { readonly fd: number; readonly flags: number } | { readonly port: number };
  readonly stop: number;
}

/** What a worker did. */
interface Report {
  readonly accepted: number;
  readonly inVain: number;
}

if (isMainThread) await main();
else parentPort?.postMessage(serve(workerData as Orders));

async function main(): Promise<void> {
  const { connections } = parseOptions({ connections: { type: 'string', default: '400' } });
  const count = integer('connections', connections, 1, 1_000_000);
  requireDescriptors(WORKERS * PER_WORKER + AT_ONCE);
  line(`${WORKERS} workers, ${count} connections in each of three ways`);

  const shared = createServer([HOST, 0]);
  shared.setblocking(false);
  const [, sharedPort] = shared.getsockname() as [string, number];
  await run('one server socket', { fd: shared.fileno(), flags: 0 }, sharedPort, count);
  await run(
    'one server socket, with EPOLLEXCLUSIVE',
    { fd: shared.fileno(), flags: EPOLLEXCLUSIVE },
    sharedPort,
    count,
  );
  shared.close();

  // Bound, but never listening: it reserves the port, and gets no connections.
  const reserved = socket();
  reserved.setsockopt(SOL_SOCKET, SO_REUSEPORT, 1);
  reserved.bind([HOST, 0]);
  const [, port] = reserved.getsockname() as [string, number];
  await run('a server socket each, with SO_REUSEPORT', { port }, port, count);
  reserved.close();

  line(`\nchecked: ${3 * count} connections, each answered by one worker`);
}

/** Starts workers, connects to them, stops them, and prints how many connections each accepted. */
async function run(title: string, source: Orders['source'], port: number, count: number): Promise<void> {
  const stop = new Waker();
  const workers = Array.from({ length: WORKERS }, (_, i) => {
    const orders: Orders = { name: String(i), source, stop: stop.fileno() };
    return new Worker(fileURLToPath(import.meta.url), { workerData: orders });
  });
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const answered = connectAll(port, count);
  const reports = workers.map((worker) => once(worker, 'message') as Promise<Report[]>);
  stop.wake();

  line(`\n${title}:`);
  for (const [i, [report]] of (await Promise.all(reports)).entries()) {
    const { accepted, inVain } = report as Report;
    line(`  worker ${i}: ${String(accepted).padStart(5)} connections, ${inVain} wake-ups for nothing`);
    if (accepted !== answered[i]) throw new Error(`worker ${i} answered ${answered[i]} connections`);
  }
  stop.close();
  endIfInterrupted();
}

/** Opens connections, some at a time, and counts how many each worker answered. */
function connectAll(port: number, count: number): number[] {
  const answered = new Array<number>(WORKERS).fill(0);
  for (let left = count; left > 0 && !isInterrupted(); left -= AT_ONCE) {
    const length = Math.min(left, AT_ONCE);
    const sockets = Array.from({ length }, () => createConnection([HOST, port], { timeout: 15 }));
    for (const connection of sockets) {
      const name = Number(connection.recv(1).toString());
      answered[name] = (answered[name] as number) + 1;
      connection.close();
    }
  }
  return answered;
}

/** The worker: answers every connection with its name, until it is told to stop. */
function serve({ name, source, stop }: Orders): Report {
  const sel = new EpollSelector();
  const server = openServer(source);
  sel.register(server, EVENT_READ, undefined, 'flags' in source ? source.flags : 0);
  sel.register(stop, EVENT_READ);
  parentPort?.postMessage('ready');

  let accepted = 0;
  let inVain = 0;
  while (true) {
    for (const [key] of sel.select()) {
      if (key.fd === stop) {
        sel.close();
        server.close();
        return { accepted, inVain };
      }
      // Accepting only one connection per wake-up leaves some for the others.
      const [connection] = server.tryAccept() ?? [];
      if (connection === undefined) {
        inVain++;
        continue;
      }
      accepted++;
      connection.sendall(Buffer.from(name));
      connection.close();
    }
  }
}

/** The server socket to accept from. A shared one is duplicated, so that each worker closes only its own. */
function openServer(source: Orders['source']): Socket {
  if ('fd' in source) return Socket.fromFd(dup(source.fd));
  const server = createServer([HOST, source.port], { reusePort: true });
  server.setblocking(false);
  return server;
}
