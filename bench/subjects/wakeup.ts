/** wakeup: a byte written to oneself, before or after the wait for it begins. */
import type { Socket } from 'fd-selectors/socket';
import { openPairs } from './pairs.js';
import { measureAsync, now, parameter } from './workload.js';

const WAKEUPS = 100;
const before = parameter('when', 'before') === 'before';
const byte = new Uint8Array(1);
const { readers, writers } = openPairs(1);

/** The end that is read. */
export const reader = readers[0] as Socket;
const writer = writers[0] as Socket;

/** Measures a wait that ends when the reader is readable, and what reads the byte after it. */
export async function measureWakeup(wait: () => Promise<unknown>, read: () => void): Promise<void> {
  await measureAsync(async () => {
    const start = now();
    for (let i = 0; i < WAKEUPS; i++) {
      if (before) writer.send(byte);
      const woken = wait();
      if (!before) writer.send(byte);
      await woken;
      read();
    }
    return (now() - start) / WAKEUPS;
  });
}

/** Reads the byte, as those do whose wait does not. */
export function readByte(): void {
  reader.recvInto(byte);
}
