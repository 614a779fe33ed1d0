/** `fd_set`: a set of descriptors below FD_SETSIZE, one bit each, in the array the kernel reads. */
import { ValueError } from '../errors.js';
import { constant } from '../native.js';

/** The size of an `fd_set`: `select` takes only descriptors less than this. */
export const FD_SETSIZE = constant('FD_SETSIZE');

/**
 * Rejects a descriptor that has no bit in an `fd_set`; the kernel would access memory out of bounds.
 *
 * @throws {@link ValueError} `ERR_FD_OUT_OF_RANGE`.
 */
export function checkFdSetSize(fd: number): void {
  if (fd < FD_SETSIZE) return;
  throw new ValueError(
    'ERR_FD_OUT_OF_RANGE',
    `The file descriptor must be less than ${FD_SETSIZE} for select; use poll or epoll. Received ${fd}`,
  );
}

/** A set of descriptors; the caller checks that each is less than {@link FD_SETSIZE}. */
export class FdSet {
  /** The memory that the system call reads and writes. */
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

  /** Returns the highest descriptor plus one; all must be less than `limit`. */
  end(limit: number): number {
    for (let word = (limit - 1) >> 5; word >= 0; word--) {
      const bits = this.words[word] as number;
      if (bits !== 0) return (word << 5) + 32 - Math.clz32(bits);
    }
    return 0;
  }

  /** Copies another set into this one, which the kernel then overwrites. */
  copyFrom(other: FdSet): void {
    this.words.set(other.words);
  }
}
