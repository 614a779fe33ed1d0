/** The registration of one descriptor. */
import { type InspectOptions, inspect } from 'node:util';
import type { FileObject } from '../fileno.js';
import { EVENT_PRIORITY, EVENT_READ, EVENT_WRITE } from './events.js';

const NAMES: readonly [event: number, name: string][] = [
  [EVENT_READ, 'EVENT_READ'],
  [EVENT_WRITE, 'EVENT_WRITE'],
  [EVENT_PRIORITY, 'EVENT_PRIORITY'],
];

/** `EVENT_READ | EVENT_WRITE` */
export function namesOf(events: number): string {
  return NAMES.flatMap(([event, name]) => ((events & event) === 0 ? [] : [name])).join(' | ');
}

/**
 * A registration. It is immutable; `modify` returns a new one.
 *
 * Python: the named tuple `selectors.SelectorKey`.
 */
export class SelectorKey<D = unknown, F extends FileObject = FileObject> {
  /** The object that was registered. */
  readonly fileobj: F;
  /** The descriptor that the object had at registration. */
  readonly fd: number;
  /** The requested events: a combination of `EVENT_READ`, `EVENT_WRITE` and `EVENT_PRIORITY`. */
  readonly events: number;
  /** The data attached to the registration. */
  readonly data: D;

  constructor(fileobj: F, fd: number, events: number, data: D) {
    this.fileobj = fileobj;
    this.fd = fd;
    this.events = events;
    this.data = data;
    Object.freeze(this);
  }

  /** `SelectorKey { fileobj: ..., fd: 7, events: EVENT_READ, data: ... }` */
  toString(): string {
    return inspect(this);
  }

  /** @internal */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[SelectorKey]';
    const { fileobj, fd, events, data } = this;
    const named = { [inspect.custom]: () => namesOf(events) };
    return `SelectorKey ${inspect({ fileobj, fd, events: named, data }, options)}`;
  }
}

/** An entry of the list that `select()` returns: a key, and those of its events that are ready. */
export type Ready<D = unknown, F extends FileObject = FileObject> = [key: SelectorKey<D, F>, events: number];
