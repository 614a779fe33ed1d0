/** The registrations of one selector, by descriptor. */
import { OSError, ValueError } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import type { SelectorKey } from './key.js';

/**
 * Keys in arrays indexed by descriptor, which the kernel keeps small and dense: a `Map` would cost
 * 10 to 25 ns more for each event, and over 100 for each registration.
 */
export class Keys<D, F extends FileObject> {
  readonly byFd: (SelectorKey<D, F> | undefined)[] = [];
  /** The number of each registration: it tells two registrations of one descriptor apart. */
  readonly tags: number[] = [];
  size = 0;
  #lastTag = 0;

  /**
   * The descriptor of an object. One that has lost its descriptor, as closed ones have, is found
   * among the registered objects.
   *
   * @throws {@link ValueError} `ERR_INVALID_FD` for what has none and is not registered.
   * @throws what `fileno()` itself throws: an {@link OSError} at once, anything but a `TypeError` or
   *   `RangeError` for an object that is not registered.
   */
  filenoOf(fileobj: FileObject): number {
    try {
      return filenoOf(fileobj);
    } catch (error) {
      // What the system says about a descriptor is passed on, as in Python.
      if (error instanceof OSError) throw error;
      for (const key of this.#all()) if (key.fileobj === fileobj) return key.fd;
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
      throw new ValueError('ERR_INVALID_FD', error.message);
    }
  }

  /** @throws as {@link Keys.filenoOf} does. */
  get(fileobj: FileObject): SelectorKey<D, F> | undefined {
    return this.byFd[this.filenoOf(fileobj)];
  }

  /** A number that no registration of the last four billion had, in 32 bits. */
  nextTag(): number {
    this.#lastTag = (this.#lastTag + 1) | 0;
    return this.#lastTag;
  }

  add(key: SelectorKey<D, F>, tag: number): void {
    this.byFd[key.fd] = key;
    this.tags[key.fd] = tag;
    this.size++;
  }

  /** Puts a new key in the place of the one that its descriptor has. */
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

  /** All keys in the order of their registration. */
  list(): SelectorKey<D, F>[] {
    return this.#all().sort((a, b) => this.#age(b) - this.#age(a));
  }

  #all(): SelectorKey<D, F>[] {
    // Object.values visits what is there; a loop would visit two billion holes for one huge descriptor.
    return Object.values(this.byFd).filter((key) => key !== undefined);
  }

  #age(key: SelectorKey<D, F>): number {
    return (this.#lastTag - (this.tags[key.fd] as number)) >>> 0;
  }
}
