/**
 * Server: model 2: a thread for each request. A worker gets the number of the connection
 *
 * Threads share the descriptors of their process: to hand over a connection, its number is enough. In Node a
 * thread is a worker, with a JavaScript heap of its own.
 *
 * The idea to look for: the thread blocks in recv() as if there were no other client. It is cheaper than a
 * process, and still has a start and memory to pay for. With more than `--most` clients at once, the
 * others wait.
 *
 * Order: 32
 */
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Socket } from 'fd-selectors/socket';
import { Places } from '../support/free.js';
import { serveBlocking } from '../support/lines.js';
import { accept, endOnInterrupt, hangUp, listen, OPTIONS } from '../support/modelserver.js';
import { integer, parseOptions } from '../support/options.js';

if (isMainThread) await main();
else {
  const connection = Socket.fromFd(workerData as number);
  serveBlocking(connection);
  connection.detach(); // The main thread closes it.
}

async function main(): Promise<never> {
  const values = parseOptions({ ...OPTIONS, most: { type: 'string', default: '32' } });
  const places = new Places(integer('most', values.most, 1, 1000));
  const server = listen(values, 'a thread for each client');

  const connections = new Set<Socket>();
  endOnInterrupt(server, () => connections.forEach(hangUp));

  while (true) {
    await places.take();
    const connection = await accept(server);
    connections.add(connection);
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: connection.fileno() });
    worker.once('exit', () => {
      connections.delete(connection);
      connection.close();
      places.give();
    });
  }
}
