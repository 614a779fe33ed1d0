/** The descriptors that have pending operations. */
import { Descriptor } from './operation.js';

/** One for each number. */
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

  /** Forgets a descriptor whose operations have all ended. */
  sweep(fd: number, descriptor: Descriptor<D>): void {
    if (descriptor.idle && this.#byFd[fd] === descriptor) this.#byFd[fd] = undefined;
  }

  /** Forgets what is known of a number: it is another file's now. */
  forget(fd: number): void {
    if (this.#byFd[fd] !== undefined) this.#byFd[fd] = undefined;
  }
}
