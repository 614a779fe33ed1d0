/** Lines on standard output; the last one may show progress. */
import { isatty } from 'node:tty';
import { print } from './stdout.js';

const terminal = isatty(1);
/** When progress was last shown, in milliseconds, and at which tenth. */
let shown = 0;
let tenth = 0;

/** Prints a line. Not with `console.log`, which may wait for Node's event loop to turn. */
export function line(text: string): void {
  print(terminal ? `\r\x1b[K${text}\n` : `${text}\n`);
}

/** Shows progress: on a terminal always in the same line, elsewhere in one line per tenth of the way. */
export function progress(done: number, total: number, text: string): void {
  const now = performance.now();
  if (terminal) {
    if (now - shown < 100 && done < total) return;
    print(`\r\x1b[K${text}`);
    shown = now;
  } else if (Math.floor((10 * done) / total) > tenth) {
    tenth = Math.floor((10 * done) / total);
    line(text);
  }
}
