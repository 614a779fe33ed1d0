/** File descriptors, and the objects that have one. */
import { classNameOf, typeError, valueError } from './arguments.js';
import { ValueError } from './errors.js';

/**
 * A file descriptor, or an object that has one: through `fileno()` as in Python, or `fd` as in Node (a
 * `FileHandle`, an open stream of `node:fs`, `process.stdin`).
 */
export type FileObject =
  | number
  | {
      /** Returns the descriptor. */
      fileno(): number;
    }
  | {
      /** The descriptor. */
      readonly fd: number;
    };

/** The largest possible descriptor: the kernel's are C `int`s. */
const MOST = 0x7fff_ffff;
const RANGE = `an integer from 0 to ${MOST}`;

/**
 * Returns the descriptor of a file object. Does not check that it is open; the kernel does.
 *
 * @param name - the argument, for error messages; with `index`, an element of a list.
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for an object without a descriptor.
 * @throws {@link ValueError} `ERR_INVALID_FD` for a negative, fractional or too large number.
 * @throws anything that `fileno()` throws.
 */
export function filenoOf(fileobj: FileObject, name = 'fileobj', index?: number): number {
  const fd = typeof fileobj === 'number' ? fileobj : descriptorIn(fileobj, name, index);
  if (fd >= 0 && fd <= MOST && Number.isInteger(fd)) return fd;
  const label = labelOf(name, index);
  if (typeof fileobj === 'number') throw valueError('ERR_INVALID_FD', label, RANGE, fd);
  if (fd === -1) throw new ValueError('ERR_INVALID_FD', `The ${nounFor(fileobj)} is closed`);
  throw valueError('ERR_INVALID_FD', label, `an object whose descriptor is ${RANGE}`, fd);
}

function labelOf(name: string, index: number | undefined): string {
  return index === undefined ? name : `${name}[${index}]`;
}

/** The noun for an object in an error message: a `Socket` is a "socket". */
function nounFor(fileobj: object): string {
  const name = classNameOf(fileobj) ?? 'Object';
  if (name === 'Object') return 'file object';
  return /^[A-Z][a-z]+$/.test(name) ? name.toLowerCase() : name;
}

function descriptorIn(fileobj: Exclude<FileObject, number>, name: string, index: number | undefined): number {
  if (typeof fileobj === 'object' && fileobj !== null) {
    if ('fileno' in fileobj && typeof fileobj.fileno === 'function') {
      const fd = fileobj.fileno();
      if (typeof fd === 'number') return fd;
      throw typeError(`${labelOf(name, index)}.fileno()`, 'of type number', fd);
    }
    if ('fd' in fileobj && typeof fileobj.fd === 'number') return fileobj.fd;
  }
  throw typeError(labelOf(name, index), 'a file descriptor or an object with fileno() or fd', fileobj);
}
