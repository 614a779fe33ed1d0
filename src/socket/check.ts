/** What the arguments of a socket's methods are checked with. */
import { types } from 'node:util';
import { show, typeError, ValueError } from '../errors.js';

/** Bytes to send, or room for bytes to receive: a `Buffer`, any typed array, a `DataView`. */
export type Bytes = NodeJS.ArrayBufferView;

/** A Buffer over memory that is not shared: `Buffer<ArrayBuffer>`, or `Buffer` where its type has no parameter. */
export type OwnBuffer = ReturnType<typeof Buffer.alloc>;

/**
 * Refuses what is not an integer of `min` to `max`, an `int` of C if nothing else is said.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for what is no number.
 * @throws {@link ValueError} with `code`, `ERR_OUT_OF_RANGE` if nothing else is said.
 */
export function checkInteger(
  name: string,
  value: number,
  min = -0x8000_0000,
  max = 0x7fff_ffff,
  code = 'ERR_OUT_OF_RANGE',
): void {
  if (typeof value !== 'number') throw typeError(`${name} is a number, not ${show(value)}`);
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new ValueError(code, `${name} is an integer of ${min} to ${max}, not ${value}`);
}

/** Adds a flag that is ours to the flags that are the user's, none in most calls. */
export function withFlag(flags: number, flag: number): number {
  if (flags === 0) return flag;
  checkInteger('flags', flags);
  return flags | flag;
}

/**
 * The bytes of a view as a `Uint8Array`; of a `Uint8Array`, itself.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for what is no view of bytes.
 */
export function toBytes(data: Bytes): Uint8Array {
  if (types.isUint8Array(data)) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const hint = typeof data === 'string' ? ': use Buffer.from(text)' : '';
  throw typeError(`bytes are a Buffer, a typed array or a DataView, not ${show(data)}${hint}`);
}
