/** Descriptors, and the objects that have one. */
import { show, typeError, ValueError } from './errors.js';

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

/**
 * The descriptor of a file object. That it is open is for the kernel to say.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for what has no descriptor.
 * @throws {@link ValueError} `ERR_INVALID_FD` for a negative, fractional or too large number.
 * @throws whatever `fileno()` itself throws.
 */
export function filenoOf(fileobj: FileObject): number {
  const fd = typeof fileobj === 'number' ? fileobj : descriptorIn(fileobj);
  if (fd >= 0 && fd <= MOST && Number.isInteger(fd)) return fd;
  if (fd === -1 && isClosed(fileobj)) throw new ValueError('ERR_INVALID_FD', `${nameOf(fileobj)} is closed`);
  throw new ValueError('ERR_INVALID_FD', `${show(fd)} is no file descriptor`);
}

/** Whether an object says that it was closed, as a {@link FileObject} of this package and Python's files do. */
function isClosed(fileobj: FileObject): fileobj is Exclude<FileObject, number> {
  return typeof fileobj === 'object' && 'closed' in fileobj && fileobj.closed === true;
}

/** `The socket` for a `Socket`. */
function nameOf(fileobj: object): string {
  const name = fileobj.constructor?.name;
  return typeof name === 'string' && name !== ''
    ? `The ${name[0]?.toLowerCase()}${name.slice(1)}`
    : 'The object';
}

function descriptorIn(fileobj: Exclude<FileObject, number>): number {
  if (typeof fileobj === 'object' && fileobj !== null) {
    if ('fileno' in fileobj && typeof fileobj.fileno === 'function') {
      const fd = fileobj.fileno();
      if (typeof fd === 'number') return fd;
      throw typeError(`fileno() returned ${show(fd)}, not a number`);
    }
    if ('fd' in fileobj && typeof fileobj.fd === 'number') return fileobj.fd;
  }
  throw typeError(`${show(fileobj)} is no descriptor and has none: it needs fileno() or fd`);
}
