/** chain, waiting with `selectAsync` on Node's own loop instead of blocking in `select`. */
import { EVENT_READ } from 'fd-selectors';
import type { Socket } from 'fd-selectors/socket';
import { openPairs, starters } from '../pairs.js';
import { after, Round } from '../round.js';
import { fds, measureAsync } from '../workload.js';
import { openSelector } from './open.js';

const { readers, writers } = openPairs(fds);
const sel = openSelector<number>();
for (const [i, reader] of readers.entries()) sel.register(reader, EVENT_READ, i);
const first = starters(writers);
const byte = new Uint8Array(1);

await measureAsync(async () => {
  for (const writer of first) writer.send(byte);
  const round = new Round();
  while (round.goesOn) {
    for (const [key] of await sel.selectAsync()) {
      key.fileobj.recvInto(byte);
      if (round.passes()) (writers[after(key.data)] as Socket).send(byte);
    }
  }
  return round.time();
});
