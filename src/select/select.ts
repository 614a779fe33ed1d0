/** Python's `select.select`. */
import { checkIterable, valueError } from '../arguments.js';
import { checkWait } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { native } from '../native.js';
import { type Timeout, toWait } from '../time.js';
import { checkFdSetSize, FdSet } from './fdset.js';

/** One of the three lists: its objects, their descriptors, and the set that the kernel fills in. */
interface Watched<T> {
  readonly objects: T[];
  readonly fds: number[];
  readonly set: FdSet;
}

function toWatched<T extends FileObject>(name: string, list: Iterable<T>): Watched<T> {
  checkIterable(name, list, 'file descriptors');
  // Copied first: fileno() is the user's code and may change the list.
  const objects = [...list];
  const set = new FdSet();
  const fds = objects.map((object, i) => {
    const fd = filenoOf(object, name, i);
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
 * Waits until at least one descriptor is ready, and returns three lists: the objects of `rlist` that
 * are readable, those of `wlist` that are writable, and those of `xlist` with an exceptional condition.
 *
 * Guaranteed: the lists are new and hold the objects that were passed, in order and with duplicates. It
 * never returns before the timeout with nothing ready, unless a signal arrives: then all three lists are
 * empty, and JavaScript's signal handlers run once the caller yields.
 *
 * Linux: select(2), through pselect. Out-of-band data is an exceptional condition.
 *
 * Python: `select.select`, which goes on waiting after a signal.
 *
 * @param rlist - descriptors, or objects that have one, to watch for reading.
 * @param wlist - those to watch for writing.
 * @param xlist - those to watch for exceptional conditions.
 * @param timeout - seconds; omitted or `null`, it waits forever; zero does not wait.
 * @throws {@link ValueError} `ERR_FD_OUT_OF_RANGE` for a descriptor of FD_SETSIZE (1024) or more;
 *   `ERR_INVALID_FD`; `ERR_INVALID_TIMEOUT` for a negative timeout, NaN and Infinity.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for an object without a descriptor, or a list that is not iterable.
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
    throw valueError('ERR_INVALID_TIMEOUT', 'timeout', 'a non-negative number', timeout);
  }
  const r = toWatched('rlist', rlist);
  const w = toWatched('wlist', wlist);
  const x = toWatched('xlist', xlist);
  let nfds = 0;
  for (const { fds } of [r, w, x]) for (const fd of fds) nfds = Math.max(nfds, fd + 1);
  const result = native.select(nfds, r.set.buffer, w.set.buffer, x.set.buffer, seconds);
  if (checkWait(result, 'select') === 0) return [[], [], []];
  return [readyOf(r), readyOf(w), readyOf(x)];
}
