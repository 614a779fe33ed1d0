/** An object that owns a descriptor. */
import { inspect } from 'node:util';
import { checkClose, ValueError } from '../errors.js';
import { native, type Result } from '../native.js';

/**
 * What every object of `fd-selectors/fds` is: a descriptor, open until `close()`.
 *
 * Guaranteed: it is closed once, and never when the object is collected. A number that a selector
 * still knows must not become another file's because a variable went out of scope.
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
   * The descriptor, for a selector.
   *
   * @throws {@link ValueError} `ERR_CLOSED`, as every method but `close()` after `close()`.
   */
  fileno(): number {
    if (this.#fd < 0) throw new ValueError('ERR_CLOSED', `this ${this.constructor.name} is closed`);
    return this.#fd;
  }

  /** Closes the descriptor; a second time does nothing. Unregister it from selectors first. */
  close(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    checkClose(this.release(fd));
  }

  /** As `close()`, for `using`. */
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

  /** Gives the descriptor back to the system. */
  protected release(fd: number): Result {
    return native.close(fd);
  }
}
