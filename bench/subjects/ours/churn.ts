/** churn: registering and unregistering, or changing what is watched. */
import { EVENT_READ, EVENT_WRITE } from 'fd-selectors';
import { openPairs } from '../pairs.js';
import { fds, measure, now, parameter } from '../workload.js';
import { openSelector } from './open.js';

const { readers } = openPairs(fds);
const sel = openSelector<undefined>();

function register(): number {
  const start = now();
  for (const reader of readers) {
    sel.register(reader, EVENT_READ);
    sel.unregister(reader);
  }
  return (now() - start) / fds;
}

function modify(): number {
  const start = now();
  for (const reader of readers) sel.modify(reader, EVENT_READ | EVENT_WRITE);
  for (const reader of readers) sel.modify(reader, EVENT_READ);
  return (now() - start) / (2 * fds);
}

if (parameter('operation', 'register') === 'modify') {
  for (const reader of readers) sel.register(reader, EVENT_READ);
  measure(modify);
} else {
  measure(register);
}
