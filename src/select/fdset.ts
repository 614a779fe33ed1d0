/** `fd_set`: a set of descriptors below FD_SETSIZE, one bit each, in the array the kernel reads. */
import { ValueError } from '../errors.js';
import { constant } from '../native.js';

/** The number of descriptors that `select` can name; those at or above it are refused. */
export const FD_SETSIZE = constant('FD_SETSIZE');

/**
 * Refuses a descriptor that has no bit in an `fd_set`: the kernel would touch memory beyond it.
 *
 * @throws {@link ValueError} `ERR_FD_OUT_OF_RANGE`.
 */
export function checkFdSetSize(fd: number): void {
  if (fd < FD_SETSIZE) return;
  throw new ValueError(
    'ERR_FD_OUT_OF_RANGE',
    `select takes descriptors below ${FD_SETSIZE}, not ${fd}: use poll or epoll`,
  );
}

/** A set of descriptors, each below {@link FD_SETSIZE} (checked by the caller). */
export class FdSet {
  /** What the system call takes. */
  readonly buffer: ArrayBuffer = new ArrayBuffer(FD_SETSIZE / 8);
  readonly words: Int32Array = new Int32Array(this.buffer);

  has(fd: number): boolean {
    return (((this.words[fd >> 5] as number) >> (fd & 31)) & 1) !== 0;
  }

  add(fd: number): void {
    (this.words[fd >> 5] as number) |= 1 << (fd & 31);
  }

  delete(fd: number): void {
    (this.words[fd >> 5] as number) &= ~(1 << (fd & 31));
  }

  /** One more than the largest descriptor in the set, none of which is `below` or larger. */
  end(below: number): number {
    for (let word = (below - 1) >> 5; word >= 0; word--) {
      const bits = this.words[word] as number;
      if (bits !== 0) return (word << 5) + 32 - Math.clz32(bits);
    }
    return 0;
  }

  /** Becomes a copy of another set: the kernel overwrites what it is given. */
  copyFrom(other: FdSet): void {
    this.words.set(other.words);
  }
}
