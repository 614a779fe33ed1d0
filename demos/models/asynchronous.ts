/**
 * I/O model 5: asynchronous. The kernel waits and copies, and says when it is done
 *
 * The same clients. The program submits all reads to io_uring at once. The kernel does both phases by itself, and copies into
 * the ring's memory. When the program learns of a message, it is already there.
 *
 * The idea to look for: there is no recv() here, and no moment at which the thread copies. The four models
 * before are synchronous, however they wait: in each, the program itself makes the call that copies. Of
 * the five, only this one is asynchronous.
 *
 * Order: 15
 */
import { Job } from '../support/job.js';
import { openRing, readInThreads } from '../support/uring.js';

const ring = openRing();
const job = new Job();
if (ring === undefined) {
  await readInThreads(job);
  job.end('free: threads of the pool are blocked in its place');
} else {
  for (const client of job.clients) ring.recv(client, client);
  let left = job.clients.length;
  while (left > 0) {
    // Submits what is new, and waits for one that is done.
    const completions = job.call('io_uring_enter', () => ring.completions());
    for (const { data: client, bytes } of completions) {
      job.got(client, bytes);
      left--;
    }
  }
  ring.close();
  job.end('waits for completions, for want of other work');
}
