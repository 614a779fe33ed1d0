import { EPOLLIN, epoll, POLLIN, poll, select } from 'fd-selectors/select';
import { type FileObject, filenoOf } from '../../src/fileno.js';

/** Whether a descriptor is readable within some seconds, as select, poll and epoll see it. */
export function readable(fileobj: FileObject, seconds = 60): boolean[] {
  const fd = filenoOf(fileobj);
  const bySelect = select([fd], [], [], seconds)[0].length === 1;
  const poller = poll();
  poller.register(fd, POLLIN);
  const byPoll = poller.poll(seconds * 1e3);
  using set = epoll();
  set.register(fd, EPOLLIN);
  const byEpoll = set.poll(seconds);
  const is = ([ready]: [number, number][]) => ready?.[0] === fd && (ready[1] & POLLIN) !== 0;
  return [bySelect, is(byPoll), is(byEpoll)];
}

export const YES = [true, true, true];
export const NO = [false, false, false];
