/** The network interfaces of this machine. */
import { checkInteger, checkString } from '../arguments.js';
import { check, errnoOf, OSError } from '../errors.js';
import { native } from '../native.js';
import { interfaceIndex, interfaceName } from './linuxaddress.js';

const ERANGE = errnoOf('ERANGE');

/**
 * The index of an interface.
 *
 * Linux: if_nametoindex(3). Python: `socket.if_nametoindex`.
 *
 * @throws {@link OSError} `ENODEV` for one that does not exist; `TypeError` `ERR_INVALID_ARG_TYPE`.
 * @example
 * ```ts
 * import { ifIndextoname, ifNameindex, ifNametoindex } from 'fd-selectors/socket';
 * for (const [index, name] of ifNameindex()) {
 *   assert.equal(ifNametoindex(name), index);
 *   assert.equal(ifIndextoname(index), name);
 * }
 * ```
 */
export function ifNametoindex(name: string): number {
  checkString('name', name);
  return interfaceIndex(name);
}

/**
 * The name of an interface.
 *
 * Linux: if_indextoname(3). Python: `socket.if_indextoname`.
 *
 * @throws {@link OSError} `ENXIO` for one that does not exist; {@link ValueError} `ERR_OUT_OF_RANGE`.
 */
export function ifIndextoname(index: number): string {
  checkInteger('index', index, 0, 0xffff_ffff);
  return interfaceName(index);
}

/**
 * All interfaces.
 *
 * Linux: if_nameindex(3). Python: `socket.if_nameindex`.
 *
 * @throws {@link OSError}
 */
export function ifNameindex(): [index: number, name: string][] {
  const texts = texted('if_nameindex', (answer) => native.ifNameindex(answer));
  const pairs: [number, string][] = [];
  for (let i = 0; i + 1 < texts.length; i += 2) pairs.push([Number(texts[i]), texts[i + 1] as string]);
  return pairs;
}

/** The strings that a call returns; it is repeated with more room if they do not fit. */
export function texted(syscall: string, call: (answer: Buffer) => number): string[] {
  for (let size = 4096; ; size *= 4) {
    const answer = Buffer.alloc(size);
    const length = call(answer);
    if (length === -ERANGE && size < 2 ** 24) continue;
    return answer.toString('utf8', 0, Math.max(0, check(length, syscall) - 1)).split('\0');
  }
}

/** The error for an entry that a database does not have: an OSError, as in Python. */
export function missing(syscall: string, what: string): OSError {
  return new OSError(errnoOf('ENOENT'), syscall, `ENOENT: ${what} not found, ${syscall}`);
}
