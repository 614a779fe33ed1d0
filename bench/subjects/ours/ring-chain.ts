/** chain, on a ring: what one pair receives is sent to the next, in the same memory. */
import { available, Ring } from 'fd-selectors/uring';
import { openPairs, starters } from '../pairs.js';
import { after, Round } from '../round.js';
import { fds, measure, skip } from '../workload.js';

const uring = available();
if (!uring.available) skip(uring.reason);
const { readers, writers } = openPairs(fds);
const ring = new Ring<number>();
for (const [i, reader] of readers.entries()) {
  reader.setblocking(true);
  ring.recvMultishot(reader, i);
}
const first = starters(writers);
const next = writers.map((_, i) => (writers[after(i)] as (typeof writers)[0]).fileno());
const byte = new Uint8Array(1);

measure(() => {
  for (const writer of first) writer.send(byte);
  const round = new Round();
  while (round.goesOn) {
    for (const completion of ring.completions()) {
      if (completion.op !== 'recv') continue;
      if (round.passes()) ring.sendSkipSuccess(next[completion.data] as number, completion, 0);
    }
  }
  return round.time();
});
