/** The selector that the workload asks for. */
import { EpollSelector, PollSelector, SelectSelector } from 'fd-selectors';
import type { Socket } from 'fd-selectors/socket';
import { parameter } from '../workload.js';

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
