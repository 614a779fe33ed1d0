/** Where the words of the rows stand that native/batch.cc reads and writes. */
import { constant } from '../native.js';

/** The words of a row. */
export const ROW = 6;
/** Of a row that was received. */
export const [FD, TAG, EVENTS, RESULT, OFFSET, FLAGS] = [0, 1, 2, 3, 4, 5] as const;
/** Of a row to send. */
export const [TO_FD, TO_OFFSET, TO_LENGTH, TO_KIND, TO_AFTER, TO_RESULT] = [0, 1, 2, 3, 4, 5] as const;
/** The kinds of rows to send. */
export const [STREAM, DATAGRAM, DATAGRAM_TO] = [0, 1, 2] as const;
/** The FLAGS of a row whose bytes the arena had no room for. */
export const NOT_TRIED = -1;
/** The words of a member. */
export const MEMBER = 3;
/** Of a member: the tag of its registration, the most bytes to receive, and whether they are datagrams. */
export const [MEMBER_TAG, MEMBER_MOST, MEMBER_DATAGRAMS] = [0, 1, 2] as const;
/** Bytes of one socket begin at a multiple of this. */
export const LINE = 64;
/** The bytes of an address, with its length, in front of a datagram. */
export const ADDRESS_BYTES = 132;
/** How many rows there are at most. */
export const MOST_ROWS = 2048;

/** The flags of recv(2). */
export const MSG_DONTWAIT = constant('MSG_DONTWAIT');
/** The flags of send(2). */
export const SEND_FLAGS = MSG_DONTWAIT | constant('MSG_NOSIGNAL');

/** `bytes`, up to the next multiple of {@link LINE}. */
export function aligned(bytes: number): number {
  return (bytes + LINE - 1) & ~(LINE - 1);
}
