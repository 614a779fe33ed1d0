/** Descriptors, and the objects that have one. */
import { classNameOf, typeError, valueError } from './arguments.js';
import { ValueError } from './errors.js';

/**
 * A descriptor, or an object that has one: Python's `fileno()`, or Node's `fd` (a `FileHandle`, an open
 * stream of `node:fs`, `process.stdin` and its kin).
 */
export type FileObject =
  | number
  | {
      /** The descriptor. */
      fileno(): number;
    }
  | {
      /** The descriptor. */
      readonly fd: number;
    };

/** The largest number that the kernel could give to a descriptor. */
const MOST = 0x7fff_ffff;
const RANGE = `an integer from 0 to ${MOST}`;

/**
 * The descriptor of a file object. That it is open is for the kernel to say.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for what has no descriptor.
 * @throws {@link ValueError} `ERR_INVALID_FD` for a negative, fractional or too large number.
 * @throws whatever `fileno()` itself throws.
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

/** What a message calls an object: a `Socket` is a socket. */
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
