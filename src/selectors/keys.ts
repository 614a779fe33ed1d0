/** The registrations of one selector, by descriptor. */
import { OSError, ValueError } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import type { SelectorKey } from './key.js';

/**
 * Keys in arrays indexed by descriptor, because the kernel keeps descriptors small and dense. A `Map`
 * would cost 10 to 25 ns more for each event, and over 100 ns for each registration.
 */
export class Keys<D, F extends FileObject> {
  readonly byFd: (SelectorKey<D, F> | undefined)[] = [];
  /** The tag of each registration, which distinguishes two registrations of the same descriptor. */
  readonly tags: number[] = [];
  size = 0;
  #lastTag = 0;

  /**
   * Returns the descriptor of an object; if it no longer has one, because it was closed, the one that it
   * was registered with.
   *
   * @throws {@link ValueError} `ERR_INVALID_FD` for an object that has no descriptor and is not registered.
   * @throws anything that `fileno()` throws: an {@link OSError} always, anything but a `TypeError` or
   *   `RangeError` for an object that is not registered.
   */
  filenoOf(fileobj: FileObject): number {
    try {
      return filenoOf(fileobj);
    } catch (error) {
      // As in Python, an error of the system is passed on.
      if (error instanceof OSError) throw error;
      for (const key of this.#all()) if (key.fileobj === fileobj) return key.fd;
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
      throw new ValueError('ERR_INVALID_FD', error.message);
    }
  }

  /**
   * Returns the key of a descriptor or a registered object.
   *
   * @throws as {@link Keys.filenoOf} does.
   */
  get(fileobj: FileObject): SelectorKey<D, F> | undefined {
    return this.byFd[this.filenoOf(fileobj)];
  }

  /** Returns a new 32-bit tag, unused by the last four billion registrations. */
  nextTag(): number {
    this.#lastTag = (this.#lastTag + 1) | 0;
    return this.#lastTag;
  }

  add(key: SelectorKey<D, F>, tag: number): void {
    this.byFd[key.fd] = key;
    this.tags[key.fd] = tag;
    this.size++;
  }

  /** Replaces the key of a descriptor. */
  replace(key: SelectorKey<D, F>): void {
    this.byFd[key.fd] = key;
  }

  delete(fd: number): void {
    this.byFd[fd] = undefined;
    this.size--;
  }

  clear(): void {
    this.byFd.length = 0;
    this.tags.length = 0;
    this.size = 0;
  }

  /** Returns all keys in order of registration. */
  list(): SelectorKey<D, F>[] {
    return this.#all().sort((a, b) => this.#age(b) - this.#age(a));
  }

  #all(): SelectorKey<D, F>[] {
    // Object.values visits only what exists; for one huge descriptor a loop would visit two billion holes.
    return Object.values(this.byFd).filter((key) => key !== undefined);
  }

  #age(key: SelectorKey<D, F>): number {
    return (this.#lastTag - (this.tags[key.fd] as number)) >>> 0;
  }
}
