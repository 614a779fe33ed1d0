/** The bytes of a connection: either side can tell what must stand at any position. */

/** A prime, so that no read or write of a usual size falls into step with it. */
const PERIOD = 65_521;
/** The most bytes that {@link bytesAt} returns. */
export const MOST = 65_536;

/** Two periods and more, so that any piece is a view. */
const bytes = Buffer.alloc(2 * PERIOD + MOST);
for (let i = 0, state = 1; i < bytes.length; i++) {
  state = i % PERIOD === 0 ? 1 : (Math.imul(state, 1_103_515_245) + 12_345) | 0;
  bytes[i] = state >>> 16;
}

/** What a connection has from a position on: each connection another part of the period. */
export function bytesAt(connection: number, position: number, length: number): Buffer {
  const start = (connection * 7919 + position) % PERIOD;
  return bytes.subarray(start, start + length);
}
