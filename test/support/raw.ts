/** What the tests of the raw contract share: a native function answers -EINVAL to what it does not take. */
import { expect, it, onTestFinished } from 'vitest';
import { errnoOf } from '../../src/errors.js';
import { native } from '../../src/native.js';
import { NOT_INT32 } from './integers.js';

export const EBADF = errnoOf('EBADF');
export const EINVAL = errnoOf('EINVAL');

/** The addon's functions, to be called with anything. */
export const raw = native as unknown as Record<string, (...args: unknown[]) => unknown>;

const NOT_NUMBERS: readonly unknown[] = [
  undefined,
  null,
  true,
  '1',
  1n,
  {},
  [],
  [1],
  new Date(0),
  () => 1,
  Symbol('1'),
];

/** What no integer argument of a native function may be. */
export const NO_INTEGERS: readonly unknown[] = [...NOT_NUMBERS, ...NOT_INT32];

const NOT_MEMORY: readonly unknown[] = [undefined, null, 1, 'text', [1], {}, Symbol('s')];

/** An argument that a call takes, and such as it does not. */
export interface Argument {
  readonly good: unknown;
  readonly wrong: readonly unknown[];
  /** It and all behind it may be left out. */
  readonly optional?: boolean;
}

export const int = (good: number): Argument => ({ good, wrong: [...NO_INTEGERS, 2 ** 31] });
/** An integer of which the call takes fewer than an int has. */
export const intBut = (good: number, ...wrong: number[]): Argument => ({
  good,
  wrong: [...int(good).wrong, ...wrong],
});
/** A mask of 32 bits, of either sign. */
export const bits = (good: number): Argument => ({ good, wrong: NO_INTEGERS });
/** How long to wait: any number. */
export const timeout: Argument = { good: 0, wrong: [...NOT_NUMBERS, Number.NaN] };
/** A time, from 0 on. */
export const seconds = (good: number): Argument => ({ good, wrong: [...timeout.wrong, -1, -1e-9] });

/** Any view. */
export const bytes = (good: Uint8Array): Argument => ({
  good,
  wrong: [...NOT_MEMORY, new ArrayBuffer(good.length), new SharedArrayBuffer(good.length)],
});
export const ints = (length: number): Argument => ({
  good: new Int32Array(length),
  wrong: [
    ...NOT_MEMORY,
    new Uint32Array(length),
    new Uint8Array(4 * length),
    new ArrayBuffer(4 * length),
    ...(length > 0 ? [new Int32Array(length - 1)] : []),
  ],
});
export const doubles = (length: number): Argument => ({
  good: new Float64Array(length),
  wrong: [...NOT_MEMORY, new Float32Array(length), new BigUint64Array(length), new Float64Array(length - 1)],
});
/** An `ArrayBuffer`, and no view of one. From Node 22 on, Node-API takes a SharedArrayBuffer for one, too. */
export const structs = (good: ArrayBuffer): Argument => ({
  good,
  wrong: [...NOT_MEMORY, new Int32Array(good), new Uint8Array(good), new DataView(good)],
});
export const text = (good: string): Argument => ({ good, wrong: NOT_MEMORY.filter((it) => it !== 'text') });
export const orNull = ({ good, wrong }: Argument): Argument => ({
  good,
  wrong: wrong.filter((it) => it !== null),
});

export const optional = (argument: Argument): Argument => ({ ...argument, optional: true });

/**
 * For each call, what it answers to arguments that it takes, and those arguments. `'fd'` is a new descriptor,
 * `'fds'` two of them in an array.
 */
export type Calls = Readonly<Record<string, readonly [answer: number | 'fd' | 'fds', ...args: Argument[]]>>;

/** Tests that each call takes its arguments, and answers -EINVAL to every wrong one and to too few. */
export function itTakes(calls: Calls): void {
  it.each(Object.entries(calls))('%s takes its arguments, and no others', (name, [answer, ...args]) => {
    const call = raw[name] as (...args: unknown[]) => number;
    const good = args.map((argument) => argument.good);
    const result = call(...good);
    const made =
      answer === 'fd' ? [result] : answer === 'fds' ? (good.find(ArrayBuffer.isView) as Int32Array) : [];
    if (answer !== 'fd') expect(result).toBe(answer === 'fds' ? 0 : answer);
    for (const fd of made) expect(native.close(fd)).toBe(0);
    for (const [i, { wrong, optional }] of args.entries()) {
      for (const value of wrong) {
        expect(call(...good.with(i, value)), `argument ${i}: ${String(value)}`).toBe(-EINVAL);
      }
      if (!optional) expect(call(...good.slice(0, i)), `only ${i} arguments`).toBe(-EINVAL);
    }
  });
}

/** A pipe that is closed when the test has finished. */
export function openPipe(flags = 0): [reader: number, writer: number] {
  const fds = new Int32Array(2);
  expect(native.pipe2(fds, flags)).toBe(0);
  onTestFinished(() => {
    for (const fd of fds) native.close(fd);
  });
  return [fds[0] as number, fds[1] as number];
}
