/** The descriptors that have, or had, pending operations. */
import { Descriptor } from './operation.js';

/** One for each number: it stays, because the next operation on the same number is never far. */
export class Descriptors<D> {
  readonly #byFd: (Descriptor<D> | undefined)[] = [];

  find(fd: number): Descriptor<D> | undefined {
    return this.#byFd[fd];
  }

  get(fd: number): Descriptor<D> {
    const found = this.#byFd[fd];
    if (found !== undefined) return found;
    const made = new Descriptor<D>();
    // A huge number would make the array a hash table, not a waste of memory.
    this.#byFd[fd] = made;
    return made;
  }

  /** Whether a descriptor is closed as soon as everything is sent. */
  isClosing(fd: number): boolean {
    return this.find(fd)?.closing !== undefined;
  }

  /** How many bytes are still to be sent to it. */
  unsent(fd: number): number {
    return this.find(fd)?.unsent ?? 0;
  }

  /** Forgets the operations on a number: it is another file's now. */
  forget(fd: number): void {
    if (this.#byFd[fd]?.idle === false) this.#byFd[fd] = undefined;
  }
}
