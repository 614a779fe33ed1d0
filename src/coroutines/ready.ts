/** Waiting for any descriptor. */
import { type FileObject, filenoOf } from '../fileno.js';
import { EVENT_READ, EVENT_WRITE } from '../selectors/index.js';
import { deadlineIn, type TimeoutOptions, timeoutOf } from './deadline.js';
import { Readiness } from './fdwait.js';
import { currentFiber, theHub } from './hub.js';
import { isAlwaysReady } from './poller.js';
import type { Coroutine } from './suspend.js';

function* ready(fileobj: FileObject, event: number, options?: TimeoutOptions): Coroutine {
  const timeout = timeoutOf(options);
  const fiber = currentFiber();
  const deadline = deadlineIn(timeout);
  try {
    const watch = theHub().poller.watch(filenoOf(fileobj));
    if (event === EVENT_READ && watch.held !== undefined) return;
    yield* new Readiness(fiber, watch, event, deadline, 'poll');
  } catch (error) {
    if (!isAlwaysReady(error)) throw error;
  }
}

/**
 * Waits until a descriptor is readable: it has data, a connection to accept, or has reached its end.
 *
 * Not guaranteed: that it notices when the descriptor is closed meanwhile.
 *
 * Linux: epoll(7). Regular files are always ready. Python: `gevent.socket.wait_read`.
 *
 * @param options - `timeout` is in seconds.
 * @throws {@link TimeoutError} `ETIMEDOUT`; {@link OSError} `EBADF` for a closed descriptor.
 * @throws {@link ConcurrentObjectUseError} `ERR_CONCURRENT_USE` while another task waits for the same direction.
 * @throws {@link ValueError} `ERR_INVALID_FD`, `ERR_INVALID_TIMEOUT`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 * @example
 * ```ts
 * import { run, spawn, waitRead } from 'fd-selectors/coroutines';
 * import { pipe } from 'fd-selectors/fds';
 * const [reader, writer] = pipe();
 * run(function* () {
 *   const task = spawn(function* () {
 *     yield* waitRead(reader);
 *     return reader.read(100).toString();
 *   });
 *   writer.write(Buffer.from('ping'));
 *   assert.equal(yield* task.get(), 'ping');
 * });
 * reader.close();
 * writer.close();
 * ```
 */
export function waitRead(fileobj: FileObject, options?: TimeoutOptions): Coroutine {
  return ready(fileobj, EVENT_READ, options);
}

/**
 * Waits until a descriptor is writable; otherwise as {@link waitRead}.
 *
 * Python: `gevent.socket.wait_write`.
 *
 * @throws as {@link waitRead} does.
 * @example
 * ```ts
 * import { run, waitWrite } from 'fd-selectors/coroutines';
 * import { pipe } from 'fd-selectors/fds';
 * const [reader, writer] = pipe();
 * run(function* () {
 *   yield* waitWrite(writer, { timeout: 10 });
 *   assert.equal(writer.write(Buffer.from('ping')), 4);
 * });
 * reader.close();
 * writer.close();
 * ```
 */
export function waitWrite(fileobj: FileObject, options?: TimeoutOptions): Coroutine {
  return ready(fileobj, EVENT_WRITE, options);
}
