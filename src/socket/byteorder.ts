/** Numbers in the order of the network. */
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
 * A number of 16 bits in the order of the network, which is the other one on every machine that this package runs on.
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

/** The other way round. Python: `socket.ntohs`. @throws as {@link htons} does. */
export function ntohs(value: number): number {
  return swap16('value', value);
}

/** A number of 32 bits in the order of the network. Python: `socket.htonl`. @throws as {@link htons} does. */
export function htonl(value: number): number {
  return swap32('value', value);
}

/** The other way round. Python: `socket.ntohl`. @throws as {@link htons} does. */
export function ntohl(value: number): number {
  return swap32('value', value);
}
