/** What a selector knows of one registered descriptor. */
import type { FileObject } from '../fileno.js';

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
}

/** One entry of what `select()` returns: a key and which of its events are ready. */
export type Ready<D = unknown, F extends FileObject = FileObject> = [key: SelectorKey<D, F>, events: number];
