/** Strikes every subject with every fault, and says what came of it. See start.ts. */
import { parseArgs } from 'node:util';
import { fail, noTotals, type Subject, strikeAll } from './engine.js';
import { files } from './files.js';
import { forgotten, natives } from './natives.js';
import { selectors, turn } from './selectors.js';
import { sockets } from './sockets.js';
import { checkThread } from './thread.js';

const { values } = parseArgs({
  options: {
    fast: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});

const subjects: Subject[] = [...natives, ...selectors, ...sockets, ...files];
const totals = noTotals();
if (process.env['FD_SELECTORS_LOOP'] === 'thread') await checkThread(totals);
// The thread's own epoll set stays open from here on.
await turn();
for (const subject of subjects) {
  if (subject.name.includes(values.only)) await strikeAll(subject, values.fast, totals);
}
if (!values.fast) {
  for (const name of forgotten()) fail(totals, `native.${name} has no driver in test/fault/natives.ts`, '');
}
const pairs = [...totals.calls.values()].reduce((sum, errnos) => sum + errnos.size, 0);
console.log(
  `${totals.subjects} subjects, ${totals.calls.size} system calls, ${pairs} pairs of call and errno, ` +
    `${totals.faults} faults, ${totals.failures.size} failures`,
);
for (const [what, errnos] of totals.failures) console.log(`${what} (${errnos.join(' ')})`);
process.exit(totals.failures.size === 0 ? 0 : 1);
