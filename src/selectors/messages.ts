/** The messages of the diagnostics channels. They do not name the selector's class, which imports this file. */
import type { FileObject } from '../fileno.js';
import type { Seconds, Timeout } from '../time.js';
import type { Ready, SelectorKey } from './key.js';

/** What all messages of the channels `fd-selectors:*` say. See docs/observing.md. */
export interface SelectorMessage {
  /** The selector: an object of one of the classes, to compare, print or narrow by `instanceof`. */
  readonly selector: object;
}

/** `fd-selectors:register`, `fd-selectors:unregister`: a registration began or ended. */
export interface RegisterMessage extends SelectorMessage {
  /** The registration. */
  readonly key: SelectorKey<unknown, FileObject>;
}

/** `fd-selectors:modify`: a registration changed. */
export interface ModifyMessage extends SelectorMessage {
  /** The key after the change. */
  readonly key: SelectorKey<unknown, FileObject>;
  /** The key before the change. */
  readonly previous: SelectorKey<unknown, FileObject>;
}

/** `fd-selectors:select`: a wait ended. */
export interface SelectMessage extends SelectorMessage {
  /** Whether the wait was on Node's event loop: `selectAsync`, or a batch of `events`. */
  readonly async: boolean;
  /** Seconds, as the caller gave them; `null` or `undefined` waits forever. */
  readonly timeout: Timeout;
  /** The number of ready descriptors: the length of `ready`. */
  readonly count: number;
  /** The list that the caller gets; do not change it. */
  readonly ready: readonly Ready<unknown, FileObject>[];
  /** Seconds from the call to its end. */
  readonly duration: Seconds;
}

/** `fd-selectors:ghost`: epoll reported a descriptor that was closed before it was unregistered. */
export interface GhostMessage extends SelectorMessage {
  /** The number that the closed descriptor had; it may be another file's by now. */
  readonly fd: number;
}

/** `fd-selectors:error`: a call threw or rejected. The end of a wait by `close()` or by an abort is not an error. */
export interface ErrorMessage extends SelectorMessage {
  /** The method that was called; a batch of `events` counts as `selectAsync`. */
  readonly method: 'register' | 'modify' | 'unregister' | 'select' | 'selectAsync';
  /** What the caller got. */
  readonly error: unknown;
}

/** `fd-selectors:close`: a selector was closed. */
export interface CloseMessage extends SelectorMessage {
  /** How many registrations ended with it, without a message of their own. */
  readonly registered: number;
}
