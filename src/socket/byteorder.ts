/** Conversion to and from network byte order. */
import { checkInteger } from '../arguments.js';

function swap16(name: string, value: number): number {
  checkInteger(name, value, 0, 0xffff);
  return ((value & 0xff) << 8) | (value >> 8);
}

function swap32(name: string, value: number): number {
  checkInteger(name, value, 0, 0xffff_ffff);
  return (swap16(name, value & 0xffff) * 0x1_0000 + swap16(name, value >>> 16)) >>> 0;
}

/**
 * A 16-bit number in network byte order. Every machine that this package runs on is little-endian.
 *
 * Python: `socket.htons`.
 *
 * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 * @example
 * ```ts
 * import { htonl, htons, ntohs } from 'fd-selectors/socket';
 * assert.equal(htons(0x0102), 0x0201);
 * assert.equal(ntohs(htons(80)), 80);
 * assert.equal(htonl(0x01020304), 0x04030201);
 * ```
 */
export function htons(value: number): number {
  return swap16('value', value);
}

/** A 16-bit number in host byte order. Python: `socket.ntohs`. @throws as {@link htons} does. */
export function ntohs(value: number): number {
  return swap16('value', value);
}

/** A 32-bit number in network byte order. Python: `socket.htonl`. @throws as {@link htons} does. */
export function htonl(value: number): number {
  return swap32('value', value);
}

/** A 32-bit number in host byte order. Python: `socket.ntohl`. @throws as {@link htons} does. */
export function ntohl(value: number): number {
  return swap32('value', value);
}
