/** An object that owns a descriptor. */
import { inspect } from 'node:util';
import { checkClose, ValueError } from '../errors.js';
import { native, type Result } from '../native.js';

/**
 * The base of every object of `fd-selectors/fds`: it owns a descriptor, which is open until `close()`.
 *
 * Guaranteed: the descriptor is closed once, and never by the garbage collector. Otherwise a number that
 * is still registered with a selector could become another file's because a variable went out of scope.
 */
export abstract class OwnedFd implements Disposable {
  #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Whether `close()` was called. */
  get closed(): boolean {
    return this.#fd < 0;
  }

  /**
   * Returns the descriptor.
   *
   * @throws {@link ValueError} `ERR_CLOSED` after `close()`, as every method but `close()` does.
   */
  fileno(): number {
    if (this.#fd < 0) throw new ValueError('ERR_CLOSED', `The ${this.constructor.name} is closed`);
    return this.#fd;
  }

  /** Closes the descriptor; unregister it from selectors first. Closing it again does nothing. */
  close(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    checkClose(this.release(fd));
  }

  /** Calls `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** `<EventFd fd=7>`, `<EventFd [closed]>`. Never throws. */
  toString(): string {
    const { name } = this.constructor;
    if (!(#fd in this)) return `<${name}>`;
    return this.#fd < 0 ? `<${name} [closed]>` : `<${name} fd=${this.#fd}>`;
  }

  /** @internal */
  [inspect.custom](): string {
    return this.toString();
  }

  /** Closes the descriptor, and everything that belongs to it. */
  protected release(fd: number): Result {
    return native.close(fd);
  }
}
