/** chain, on a ring: what one pair receives is sent to the next, in the same memory. */
import { available, Ring } from 'fd-selectors/uring';
import { openPairs, starters } from '../pairs.js';
import { active, fds, measure, now, skip, total } from '../workload.js';

const uring = available();
if (!uring.available) skip(uring.reason);
const { readers, writers } = openPairs(fds);
const ring = new Ring<number>();
for (const [i, reader] of readers.entries()) {
  reader.setblocking(true);
  ring.recvMultishot(reader, i);
}
const first = starters(writers);
const next = writers.map((_, i) => (writers[(i + 1) % fds] as (typeof writers)[0]).fileno());
const byte = new Uint8Array(1);

measure(() => {
  let left = total - active;
  let consumed = 0;
  for (const writer of first) writer.send(byte);
  const start = now();
  while (consumed < total) {
    for (const completion of ring.completions()) {
      if (completion.op !== 'recv') continue;
      consumed++;
      if (left === 0) continue;
      left--;
      ring.sendSkipSuccess(next[completion.data] as number, completion, 0);
    }
  }
  return (now() - start) / total;
});
