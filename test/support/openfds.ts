import { readdirSync } from 'node:fs';
import { DefaultSelector } from 'fd-selectors';

/** The first wait of a thread on Node's loop opens a descriptor that the thread keeps: make it before you count. */
export async function waitOnce(): Promise<void> {
  using sel = new DefaultSelector();
  await sel.selectAsync(0.001);
}

/** How many descriptors the process has open, the one that looks included. */
export function openFds(): number {
  return readdirSync('/proc/self/fd').length;
}
