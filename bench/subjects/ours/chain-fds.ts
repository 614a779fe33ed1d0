/** chain, with plain descriptors and read(2) and write(2) instead of sockets. */
import { EVENT_READ } from 'fd-selectors';
import { read, write } from 'fd-selectors/fds';
import { openPairs, starters } from '../pairs.js';
import { active, fds, measure, now, total } from '../workload.js';
import { checkNameable, openSelector } from './open.js';

const pairs = openPairs(fds);
checkNameable(pairs.readers);
const writers = pairs.writers.map((writer) => writer.fileno());
const sel = openSelector<number, number>();
for (const [i, reader] of pairs.readers.entries()) sel.register(reader.fileno(), EVENT_READ, i);
const first = starters(writers);
const byte = new Uint8Array(1);

measure(() => {
  let left = total - active;
  let consumed = 0;
  for (const writer of first) write(writer, byte);
  const start = now();
  while (consumed < total) {
    for (const [key] of sel.select()) {
      read(key.fd, byte);
      consumed++;
      if (left === 0) continue;
      left--;
      const next = key.data + 1;
      write(writers[next === fds ? 0 : next] as number, byte);
    }
  }
  return (now() - start) / total;
});
