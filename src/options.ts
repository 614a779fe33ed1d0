/** Options as the last argument: what Python has as keyword arguments. */
import { show, typeError } from './arguments.js';

/** `reuse_port` as it is spelled here. */
function spelled(name: string): string {
  return name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Refuses a number in the place of options, and options that nobody would look at.
 *
 * @param names - the options that there are.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function checkOptions(options: object, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw typeError('options', `an object such as { ${names[0]}: ... }`, options);
  }
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const twin = spelled(name);
    const hint = names.includes(twin) ? `it is spelled ${twin}` : `there are ${names.join(', ')}`;
    const message = `The "options" argument has no option ${show(name)}: ${hint}`;
    throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
  }
}
