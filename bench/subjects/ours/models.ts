/**
 * models: the echo server with a process or a worker thread for each request, or a pool of workers
 * that accept for themselves; each of them blocks in `recv`, as a thread in C does. For the models
 * select, poll and epoll it is the server of the trial echo.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { EpollSelector, EVENT_READ } from 'fd-selectors';
import { createServer, IPPROTO_TCP, Socket, TCP_NODELAY } from 'fd-selectors/socket';
import { answer, count, parameter } from '../workload.js';

const SELF = fileURLToPath(import.meta.url);
const model = parameter('model', 'process');
/** Where a process that is started for one request finds its connection. */
const INHERITED = 3;

/** One for each thread: a new one for each connection would have to be cleared, as none in C is. */
const buffer = new Uint8Array(65536);

function echo(conn: Socket): void {
  conn.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
  try {
    for (let got = conn.recvInto(buffer); got > 0; got = conn.recvInto(buffer)) {
      conn.sendall(buffer, 0, got);
    }
  } catch {
    // The client has reset the connection: that is how it ends them.
  }
  conn.close();
}

function startProcess(conn: Socket): void {
  spawn(process.execPath, [SELF, 'model=child'], { stdio: ['ignore', 'ignore', 'inherit', conn.fileno()] });
  conn.close();
}

function startThread(conn: Socket): void {
  new Worker(SELF, { workerData: conn.detach(), argv: ['model=thread'] });
}

/** Accepts on Node's loop, which must turn for processes and workers to start and end. */
async function serve(server: Socket, begin: (conn: Socket) => void): Promise<void> {
  const sel = new EpollSelector();
  sel.register(server, EVENT_READ);
  for (;;) {
    await sel.selectAsync();
    begin(server.accept()[0]);
  }
}

/** Resolves when all workers run: a pool is there before the first request. */
async function startPool(server: Socket): Promise<void> {
  const workers = Array.from(
    { length: count('connections', 32) },
    () => new Worker(SELF, { workerData: server.fileno(), argv: ['model=pool'] }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));
}

async function main(): Promise<void> {
  const server = createServer(['127.0.0.1', 0], { backlog: 4096 });
  if (model === 'pool') await startPool(server);
  answer({ port: server.getsockname()[1] as number });
  if (model !== 'pool') await serve(server, model === 'process' ? startProcess : startThread);
}

if (['select', 'poll', 'epoll'].includes(model)) {
  await import('./echo.js');
} else if (model === 'child') {
  echo(Socket.fromFd(INHERITED));
} else if (isMainThread) {
  await main();
} else if (model === 'pool') {
  const server = Socket.fromFd(workerData as number);
  parentPort?.postMessage('ready');
  for (;;) echo(server.accept()[0]);
} else {
  echo(Socket.fromFd(workerData as number));
}
