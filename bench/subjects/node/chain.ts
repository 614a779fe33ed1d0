/** chain: `node:net` on both ends of each pair. */
import { Socket } from 'node:net';
import { openPairs, starters } from '../pairs.js';
import { active, fds, measureAsync, now, total } from '../workload.js';

const pairs = openPairs(fds);
const wrap = (sock: { detach(): number }): Socket => new Socket({ fd: sock.detach() });
const readers = pairs.readers.map(wrap);
const writers = pairs.writers.map(wrap);
const first = starters(writers);
const byte = new Uint8Array(1);
let left = 0;
let consumed = 0;
let done: () => void = () => undefined;

// A stream may join bytes that arrived together: each counts as the event that it is.
function onData(i: number, data: Buffer): void {
  for (let n = 0; n < data.length; n++) {
    consumed++;
    if (left === 0) continue;
    left--;
    (writers[i + 1 === fds ? 0 : i + 1] as Socket).write(byte);
  }
  if (consumed === total) done();
}

for (const [i, reader] of readers.entries()) reader.on('data', (data) => onData(i, data));

await measureAsync(async () => {
  left = total - active;
  consumed = 0;
  const start = now();
  const finished = new Promise<void>((resolve) => {
    done = resolve;
  });
  for (const writer of first) writer.write(byte);
  await finished;
  return (now() - start) / total;
});
for (const socket of [...readers, ...writers]) socket.destroy();
