/** chain: each event reads one byte and, while writes remain, writes one to the next pair. */
import { EVENT_READ } from 'fd-selectors';
import type { Socket } from 'fd-selectors/socket';
import { openPairs, starters } from '../pairs.js';
import { after, Round } from '../round.js';
import { fds, measure } from '../workload.js';
import { openSelector } from './open.js';

const { readers, writers } = openPairs(fds);
const sel = openSelector<number>();
for (const [i, reader] of readers.entries()) sel.register(reader, EVENT_READ, i);
const first = starters(writers);
const byte = new Uint8Array(1);

measure(() => {
  for (const writer of first) writer.send(byte);
  const round = new Round();
  while (round.goesOn) {
    for (const [key] of sel.select()) {
      key.fileobj.recvInto(byte);
      if (round.passes()) (writers[after(key.data)] as Socket).send(byte);
    }
  }
  return round.time();
});
