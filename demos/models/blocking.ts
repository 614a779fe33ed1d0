/**
 * I/O model 1: blocking. recv() waits for the data, and copies it
 *
 * Several slow clients each send one message, and the program reads them one after the other. A read has
 * two phases: *waiting for data*, until the kernel has it, and *copying it to the program*. A blocking
 * recv() returns when both are over.
 *
 * The idea to look for: while the thread waits for one client, it is deaf to the others. Their messages
 * stay in the kernel, and are read much later than they arrived.
 *
 * Order: 11
 */
import { Job, SIZE } from '../support/job.js';

const job = new Job();
for (const client of job.clients) {
  const message = job.call('recvfrom', () => client.connection.recv(SIZE));
  job.got(client, message);
}
job.end('blocked all the time, in one recv() after another');
