/** What `getMap()` returns. */
import { type InspectOptions, inspect } from 'node:util';
import type { FileObject } from '../fileno.js';
import type { SelectorKey } from './key.js';
import type { Keys } from './keys.js';

/**
 * A live, read-only view of a selector's registrations, in the order in which they were made:
 * a `ReadonlyMap` from descriptor to key, whose `get` and `has` also take the registered object.
 * It is empty once the selector is closed. An iteration walks the keys of the moment it began.
 *
 * Python: a missing descriptor is a `KeyError` there, `undefined` here.
 */
export class SelectorMap<D, F extends FileObject> implements ReadonlyMap<number, SelectorKey<D, F>> {
  readonly #keys: Keys<D, F>;

  /** @internal */
  constructor(keys: Keys<D, F>) {
    this.#keys = keys;
  }

  /** How many descriptors are registered. */
  get size(): number {
    return this.#keys.size;
  }

  /** @throws {@link ValueError} `ERR_INVALID_FD` for what is neither a descriptor nor registered. */
  get(fileobj: FileObject): SelectorKey<D, F> | undefined {
    return this.#keys.get(fileobj);
  }

  /** @throws as {@link SelectorMap.get} does. */
  has(fileobj: FileObject): boolean {
    return this.#keys.get(fileobj) !== undefined;
  }

  *keys(): MapIterator<number> {
    for (const key of this.#keys.list()) yield key.fd;
  }

  *values(): MapIterator<SelectorKey<D, F>> {
    yield* this.#keys.list();
  }

  *entries(): MapIterator<[number, SelectorKey<D, F>]> {
    for (const key of this.#keys.list()) yield [key.fd, key];
  }

  /** As `entries()`. */
  [Symbol.iterator](): MapIterator<[number, SelectorKey<D, F>]> {
    return this.entries();
  }

  /** Calls back for each key, in order. */
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
