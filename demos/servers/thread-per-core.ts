/**
 * Server model 6: one thread for each core, all on one port with SO_REUSEPORT
 *
 * One event-driven thread uses one core. So there is one for each core: every worker runs the program of model 5,
 * with its own selector and its own server socket, all bound to the same port.
 *
 * The idea to look for: nothing is shared or handed over. The kernel chooses a server socket for
 * each new connection by a hash of its addresses, so one thread may get more of them than another.
 *
 * Order: 36
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { SO_REUSEPORT, SOL_SOCKET, socket } from 'fd-selectors/socket';
import { PER_WORKER, requireDescriptors } from '../support/limits.js';
import { logListening } from '../support/log.js';
import { endOnInterrupt, OPTIONS } from '../support/modelserver.js';
import { integer, parseOptions } from '../support/options.js';

const values = parseOptions({
  ...OPTIONS,
  workers: { type: 'string', default: String(Math.max(2, availableParallelism())) },
});
const count = integer('workers', values.workers, 1, 1000);
requireDescriptors(count * PER_WORKER);

// Bound, but never listening: it reserves the port, and gets no connections.
const reserved = socket();
reserved.setsockopt(SOL_SOCKET, SO_REUSEPORT, 1);
reserved.bind([values.host, integer('port', values.port, 0, 65535)]);

const program = fileURLToPath(new URL('one-thread.js', import.meta.url));
const workers = Array.from(
  { length: count },
  () =>
    new Worker(program, { workerData: { address: reserved.getsockname(), quiet: values.quiet }, argv: [] }),
);
const ended = workers.map((worker) => once(worker, 'exit'));
await Promise.all(workers.map((worker) => once(worker, 'message')));
logListening(reserved.getsockname(), `answering in upper case, ${count} threads with epoll`, values.quiet);
endOnInterrupt(reserved, () => Promise.all(ended)); // Ctrl-C reaches each of them.
