/** What arguments are made of: values that a parameter takes, and such as it does not. */
import type { Random } from '../soak/random.js';
import { NOT_INT32 } from '../support/integers.js';

/** A value for a parameter, and whether the boundary lets it pass to the system call. */
export interface Value {
  readonly value: unknown;
  readonly valid: boolean;
}

export type Make = (random: Random) => Value;

const ok = (value: unknown): Value => ({ value, valid: true });
const wrong = (value: unknown): Value => ({ value, valid: false });

function detached(View: typeof Uint8Array | typeof Int32Array = Uint8Array): ArrayBufferView {
  const buffer = new ArrayBuffer(256);
  const view = new View(buffer);
  structuredClone(view, { transfer: [buffer] });
  return view;
}

const throwing = new Proxy([], {
  get() {
    throw new Error('a getter');
  },
  getPrototypeOf() {
    throw new Error('a prototype');
  },
});

/** What no parameter takes. */
const NOTHING: readonly (() => unknown)[] = [
  () => undefined,
  () => true,
  () => 1n,
  () => Symbol('s'),
  () => ({}),
  () => throwing,
  () => new Date(0),
  () => new Map(),
  () => Object.create(null),
  () => new WeakRef({}),
  () => ({ length: 4, byteLength: 4, buffer: new ArrayBuffer(4) }),
];
const NUMBERS: readonly number[] = [...NOT_INT32, 1e308];

const nothing = (random: Random): Value => wrong(random.pick(NOTHING)());

/** Most of the time what is wanted; else what nobody takes, or one of `others`. */
const mostly =
  (make: (random: Random) => unknown, ...others: ((random: Random) => unknown)[]): Make =>
  (random) => {
    if (random.chance(0.85)) return ok(make(random));
    return random.chance(0.5) ? nothing(random) : wrong(random.pick([...others, ...NOTHING])(random));
  };

const number = (random: Random): unknown => random.pick(NUMBERS);
const text = (): unknown => 'text';
const empty = (): unknown => null;

/** One of these integers. */
export const oneOf = (...values: number[]): Make =>
  mostly((random) => random.pick(values), number, text, empty);
/** Any of some integers from 0. */
export const below = (limit: number): Make => mostly((random) => random.below(limit), number, text, empty);
/** A position in a file. */
export const offset: Make = mostly(
  (random) => random.pick([0, 5, 1000, 2 ** 40, 2 ** 53 - 1]),
  () => -1,
  () => 0.5,
  () => 2 ** 53,
  text,
  empty,
);
/** A mask of 32 bits, of either sign. */
export const bits: Make = mostly(
  (random) =>
    random.pick([0, 1, -1, 0x8000_0000, 0xffff_ffff, random.below(2 ** 32), -random.below(2 ** 31)]),
  number,
  text,
  empty,
);
/** Half a millisecond at most: nothing of this may wait. */
export const seconds: Make = mostly(
  (random) => random.pick([0, -0, 1e-9, 5e-4, Number.MIN_VALUE]),
  () => Number.NaN,
  text,
  empty,
);

function fill<T extends ArrayBufferView>(random: Random, view: T): T {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (let i = 0; i < bytes.length && i < 256; i++)
    bytes[i] = random.pick([0, 0, 0, 1, 2, 255, random.below(256)]);
  return view;
}

const VIEWS: readonly ((buffer: ArrayBufferLike, start: number, bytes: number) => ArrayBufferView)[] = [
  (buffer, start, bytes) => new Uint8Array(buffer, start, bytes),
  (buffer, start, bytes) => new Int8Array(buffer, start, bytes),
  (buffer, start, bytes) => new Uint16Array(buffer, start, bytes / 2),
  (buffer, start, bytes) => new Int32Array(buffer, start, bytes / 4),
  (buffer, start, bytes) => new Float64Array(buffer, start, bytes / 8),
  (buffer, start, bytes) => new BigInt64Array(buffer, start, bytes / 8),
  (buffer, start, bytes) => new DataView(buffer, start, bytes),
];

