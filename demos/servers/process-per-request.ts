/**
 * Server model 1: a process for each request. The connection is its standard input and output
 *
 * The oldest model, that of inetd and CGI: for every connection, the server starts a process whose standard
 * input and output *are* the connection. That process knows nothing of sockets: it reads and writes.
 *
 * The idea to look for: each client is alone with its process. It may block, leak or crash without harming
 * others. The price is starting a process, and its memory, for every client. With more than `--most`
 * clients at once, the others wait; otherwise the machine would run out of memory.
 *
 * Order: 31
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Places } from '../support/free.js';
import { accept, endOnInterrupt, listen, OPTIONS } from '../support/modelserver.js';
import { integer, parseOptions } from '../support/options.js';

const script = fileURLToPath(new URL('../support/stdioserver.js', import.meta.url));
const values = parseOptions({ ...OPTIONS, most: { type: 'string', default: '32' } });
const places = new Places(integer('most', values.most, 1, 1000));
const server = listen(values, 'a process for each client');

const children = new Set<ChildProcess>();
endOnInterrupt(server, () => {
  for (const child of children) child.kill();
});

while (true) {
  await places.take();
  const connection = await accept(server);
  const fd = connection.fileno();
  const child = spawn(process.execPath, [script], { stdio: [fd, fd, 'inherit'] });
  connection.close(); // The child has its own descriptor of it.
  children.add(child);
  child.once('close', () => {
    children.delete(child);
    places.give();
  });
}
