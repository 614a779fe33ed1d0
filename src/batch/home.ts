/** What a batch lends its sockets. */
import type { Outgoing } from './outgoing.js';

/**
 * The parts of a batch that its sockets use.
 *
 * @typeParam S - the class of the sockets, which imports this.
 */
export interface Home<S> {
  readonly arena: Buffer<ArrayBuffer>;
  readonly arenaBytes: number;
  /** The arena, and behind it what is to be sent. */
  readonly memory: Buffer<ArrayBuffer>;
  readonly arenaBuffer: ArrayBuffer;
  readonly outgoing: Outgoing;
  /** The most bytes that a socket may be owed. */
  readonly limit: number;
  /** Something is queued: makes sure that it goes out. */
  queued(): void;
  /** Registers for other events; none ends the registration. */
  watch(socket: S, events: number): void;
  /** Reports that a socket has room again, or with an errno, that it failed to send. */
  report(socket: S, errno: number): void;
  /** `send()` has taken less than all: watches for when all is sent. */
  fellShort(socket: S): void;
  /** Forgets a socket. */
  forget(socket: S): void;
}
