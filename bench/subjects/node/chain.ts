/** chain: `node:net` on both ends of each pair. */
import { Socket } from 'node:net';
import { openPairs, starters } from '../pairs.js';
import { after, Round } from '../round.js';
import { fds, measureAsync } from '../workload.js';

const pairs = openPairs(fds);
const wrap = (sock: { detach(): number }): Socket => new Socket({ fd: sock.detach() });
const readers = pairs.readers.map(wrap);
const writers = pairs.writers.map(wrap);
const first = starters(writers);
const byte = new Uint8Array(1);
let round: Round;
let done: () => void = () => undefined;

// A stream may join bytes that arrived together: each counts as the event that it is.
function onData(i: number, data: Buffer): void {
  for (let n = 0; n < data.length; n++) {
    if (round.passes()) (writers[after(i)] as Socket).write(byte);
  }
  if (!round.goesOn) done();
}

for (const [i, reader] of readers.entries()) reader.on('data', (data) => onData(i, data));

await measureAsync(async () => {
  const finished = new Promise<void>((resolve) => {
    done = resolve;
  });
  for (const writer of first) writer.write(byte);
  round = new Round();
  await finished;
  return round.time();
});
for (const socket of [...readers, ...writers]) socket.destroy();
