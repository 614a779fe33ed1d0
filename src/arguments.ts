/**
 * Validates arguments. Every message has Node's form:
 * `The "port" argument must be an integer from 0 to 65535. Received 70000`.
 */
import { inspect, types } from 'node:util';
import { ValueError } from './errors.js';

/** Bytes to send, or room for bytes to receive: a `Buffer`, any typed array, or a `DataView`. */
export type Bytes = NodeJS.ArrayBufferView;

/** The longest string that a message shows in full, as in Node. */
const MOST_SHOWN = 28;

function showPrimitive(value: unknown): string {
  const long = typeof value === 'string' && value.length > MOST_SHOWN;
  return inspect(long ? `${value.slice(0, MOST_SHOWN - 3)}...` : value);
}

/** Calls `read`, which may run a getter or a proxy trap that throws; returns only a non-empty string. */
function textOf(read: () => unknown): string | undefined {
  try {
    const text = read();
    return typeof text === 'string' && text !== '' ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the name of an object's class, if it has one. Never throws. */
export function classNameOf(value: object): string | undefined {
  return textOf(() => value.constructor?.name);
}

function showObject(value: object): string {
  if (typeof value === 'function') return `function ${textOf(() => value.name) ?? '(anonymous)'}`;
  const name = classNameOf(value);
  if (name !== undefined) return `an instance of ${name}`;
  return textOf(() => inspect(value, { depth: -1, customInspect: false })) ?? 'an object';
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Formats a value for an error message: `70000`, `'text'`, `1n`, `an instance of Foo`. Never throws. */
export function show(value: unknown): string {
  return isObject(value) ? showObject(value) : showPrimitive(value);
}

/** Formats a value with its type, as Node does for a wrong type: `type number (3.5)`. Never throws. */
export function showType(value: unknown): string {
  const shown = show(value);
  return isObject(value) || value === null || value === undefined ? shown : `type ${typeof value} (${shown})`;
}

function mustBe(name: string, expected: string, received: string): string {
  const kind = name.includes('.') ? 'property' : 'argument';
  return `The "${name}" ${kind} must be ${expected}. Received ${received}`;
}

/** Creates the error for an argument of the wrong type: a `TypeError` with Node's code `ERR_INVALID_ARG_TYPE`. */
export function typeError(name: string, expected: string, value: unknown): TypeError & { code: string } {
  const error = new TypeError(mustBe(name, expected, showType(value)));
  return Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}

/** Creates the error for an argument of the right type with an invalid value. */
export function valueError(code: string, name: string, expected: string, value: unknown): ValueError {
  return new ValueError(code, mustBe(name, expected, show(value)));
}

/** Creates a {@link valueError} for an invalid number, and a {@link typeError} for anything but a number. */
export function numberError(code: string, name: string, expected: string, value: unknown): Error {
  if (typeof value === 'number') return valueError(code, name, expected, value);
  return typeError(name, 'of type number', value);
}

/**
 * Rejects anything but an integer from `min` to `max`; the default range is that of a C `int`.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` unless it is a number.
 * @throws {@link ValueError} with `code`, by default `ERR_OUT_OF_RANGE`.
 */
export function checkInteger(
  name: string,
  value: number,
  min = -0x8000_0000,
  max = 0x7fff_ffff,
  code = 'ERR_OUT_OF_RANGE',
): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw numberError(code, name, `an integer from ${min} to ${max}`, value);
}

/**
 * Rejects anything but a string.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function checkString(name: string, value: string): void {
  if (typeof value !== 'string') throw typeError(name, 'of type string', value);
}

/**
 * Returns the options of a call. The caller reads them only after this check.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for anything but an object, including `null`.
 */
export function checkOptions<T extends object>(options: T): T {
  if (typeof options === 'object' && options !== null) return options;
  throw typeError('options', 'of type object', options);
}

/**
 * Rejects anything but an iterable object; a string is not one.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function checkIterable(name: string, value: Iterable<unknown>, of: string): void {
  if (typeof value === 'object' && value !== null && Symbol.iterator in value) return;
  throw typeError(name, `an iterable of ${of}`, value);
}

/**
 * Returns the bytes of a view as a `Uint8Array`, and a `Uint8Array` itself.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` unless it is a view of bytes.
 */
export function toBytes(name: string, data: Bytes): Uint8Array {
  if (types.isUint8Array(data)) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw typeError(name, 'an instance of Buffer, TypedArray, or DataView', data);
}

/**
 * Rejects a count that exceeds the bytes of a view; `undefined` means all of them.
 *
 * @throws as {@link checkInteger} does.
 */
export function checkCount(nbytes: number | undefined, bytes: Uint8Array): void {
  if (nbytes !== undefined) checkInteger('nbytes', nbytes, 0, bytes.length);
}

/**
 * Returns the bytes of several views.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` unless they are views of bytes, one after the other.
 */
export function toBuffers(buffers: Iterable<Bytes>): Uint8Array[] {
  // A Buffer is an iterable of numbers: that would be said of its first byte.
  if (ArrayBuffer.isView(buffers)) throw typeError('buffers', 'an iterable of buffers', buffers);
  checkIterable('buffers', buffers, 'buffers');
  return Array.from(buffers, (buffer, i) => toBytes(`buffers[${i}]`, buffer));
}
