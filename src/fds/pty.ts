/** pty(7): pseudo-terminals. */
import { check } from '../errors.js';
import { native } from '../native.js';
import { untrack } from '../track.js';

/**
 * Opens a pseudo-terminal: what you write to the master arrives as typed input, and what the program at the terminal
 * writes can be read from the master.
 *
 * Both are bare numbers, close-on-exec, blocking, and yours to close; pass the second one to a child as its standard
 * input, output and error (docs/recipes.md, "A child on a terminal"). Once the last terminal descriptor is closed,
 * reading the master fails with `EIO`.
 *
 * Linux: pty(7). Python: `os.openpty`.
 *
 * @throws {@link OSError} `EMFILE`, `ENOSPC` when there are no more, `ENOENT` without /dev/ptmx.
 * @example
 * ```ts
 * import { isatty } from 'node:tty';
 * import { close, openpty, read, write } from 'fd-selectors/fds';
 * const [master, terminal] = openpty();
 * assert.ok(isatty(terminal));
 * write(master, Buffer.from('typed\n'));
 * const line = Buffer.alloc(100);
 * assert.equal(line.toString('utf8', 0, read(terminal, line)), 'typed\n');
 * close(terminal);
 * close(master);
 * ```
 */
export function openpty(): [master: number, terminal: number] {
  const fds = new Int32Array(2);
  check(native.openpty(fds), 'openpty');
  const [master, terminal] = fds as unknown as [number, number];
  return [untrack(master), untrack(terminal)];
}
