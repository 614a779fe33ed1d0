/**
 * I/O model 4: signal-driven. A signal says that there is data, and recv() copies
 *
 * The same clients. Each socket is told to send this process SIGIO when data arrives (`F_SETOWN`,
 * `O_ASYNC`). Nothing waits: the thread is free for anything else, which the ticks of a timer show.
 *
 * The idea to look for: the signal says *that* something has come, not from whom, and two that come
 * together are one. So the program has to try every client, some in vain. That, and what it
 * costs to interrupt a thread, is why servers multiplex.
 *
 * Order: 14
 */
import { EVENT_READ, ready } from 'fd-selectors';
import { F_GETFL, F_SETFL, F_SETOWN, fcntl, O_ASYNC, signals } from 'fd-selectors/fds';
import { type Client, Job, SIZE } from '../support/job.js';

const sigio = signals(['SIGIO']);
const job = new Job();
for (const { connection } of job.clients) {
  connection.setblocking(false);
  job.call('fcntl', () => fcntl(connection, F_SETOWN, process.pid));
  const flags = job.call('fcntl', () => fcntl(connection, F_GETFL));
  job.call('fcntl', () => fcntl(connection, F_SETFL, flags | O_ASYNC));
}

let ticks = 0;
const ticking = setInterval(() => ticks++, 5); // Something else that this thread does.

const waiting = new Set<Client>(job.clients);
for (;;) {
  // Asked once before the first signal, too: data may have come before O_ASYNC was set.
  for (const client of waiting) {
    const message = job.call('recvfrom', () => client.connection.tryRecv(SIZE));
    if (message === null) continue;
    job.got(client, message);
    waiting.delete(client);
  }
  if (waiting.size === 0) break;
  await ready(sigio, EVENT_READ);
  sigio.read();
}
clearInterval(ticking);
job.end(`free: a timer of this thread ticked ${ticks} times`);
sigio.close(); // Last: without its handler, one more SIGIO would end the process.
