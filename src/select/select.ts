/** Python's `select.select`. */
import { checkWait, show, typeError, ValueError } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { native } from '../native.js';
import { type Timeout, toWait } from '../time.js';
import { checkFdSetSize, FdSet } from './fdset.js';

/** One of the three lists: its objects, their descriptors, and the set that holds both. */
interface Watched<T> {
  readonly objects: T[];
  readonly fds: number[];
  readonly set: FdSet;
}

function toWatched<T extends FileObject>(list: Iterable<T>): Watched<T> {
  if (typeof list !== 'object' || list === null || !(Symbol.iterator in list)) {
    throw typeError(`select takes lists of descriptors, not ${show(list)}`);
  }
  // Copied before the first fileno(), which is the user's code and may change the list.
  const objects = [...list];
  const set = new FdSet();
  const fds = objects.map((object) => {
    const fd = filenoOf(object);
    checkFdSetSize(fd);
    set.add(fd);
    return fd;
  });
  return { objects, fds, set };
}

function readyOf<T>({ objects, fds, set }: Watched<T>): T[] {
  return objects.filter((_, i) => set.has(fds[i] as number));
}

/**
 * Waits until at least one descriptor is ready, and returns three new lists: what of `rlist` is
 * readable, what of `wlist` is writable, what of `xlist` has an exceptional condition. They hold
 * the very objects given, in their order, duplicates kept.
 *
 * Guaranteed: it never returns before the timeout with nothing ready, unless a signal arrives: then
 * all three lists are empty and JavaScript's signal handler runs once the caller yields.
 *
 * Linux: select(2), through pselect. Out-of-band data is an exceptional condition.
 *
 * Python: `select.select`. There, the wait goes on after a signal.
 *
 * @param timeout - seconds; left out, it waits for ever; zero does not wait.
 * @throws {@link ValueError} `ERR_FD_OUT_OF_RANGE` for a descriptor of FD_SETSIZE (1024) or more;
 *   `ERR_INVALID_FD`; `ERR_INVALID_TIMEOUT` for a negative timeout, NaN and Infinity.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for what has no descriptor, or is no list.
 * @throws {@link OSError} `EBADF` for a closed descriptor.
 * @example
 * ```ts
 * import { select } from 'fd-selectors/select';
 * import { socketpair } from 'fd-selectors/socket';
 * const [a, b] = socketpair();
 * a.send(Buffer.from('ping'));
 * const [readable, writable] = select([a, b], [a], [], 1);
 * assert.deepEqual(readable, [b]);
 * assert.deepEqual(writable, [a]);
 * a.close();
 * b.close();
 * ```
 */
export function select<R extends FileObject, W extends FileObject, X extends FileObject>(
  rlist: Iterable<R>,
  wlist: Iterable<W>,
  xlist: Iterable<X>,
  timeout?: Timeout,
): [R[], W[], X[]] {
  const seconds = toWait(timeout);
  if (typeof timeout === 'number' && timeout < 0) {
    throw new ValueError('ERR_INVALID_TIMEOUT', `a timeout of select is not negative: ${timeout}`);
  }
  const r = toWatched(rlist);
  const w = toWatched(wlist);
  const x = toWatched(xlist);
  let nfds = 0;
  for (const { fds } of [r, w, x]) for (const fd of fds) nfds = Math.max(nfds, fd + 1);
  const result = native.select(nfds, r.set.buffer, w.set.buffer, x.set.buffer, seconds);
  if (checkWait(result, 'select') === 0) return [[], [], []];
  return [readyOf(r), readyOf(w), readyOf(x)];
}
