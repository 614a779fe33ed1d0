import { errnoOf } from '../../src/errors.js';

export const EBADF = errnoOf('EBADF');
export const EINVAL = errnoOf('EINVAL');

/** What no integer argument of a native function may be: each gives `-EINVAL`. */
export const NO_INTEGERS: readonly unknown[] = [
  undefined,
  null,
  true,
  '1',
  1n,
  {},
  [],
  Symbol('1'),
  0.5,
  Number.NaN,
  Infinity,
  -Infinity,
  2 ** 53,
];
