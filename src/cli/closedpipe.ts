/** What happens when nobody reads the output any longer, as in `fd-selectors bench --list | head`. */

/** The exit code of a shell for SIGPIPE, which Node ignores. */
const CLOSED_PIPE = 128 + 13;

/** Ends the process quietly when its output or its error output is a closed pipe. */
export function endOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(CLOSED_PIPE);
      throw error;
    });
  }
}
