/**
 * I/O model 5: asynchronous. The kernel waits and copies, and says when it is done
 *
 * The same clients. The program submits all reads at once to io_uring: into which memory, from whom. The
 * kernel does both phases by itself. The program learns of a message when it is already in its memory.
 *
 * The idea to look for: there is no recv() here, and no moment at which the thread copies. The four models
 * before are synchronous, however they wait: in each, the program itself makes the call that copies. Of
 * the five, only this one is asynchronous.
 *
 * Order: 15
 */
import { Job, SIZE } from '../support/job.js';
import { openRing, readInThreads } from '../support/uring.js';

const ring = openRing(SIZE * 100);
const job = new Job();
if (ring === undefined) {
  await readInThreads(job);
  job.end('free: threads of the pool are blocked in its place');
} else {
  for (const { number, connection } of job.clients) ring.recv(connection, number * SIZE, SIZE, number);
  let left = job.clients.length;
  while (left > 0) {
    job.call('io_uring_enter', () => ring.enter(1)); // Submits what is new, and waits for one that is done.
    for (const [number, length] of ring.completions()) {
      const start = number * SIZE;
      job.got(job.clients[number]!, ring.area.subarray(start, start + length));
      left--;
    }
  }
  ring.close();
  job.end('waits for completions, for want of other work');
}
