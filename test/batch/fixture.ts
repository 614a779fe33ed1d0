/** What the tests of batches begin with. */
import { EpollSelector } from 'fd-selectors';
import { Batch, type BatchEvent, type BatchOptions, type BatchSocket } from 'fd-selectors/batch';
import type { Socket } from 'fd-selectors/socket';
import { closing, pair } from '../support/descriptors.js';

/** A batch on a selector of its own; both are closed when the test ends. */
export function open(options?: BatchOptions): { sel: EpollSelector<string>; batch: Batch<string> } {
  const sel = closing(new EpollSelector<string>());
  return { sel, batch: closing(new Batch(sel, options)) };
}

/** A socket of the batch, and its peer. */
export function member(batch: Batch<string>, data = 'data'): [BatchSocket<string>, Socket] {
  const [server, client] = pair();
  return [batch.add(server, data), client];
}

export const textOf = (event: BatchEvent<string>): string => event.bytes.toString('latin1');
