/**
 * Server model 2: a thread for each request. A worker gets the number of the connection
 *
 * Threads share the descriptors of their process: to hand over a connection, its number is enough. In Node a
 * thread is a worker, with its own JavaScript heap.
 *
 * The idea to look for: the thread blocks in recv() as if there were no other client. It is cheaper than a
 * process, but still costs startup time and memory. With more than `--most` clients at once, the
 * others wait.
 *
 * Order: 32
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Socket } from 'fd-selectors/socket';
import { Places } from '../support/free.js';
import { PER_WORKER, requireDescriptors } from '../support/limits.js';
import { accept, endOnInterrupt, hangUp, listen, OPTIONS } from '../support/modelserver.js';
import { integer, parseOptions } from '../support/options.js';

const script = fileURLToPath(new URL('../support/threadserver.js', import.meta.url));
const values = parseOptions({ ...OPTIONS, most: { type: 'string', default: '32' } });
const most = integer('most', values.most, 1, 1000);
requireDescriptors(most * PER_WORKER);
const places = new Places(most);
const server = listen(values, 'a thread for each client');

const connections = new Set<Socket>();
endOnInterrupt(server, () => connections.forEach(hangUp));

while (true) {
  await places.take();
  const connection = await accept(server);
  connections.add(connection);
  const worker = new Worker(script, { workerData: connection.fileno() });
  worker.once('exit', () => {
    connections.delete(connection);
    connection.close();
    places.give();
  });
}
