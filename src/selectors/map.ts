/** The map that `getMap()` returns. */
import { type InspectOptions, inspect } from 'node:util';
import type { FileObject } from '../fileno.js';
import type { SelectorKey } from './key.js';
import type { Keys } from './keys.js';

/**
 * A live, read-only map of a selector's registrations from descriptor to key.
 *
 * Guaranteed: it iterates in order of registration, over the keys of the moment when the iteration
 * began. `get` and `has` also take a registered object. It is empty once the selector is closed.
 *
 * Python: throws `KeyError` for a missing descriptor; here `get` returns `undefined`.
 */
export class SelectorMap<D, F extends FileObject> implements ReadonlyMap<number, SelectorKey<D, F>> {
  readonly #keys: Keys<D, F>;

  /** @internal */
  constructor(keys: Keys<D, F>) {
    this.#keys = keys;
  }

  /** The number of registered descriptors. */
  get size(): number {
    return this.#keys.size;
  }

  /**
   * Returns the key of a descriptor or a registered object, or `undefined`.
   *
   * @throws {@link ValueError} `ERR_INVALID_FD` for an object that has no descriptor and is not registered.
   */
  get(fileobj: FileObject): SelectorKey<D, F> | undefined {
    return this.#keys.get(fileobj);
  }

  /**
   * Returns whether a descriptor or an object is registered.
   *
   * @throws as {@link SelectorMap.get} does.
   */
  has(fileobj: FileObject): boolean {
    return this.#keys.get(fileobj) !== undefined;
  }

  /** Iterates over the registered descriptors. */
  *keys(): MapIterator<number> {
    for (const key of this.#keys.list()) yield key.fd;
  }

  /** Iterates over the keys. */
  *values(): MapIterator<SelectorKey<D, F>> {
    yield* this.#keys.list();
  }

  /** Iterates over `[fd, key]` pairs. */
  *entries(): MapIterator<[number, SelectorKey<D, F>]> {
    for (const key of this.#keys.list()) yield [key.fd, key];
  }

  /** Calls `entries()`. */
  [Symbol.iterator](): MapIterator<[number, SelectorKey<D, F>]> {
    return this.entries();
  }

  /** Calls `callback` for each key, in order of registration. */
  forEach(
    callback: (key: SelectorKey<D, F>, fd: number, map: ReadonlyMap<number, SelectorKey<D, F>>) => void,
    thisArg?: unknown,
  ): void {
    for (const key of this.#keys.list()) callback.call(thisArg, key, key.fd, this);
  }

  /** `SelectorMap(1) { 7 => SelectorKey { ... } }` */
  toString(): string {
    return inspect(this);
  }

  /** @internal */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (!(#keys in this)) return 'SelectorMap {}';
    if (depth < 0) return '[SelectorMap]';
    return `Selector${inspect(new Map(this.entries()), options)}`;
  }
}
