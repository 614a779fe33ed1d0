/** chain, waiting with `selectAsync` on Node's own loop instead of blocking in `select`. */
import { EVENT_READ } from 'fd-selectors';
import { openPairs, starters } from '../pairs.js';
import { active, fds, measureAsync, now, total } from '../workload.js';
import { openSelector } from './open.js';

const { readers, writers } = openPairs(fds);
const sel = openSelector<number>();
for (const [i, reader] of readers.entries()) sel.register(reader, EVENT_READ, i);
const first = starters(writers);
const byte = new Uint8Array(1);

await measureAsync(async () => {
  let left = total - active;
  let consumed = 0;
  for (const writer of first) writer.send(byte);
  const start = now();
  while (consumed < total) {
    for (const [key] of await sel.selectAsync()) {
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
