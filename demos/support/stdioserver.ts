/** The process that serves one client: its connection is standard input and standard output, as inetd has it. */
import { readSync, writeSync } from 'node:fs';
import { answersTo } from './lines.js';

const buffer = Buffer.alloc(65536);
let rest = '';
try {
  for (;;) {
    const length = readSync(0, buffer);
    const done = length === 0 ? null : answersTo(rest + buffer.toString('latin1', 0, length));
    if (done === null) break;
    for (let out = Buffer.from(done[0], 'latin1'); out.length > 0; ) out = out.subarray(writeSync(1, out));
    rest = done[1];
  }
} catch {
  // The client has vanished.
}
