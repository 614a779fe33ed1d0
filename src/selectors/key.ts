/** The registration of one descriptor. */
import type { FileObject } from '../fileno.js';

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
}

/** An entry of the list that `select()` returns: a key, and those of its events that are ready. */
export type Ready<D = unknown, F extends FileObject = FileObject> = [key: SelectorKey<D, F>, events: number];
