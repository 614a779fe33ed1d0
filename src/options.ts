/** Options as the last argument: what Python has as keyword arguments. */
import { show, typeError } from './errors.js';

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
    const example = `{ ${names[0]}: ... }`;
    throw typeError(`The "options" argument must be an object such as ${example}. Received ${show(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const twin = names.includes(spelled(name))
      ? `It is spelled ${spelled(name)}`
      : `There are ${names.join(', ')}`;
    throw typeError(`The "options" argument has no option ${show(name)}. ${twin}`);
  }
}
