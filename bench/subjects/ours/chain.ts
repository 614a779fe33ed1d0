/** chain: each event reads one byte and, while writes remain, writes one to the next pair. */
import { EVENT_READ } from 'fd-selectors';
import { openPairs, starters } from '../pairs.js';
import { active, fds, measure, now, total } from '../workload.js';
import { checkNameable, openSelector } from './open.js';

const { readers, writers } = openPairs(fds);
checkNameable(readers);
const sel = openSelector<number>();
for (const [i, reader] of readers.entries()) sel.register(reader, EVENT_READ, i);
const first = starters(writers);
const byte = new Uint8Array(1);

measure(() => {
  let left = total - active;
  let consumed = 0;
  for (const writer of first) writer.send(byte);
  const start = now();
  while (consumed < total) {
    for (const [key] of sel.select()) {
      key.fileobj.recvInto(byte);
      consumed++;
      if (left === 0) continue;
      left--;
      const next = key.data + 1;
      (writers[next === fds ? 0 : next] as (typeof writers)[0]).send(byte);
    }
  }
  return (now() - start) / total;
});
