/** Waits that an AbortSignal ends. */
import { checkOptions, typeError } from '../arguments.js';

/** One listener on a signal for all callbacks: Node warns of more than ten listeners, and searches them linearly. */
interface Listener {
  readonly waiting: Set<() => void>;
  readonly tellAll: () => void;
}

const listeners = new WeakMap<AbortSignal, Listener>();

function isAbortSignal(signal: Partial<AbortSignal> | null): boolean {
  return (
    typeof signal === 'object' &&
    signal !== null &&
    typeof signal.aborted === 'boolean' &&
    typeof signal.addEventListener === 'function' &&
    typeof signal.removeEventListener === 'function'
  );
}

/**
 * The signal among the options of a wait, checked before the wait changes anything.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE` for options that are not an object, and for a signal that is
 *   not an AbortSignal.
 */
export function signalOf(options: { signal?: AbortSignal | undefined }): AbortSignal | undefined {
  const { signal } = checkOptions(options);
  if (signal === undefined || isAbortSignal(signal)) return signal;
  throw typeError('options.signal', 'an instance of AbortSignal', signal);
}

/** @throws the reason of a signal that is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw signal.reason;
}

function listen(signal: AbortSignal): Listener {
  const waiting = new Set<() => void>();
  const tellAll = (): void => {
    for (const callback of waiting) callback();
  };
  signal.addEventListener('abort', tellAll);
  const listener = { waiting, tellAll };
  listeners.set(signal, listener);
  return listener;
}

/**
 * Calls back when a signal is aborted, however many others wait for the same one.
 *
 * @returns a function that undoes it.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { waiting, tellAll } = listeners.get(signal) ?? listen(signal);
  waiting.add(callback);
  return () => {
    if (!waiting.delete(callback) || waiting.size > 0) return;
    signal.removeEventListener('abort', tellAll);
    listeners.delete(signal);
  };
}
