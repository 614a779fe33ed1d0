/** Signals by name and by number. */
import { constants } from 'node:os';
import { typeError, valueError } from '../arguments.js';
import { constant } from '../native.js';

/** The largest signal number plus one. */
export const NSIG = constant('NSIG');

/** A signal: a name, such as `'SIGINT'`, or a number. */
export type Signal = string | number;

const numbers = new Map<string, number>(Object.entries(constants.signals));
const names = new Map<number, string>();
// If a number has several names, the first is the usual one.
for (const [name, number] of numbers) if (!names.has(number)) names.set(number, name);

/**
 * Returns the number of a signal.
 *
 * @throws {@link ValueError} `ERR_INVALID_SIGNAL`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function signalNumber(signal: Signal): number {
  if (typeof signal === 'string') {
    const number = numbers.get(signal);
    if (number !== undefined) return number;
  } else if (typeof signal !== 'number') {
    throw typeError('signal', 'of type string or number', signal);
  } else if (Number.isInteger(signal) && signal > 0 && signal < NSIG) {
    return signal;
  }
  const expected = `a signal name or an integer from 1 to ${NSIG - 1}`;
  throw valueError('ERR_INVALID_SIGNAL', 'signal', expected, signal);
}

/** Returns the name of a signal; `'SIG34'`, ... for real-time signals, which Node does not name. */
export function signalName(number: number): string {
  return names.get(number) ?? `SIG${number}`;
}
