/** What a selector knows of one registered descriptor. */
import { type InspectOptions, inspect } from 'node:util';
import type { FileObject } from '../fileno.js';
import { EVENT_PRIORITY, EVENT_READ, EVENT_WRITE } from './events.js';

const NAMES: readonly [event: number, name: string][] = [
  [EVENT_READ, 'EVENT_READ'],
  [EVENT_WRITE, 'EVENT_WRITE'],
  [EVENT_PRIORITY, 'EVENT_PRIORITY'],
];

/** `EVENT_READ | EVENT_WRITE` */
function namesOf(events: number): string {
  return NAMES.flatMap(([event, name]) => ((events & event) === 0 ? [] : [name])).join(' | ');
}

/**
 * One registration, immutable: `modify` makes a new one.
 *
 * Python: the named tuple `selectors.SelectorKey`.
 */
export class SelectorKey<D = unknown, F extends FileObject = FileObject> {
  /** The object that was registered. */
  readonly fileobj: F;
  /** Its descriptor at that time. */
  readonly fd: number;
  /** The events waited for: an or of `EVENT_READ`, `EVENT_WRITE`, `EVENT_PRIORITY`. */
  readonly events: number;
  /** What the user attached. */
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

/** One entry of what `select()` returns: a key and which of its events are ready. */
export type Ready<D = unknown, F extends FileObject = FileObject> = [key: SelectorKey<D, F>, events: number];
