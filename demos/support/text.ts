/** How addresses and bytes are printed. */
import type { Address, Socket } from 'fd-selectors/socket';

/** An address as people write it. */
export function nameOf(address: Address): string {
  return `${address[0]}:${address[1]}`;
}

/** The address of a client, which may be gone already. */
export function peerOf(connection: Socket): string {
  try {
    return nameOf(connection.getpeername());
  } catch {
    return 'a client that is gone';
  }
}

/** Bytes: short text as it is, anything else as its length. */
export function show(data: Uint8Array): string {
  const text = Buffer.from(data).toString('latin1');
  return /^[ -~]{1,60}$/.test(text) ? `'${text}'` : `${data.length} bytes`;
}
