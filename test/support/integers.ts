/** Numbers that no integer of 32 bits is, for the tests of the native boundary. */
export const NOT_INT32: readonly number[] = [
  0.5,
  -0.5,
  Number.NaN,
  Infinity,
  -Infinity,
  2 ** 32,
  -(2 ** 31) - 1,
  2 ** 53,
];
