/** chain, with plain descriptors and read(2) and write(2) instead of sockets. */
import { EVENT_READ } from 'fd-selectors';
import { read, write } from 'fd-selectors/fds';
import { openPairs, starters } from '../pairs.js';
import { after, Round } from '../round.js';
import { fds, measure } from '../workload.js';
import { checkNameable, openSelector } from './open.js';

const pairs = openPairs(fds);
checkNameable(pairs.readers);
const writers = pairs.writers.map((writer) => writer.fileno());
const sel = openSelector<number, number>();
for (const [i, reader] of pairs.readers.entries()) sel.register(reader.fileno(), EVENT_READ, i);
const first = starters(writers);
const byte = new Uint8Array(1);

measure(() => {
  for (const writer of first) write(writer, byte);
  const round = new Round();
  while (round.goesOn) {
    for (const [key] of sel.select()) {
      read(key.fd, byte);
      if (round.passes()) write(writers[after(key.data)] as number, byte);
    }
  }
  return round.time();
});
