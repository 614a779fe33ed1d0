/** Standard output for programs that may never return to Node's event loop, on which `console.log` relies. */
import { writeSync } from 'node:fs';
import { select } from 'fd-selectors/select';

/** The exit code of a shell for SIGPIPE, which Node ignores. */
const CLOSED_PIPE = 128 + 13;

/** Writes all of a text. Where nobody reads any longer, as after `| head`, it ends the process. */
export function print(text: string): void {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') process.exit(CLOSED_PIPE);
      // The process that started us may have made the pipe non-blocking.
      if (code !== 'EAGAIN') throw error;
      select([], [1], []);
    }
  }
}
