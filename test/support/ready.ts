import type { SelectorKey } from 'fd-selectors';

/** Ready pairs as descriptors and events, sorted: their order is nobody's promise. */
export function byFd(ready: [SelectorKey, number][]): [fd: number, events: number][] {
  return ready.map(([key, events]): [number, number] => [key.fd, events]).sort(([a], [b]) => a - b);
}
