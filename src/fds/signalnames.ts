/** Signals by name and by number. */
import { constants } from 'node:os';
import { show, typeError, ValueError } from '../errors.js';
import { constant } from '../native.js';

/** One above the largest signal. */
export const NSIG = constant('NSIG');

/** A signal: a name, such as `'SIGINT'`, or a number. */
export type Signal = string | number;

const numbers = new Map<string, number>(Object.entries(constants.signals));
const names = new Map<number, string>();
// Two names for one number: the first is the usual one.
for (const [name, number] of numbers) if (!names.has(number)) names.set(number, name);

/**
 * The number of a signal.
 *
 * @throws {@link ValueError} `ERR_INVALID_SIGNAL`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function signalNumber(signal: Signal): number {
  if (typeof signal === 'string') {
    const number = numbers.get(signal);
    if (number !== undefined) return number;
  } else if (typeof signal !== 'number') {
    throw typeError(`a signal is a name or a number, not ${show(signal)}`);
  } else if (Number.isInteger(signal) && signal > 0 && signal < NSIG) {
    return signal;
  }
  throw new ValueError('ERR_INVALID_SIGNAL', `${show(signal)} is no signal`);
}

/** The name of a signal; real-time signals, for which Node has none, are `'SIG34'` and so on. */
export function signalName(number: number): string {
  return names.get(number) ?? `SIG${number}`;
}
