/** idle: what one `select(0)` costs with some descriptors ready. */
import { EVENT_READ } from 'fd-selectors';
import { openPairs } from '../pairs.js';
import { count, fds, measure, now } from '../workload.js';
import { openSelector } from './open.js';

const TURNS = 10;
const { readers, writers } = openPairs(fds);
const sel = openSelector<undefined>();
for (const reader of readers) sel.register(reader, EVENT_READ);
for (const writer of writers.slice(0, count('ready', 0))) writer.send(new Uint8Array(1));

let seen = 0;
measure(() => {
  const start = now();
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [key, mask] of sel.select(0)) seen = (seen + key.fd + mask) | 0;
  }
  return (now() - start) / TURNS;
});
