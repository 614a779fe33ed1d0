/** How a demo ends that cannot go on: with a line, not with a stack, where the system refused something. */
import { isMainThread } from 'node:worker_threads';
import { OSError } from 'fd-selectors';

/** What to do about an error that a user can do something about. */
const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has this port; --port 0 takes a free one',
  EACCES: 'ports below 1024 are for privileged users',
  EADDRNOTAVAIL: 'this machine does not have that address',
};

// The error of a worker belongs to the thread that started it.
if (isMainThread) {
  process.on('uncaughtException', (error) => {
    if (error instanceof OSError) {
      const advice = ADVICE[error.code];
      console.error(advice === undefined ? error.message : `${error.message}: ${advice}`);
    } else {
      console.error(error);
    }
    process.exit(1);
  });
}
