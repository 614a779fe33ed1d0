/**
 * I/O model 2: non-blocking. recv() copies, or says at once that there is nothing
 *
 * The same clients. A recv() on a non-blocking socket never waits: without data it fails with EAGAIN,
 * and the program asks the next one, again and again.
 *
 * The idea to look for: no client keeps us from another, but the processor is busy all the time, and nearly
 * every call is in vain. It is still synchronous: once there is data, recv() copies it while the
 * program is blocked. Non-blocking takes away the first phase, not the second.
 *
 * Order: 12
 */
import { type Client, Job, SIZE } from '../support/job.js';

const job = new Job();
for (const { connection } of job.clients) connection.setblocking(false);

let wasted = 0;
const waiting = new Set<Client>(job.clients);
while (waiting.size > 0) {
  for (const client of waiting) {
    const message = job.call('recvfrom', () => client.connection.tryRecv(SIZE));
    if (message === null) {
      wasted++;
      continue;
    }
    job.got(client, message);
    waiting.delete(client);
  }
}
job.end(`asked ${wasted} times in vain`);
