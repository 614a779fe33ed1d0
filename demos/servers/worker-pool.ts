/**
 * Server model 4: a bounded pool of threads. A free thread gets the number of a connection
 *
 * The same with workers: they are started once, and get one connection after another, as a descriptor number.
 *
 * The idea to look for: as in the pool of processes, each slow or idle client holds a thread.
 * With eight threads, the ninth client waits. To serve many clients that are mostly idle, do not wait for
 * each one separately: that is the next model.
 *
 * Order: 34
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { Socket } from 'fd-selectors/socket';
import { PER_WORKER, requireDescriptors } from '../support/limits.js';
import { serveBlocking } from '../support/lines.js';
import { accept, endOnInterrupt, hangUp, listen, OPTIONS } from '../support/modelserver.js';
import { integer, parseOptions } from '../support/options.js';

if (isMainThread) main();
else {
  parentPort?.on('message', (fd: number) => {
    const connection = Socket.fromFd(fd);
    serveBlocking(connection);
    connection.detach(); // The main thread closes it.
    parentPort?.postMessage('free again');
  });
}

function main(): void {
  const values = parseOptions({ ...OPTIONS, workers: { type: 'string', default: '8' } });
  const count = integer('workers', values.workers, 1, 1000);
  requireDescriptors(count * PER_WORKER);
  const workers = Array.from({ length: count }, () => new Worker(fileURLToPath(import.meta.url)));
  const server = listen(values, `${count} threads that take turns`);
  const connections = new Set<Socket>();
  endOnInterrupt(server, () => connections.forEach(hangUp));
  for (const worker of workers) employ(server, worker, connections);
}

/** Gives one worker a connection whenever it is free. */
async function employ(server: Socket, worker: Worker, connections: Set<Socket>): Promise<never> {
  while (true) {
    const connection = await accept(server);
    connections.add(connection);
    worker.postMessage(connection.fileno());
    await once(worker, 'message');
    connections.delete(connection);
    connection.close();
  }
}
