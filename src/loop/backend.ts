/** What watches the loop set of this thread: libuv, or a thread of its own where the runtime has no libuv. */
import { show } from '../arguments.js';
import { ENOSYS, ValueError } from '../errors.js';
import { native, type Result } from '../native.js';

/** `'uv'`: Node's event loop itself; `'thread'`: a thread in epoll_wait(2), one for each environment. */
export type LoopBackend = 'uv' | 'thread';

let backend: LoopBackend | undefined;

/**
 * Bun and Deno export functions of libuv that are not libuv: Bun's abort the process, Deno's are not complete. Their
 * environment is not read, which takes a permission in Deno.
 */
function choose(): LoopBackend {
  if ('bun' in process.versions || 'deno' in process.versions) return 'thread';
  const { FD_SELECTORS_LOOP: wanted = 'uv' } = process.env;
  if (wanted === 'uv' || wanted === 'thread') return wanted;
  const message = `The environment variable FD_SELECTORS_LOOP must be "uv" or "thread". Received ${show(wanted)}`;
  throw new ValueError('ERR_INVALID_LOOP', message);
}

/**
 * Returns what waits on the event loop use in this thread. It never changes once a wait has begun.
 *
 * @throws {@link ValueError} `ERR_INVALID_LOOP` if the environment variable FD_SELECTORS_LOOP is neither `uv`
 *   nor `thread`.
 */
export function loopBackend(): LoopBackend {
  backend ??= choose();
  return backend;
}

/**
 * Opens a watcher: see {@link native}. A runtime that turns out to lack libuv gets the thread.
 *
 * @param onReadable - gets `-errno` if the kernel refuses to wait any longer.
 */
export function openWatcher(epfd: number, onReadable: (failure?: Result) => void): Result {
  const result = native.loopOpen(epfd, onReadable, loopBackend() === 'thread' ? 1 : 0);
  if (result !== -ENOSYS || backend === 'thread') return result;
  backend = 'thread';
  return native.loopOpen(epfd, onReadable, 1);
}
