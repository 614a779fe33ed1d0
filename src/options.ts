/** The last argument of many functions. */
import { show, typeError } from './errors.js';

/**
 * The options as they are, once it is clear that something can be read from them.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for anything but an object, `null` included.
 */
export function checkOptions<T extends object>(options: T): T {
  if (typeof options === 'object' && options !== null) return options;
  throw typeError(`The "options" argument must be an object. Received ${show(options)}`);
}
