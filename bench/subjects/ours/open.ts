/** The selector that the workload asks for. */
import { EpollSelector, PollSelector, SelectSelector } from 'fd-selectors';
import type { Socket } from 'fd-selectors/socket';
import { parameter, skip } from '../workload.js';

/** Below this, `select` can name a descriptor. */
const FD_SETSIZE = 1024;

export type Selector<D, F extends { fileno(): number } | number> =
  | SelectSelector<D, F>
  | PollSelector<D, F>
  | EpollSelector<D, F>;

const backend = parameter('backend', parameter('model', 'epoll'));

/** A selector on the call named by `backend`. */
export function openSelector<D, F extends { fileno(): number } | number = Socket>(): Selector<D, F> {
  if (backend === 'select') return new SelectSelector<D, F>();
  return backend === 'poll' ? new PollSelector<D, F>() : new EpollSelector<D, F>();
}

/** Ends the subject where `select` cannot name the last of the descriptors. */
export function checkNameable(readers: readonly Socket[]): void {
  const last = readers.at(-1)?.fileno() ?? 0;
  if (backend === 'select' && last >= FD_SETSIZE) {
    skip(`select takes descriptors below ${FD_SETSIZE}`);
  }
}