/** Any view: of some bytes, of none, in the middle of others, of shared memory, detached. */
export const bytes: Make = mostly(
  (random) => {
    if (random.chance(0.05)) return detached();
    const size = random.pick([0, 8, 64, 1024, 16_384, 65_536]);
    const buffer = random.chance(0.1) ? new SharedArrayBuffer(size + 16) : new ArrayBuffer(size + 16);
    return fill(random, random.pick(VIEWS)(buffer, 8, size));
  },
  empty,
  text,
  () => new ArrayBuffer(8),
  () => [1],
);

/** An Int32Array of at least so many elements. */
export const ints = (least: number): Make =>
  mostly(
    (random) => fill(random, new Int32Array(least + random.below(8))),
    empty,
    () => new Uint32Array(least),
    () => new Int32Array(Math.max(0, least - 1)).buffer,
    ...(least > 0 ? [() => new Int32Array(least - 1), () => detached(Int32Array)] : []),
  );
export const doubles: Make = mostly(
  () => new Float64Array(2),
  () => new Float32Array(2),
  () => new Float64Array(1),
);
/** An ArrayBuffer of at least so many bytes. */
export const buffer = (least: number): Make =>
  mostly(
    (random) => fill(random, new Uint8Array(least + 8 * random.below(64))).buffer,
    text,
    () => new Uint8Array(8),
    () => new SharedArrayBuffer(8),
  );
/** Texts, none of which any name server is asked for. */
export const word = (...values: string[]): Make =>
  mostly(
    (random) => random.pick(values),
    () => 'x'.repeat(5000),
    () => 'nul\0',
    () => 5,
  );
/** Any text, which may be an address. */
export const anyWord: Make = mostly(
  (random) => random.pick(['127.0.0.1', '::1', '', 'x'.repeat(5000), 'nul\0', '\ud800']),
  empty,
  () => 5,
);
export const callback: Make = mostly(
  () => () => {},
  empty,
  text,
  () => 5,
);
export const array: Make = mostly(
  () => [],
  empty,
  text,
  () => new Int32Array(1),
);

/** Several buffers; a getter among them may detach the others, or throw. */
export const buffers: Make = mostly(
  (random) => {
    const list = Array.from({ length: random.pick([0, 1, 2, 3, 1024, 1025, 3000]) }, () => new Uint8Array(8));
    if (!random.chance(0.1) || list.length === 0) return list;
    const first = list[0] as Uint8Array<ArrayBuffer>;
    Object.defineProperty(list, list.length - 1, {
      get() {
        if (first.byteLength > 0) structuredClone(first, { transfer: [first.buffer] });
        list.length = 0;
        return new Uint8Array(8);
      },
    });
    return list;
  },
  empty,
  () => [1],
  () => new Uint8Array(8),
  () => [new ArrayBuffer(8)],
  () =>
    Object.defineProperty([new Uint8Array(1)], 0, {
      get() {
        throw new Error('a getter');
      },
    }),
);

/** `null`, or what `make` makes. */
export const orNull =
  (make: Make): Make =>
  (random) => {
    if (random.chance(0.2)) return ok(null);
    const made = make(random);
    return made.value === null ? ok(null) : made;
  };

/** Words of a socket address: on the loopback, abstract, or of an unknown family. */
export const address: Make = mostly(
  (random) => {
    const words = new Int32Array(33);
    const raw = Buffer.from(words.buffer);
    const family = random.pick([1, 2, 10, 99]);
    raw.writeUInt16LE(family, 0);
    raw.writeUInt16BE(family === 1 ? 0 : random.pick([0, 9]), 2);
    if (family === 2) raw.writeUInt32BE(0x7f00_0001, 4);
    if (family === 10) raw[23] = 1;
    words[32] = random.pick([0, 2, 16, 28, 110, 128]);
    return words;
  },
  empty,
  () => new Int32Array(32),
  () => new Int32Array(33).fill(200),
);
