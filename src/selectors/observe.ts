/** What selectors publish on `node:diagnostics_channel`. Without subscribers it costs a look at a property. */
import { channel } from 'node:diagnostics_channel';
import type { FileObject } from '../fileno.js';
import type { Timeout } from '../time.js';
import type { Ready, SelectorKey } from './key.js';
import type {
  CloseMessage,
  ErrorMessage,
  GhostMessage,
  ModifyMessage,
  RegisterMessage,
  SelectMessage,
} from './messages.js';

type Key = SelectorKey<unknown, FileObject>;

/** The channels by the last part of their names; the first is the name of the package. */
export const channels = {
  register: channel('fd-selectors:register'),
  modify: channel('fd-selectors:modify'),
  unregister: channel('fd-selectors:unregister'),
  select: channel('fd-selectors:select'),
  ghost: channel('fd-selectors:ghost'),
  error: channel('fd-selectors:error'),
  close: channel('fd-selectors:close'),
};

// Apart from the table: an import is read faster than a property.
const { register, modify, unregister, select, ghost, error: errors, close } = channels;

/** Publishes that a descriptor was registered. */
export function tellRegister(selector: object, key: Key): void {
  if (register.hasSubscribers) register.publish({ selector, key } satisfies RegisterMessage);
}

/** Publishes that a registration was changed, with the key before. */
export function tellModify(selector: object, key: Key, previous: Key): void {
  if (modify.hasSubscribers) modify.publish({ selector, key, previous } satisfies ModifyMessage);
}

/** Publishes that a registration has ended. */
export function tellUnregister(selector: object, key: Key): void {
  if (unregister.hasSubscribers) unregister.publish({ selector, key } satisfies RegisterMessage);
}

/** Whether anybody wants to know how a wait ends. */
export function isWaitObserved(): boolean {
  return select.hasSubscribers || errors.hasSubscribers;
}

/** Returns when a wait begins, in milliseconds; 0 if nobody wants to know. */
export function waitBegins(): number {
  return select.hasSubscribers ? performance.now() : 0;
}

/** @param since - what {@link waitBegins} returned. */
export function tellSelect(
  selector: object,
  timeout: Timeout,
  ready: readonly Ready<unknown, FileObject>[],
  since: number,
  async: boolean,
): void {
  if (since === 0) return;
  const duration = (performance.now() - since) / 1e3;
  const count = ready.length;
  select.publish({ selector, async, timeout, count, ready, duration } satisfies SelectMessage);
}

/** Runs a wait that blocks, and publishes how it ended. */
export function observeSelect<R extends readonly Ready<unknown, FileObject>[]>(
  selector: object,
  timeout: Timeout,
  run: () => R,
): R {
  const since = waitBegins();
  try {
    const ready = run();
    tellSelect(selector, timeout, ready, since, false);
    return ready;
  } catch (error) {
    throw tellError(selector, 'select', error);
  }
}

/** Publishes that an epoll set reported a descriptor that has no registration. */
export function tellGhost(selector: object, fd: number): void {
  if (ghost.hasSubscribers) ghost.publish({ selector, fd } satisfies GhostMessage);
}

/** Publishes an error, and returns it to be thrown. */
export function tellError(selector: object, method: ErrorMessage['method'], error: unknown): unknown {
  if (errors.hasSubscribers) errors.publish({ selector, method, error } satisfies ErrorMessage);
  return error;
}

/** Publishes that a selector was closed while that many descriptors were registered. */
export function tellClose(selector: object, registered: number): void {
  if (close.hasSubscribers) close.publish({ selector, registered } satisfies CloseMessage);
}
