/**
 * I/O model 3: multiplexing. select() waits for all of them, and recv() copies
 *
 * The same clients. One call waits for the first to be ready; only then does the program call recv(), which
 * has nothing left to wait for.
 *
 * The idea to look for: the thread is blocked as long as in the first model, but on all clients at once, so
 * it is deaf to none. Two calls for each message, none in vain.
 *
 * Order: 13
 */
import { select } from 'fd-selectors/select';
import { type Client, Job, SIZE } from '../support/job.js';

const job = new Job();
const waiting = new Set<Client>(job.clients);
while (waiting.size > 0) {
  const [ready] = job.call('pselect6', () => select(waiting, [], []));
  for (const client of ready) {
    const message = job.call('recvfrom', () => client.connection.recv(SIZE));
    job.got(client, message);
    waiting.delete(client);
  }
}
job.end('blocked in select(), which any client ends');
