/** Socket pairs whose read ends have the lowest descriptors there are, as peers/peer.h opens them. */
import { closeSync, openSync } from 'node:fs';
import { type Socket, socketpair } from 'fd-selectors/socket';
import { FD_SETSIZE } from '../trials/trial.js';
import { active, fds, parameter, skip } from './workload.js';

/** The ends that are read and the ends that are written, none of which blocks. */
export interface Pairs {
  readonly readers: Socket[];
  readonly writers: Socket[];
}

/** Opens that many pairs, if the subject can name them; descriptors that fill the low places are closed one by one. */
export function openPairs(wanted: number): Pairs {
  const fillers = Array.from({ length: wanted }, () => openSync('/dev/null', 'r'));
  const pairs: Pairs = { readers: [], writers: [] };
  for (const filler of fillers) {
    closeSync(filler);
    const [reader, writer] = socketpair();
    reader.setblocking(false);
    writer.setblocking(false);
    pairs.readers.push(reader);
    pairs.writers.push(writer);
  }
  if (parameter('backend', 'epoll') === 'select' && (pairs.readers.at(-1)?.fileno() ?? 0) >= FD_SETSIZE) {
    skip(`select takes descriptors below ${FD_SETSIZE}`);
  }
  return pairs;
}

/** The writers that the chain begins with, as far apart as can be. */
export function starters<T>(writers: readonly T[]): T[] {
  return Array.from({ length: active }, (_, i) => writers[Math.floor((i * fds) / active)] as T);
}
