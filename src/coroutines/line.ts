/** A socket's place among the coroutines: its timeout, and its registration with the hub that runs. */
import { errnoOf, OSError, osError } from '../errors.js';
import { EVENT_READ, EVENT_WRITE } from '../selectors/index.js';
import { MSG_ERRQUEUE, MSG_OOB, MSG_PEEK, type Socket as PlainSocket, SOCK_STREAM } from '../socket/index.js';
import type { Seconds } from '../time.js';
import { deadlineIn } from './deadline.js';
import { type FdWait, Readiness } from './fdwait.js';
import { currentFiber, type Hub, theHub } from './hub.js';
import type { Watch } from './poller.js';

/** The most bytes that are received together with those of others. */
const MOST_RECEIVED = 4096;

/** What the calls on one socket share. */
export class Line {
  readonly sock: PlainSocket;
  /** Whether its bytes are a stream: less than was asked for means that there is no more. */
  readonly isStream: boolean;
  /** Whether the last receive got all that there was: then the next one had better wait first. */
  drained = false;
  /** Whether the last receive got many bytes: then they should go where they are wanted, without a copy. */
  bulk = false;
  timeout: Seconds | null = null;
  #hub: Hub | undefined;
  #watch: Watch | undefined;

  constructor(sock: PlainSocket) {
    this.sock = sock;
    this.isStream = sock.type === SOCK_STREAM;
  }

  /** The end of a call that begins now. */
  deadline(): number {
    return this.timeout === null ? Infinity : deadlineIn(this.timeout);
  }

  /** Refuses a second task for one direction. */
  checkFree(event: number): void {
    const hub = theHub();
    if (this.#hub === hub) this.#watch?.checkFree(event);
    // Another task may wait for the descriptor by its number. A call that sends must not find out after its first part.
    else if (event === EVENT_WRITE) hub.poller.known(this.sock.fileno())?.checkFree(event);
  }

  /** Whether a receiving call had better try before it waits. One with bad arguments must: the kernel refuses them. */
  triesFirst(room: number): boolean {
    if (this.drained && room > 0 && Number.isInteger(room)) {
      this.drained = false;
      // The wait, which comes next, refuses a second task.
      if (!this.#watch?.keeps) return false;
    }
    this.checkFree(EVENT_READ);
    return true;
  }

  /** Begins a wait of the fiber that runs, which must suspend next. Receives at most so many bytes for it. */
  begin(wait: FdWait, deadline: number, syscall: string, most: number): void {
    if (this.sock.closed) throw new OSError(errnoOf('EBADF'), syscall);
    const hub = theHub();
    this.#watchOf(hub).begin(wait, hub.current ?? currentFiber(), deadline, most);
  }

  /** The coroutine that waits until the socket is ready. */
  wait(event: number, deadline: number, syscall: string): Readiness {
    if (this.sock.closed) throw new OSError(errnoOf('EBADF'), syscall);
    return new Readiness(currentFiber(), this.#watchOf(theHub()), event, deadline, syscall);
  }

  /** How many bytes a wait should receive: with more, the copy out of the arena costs more than a call. */
  most(bufsize: number): number {
    if (!this.isStream || this.bulk || !Number.isInteger(bufsize)) return 0;
    return Math.min(bufsize, MOST_RECEIVED);
  }

  /** Notes how many bytes of so many that there was room for were received. */
  received(length: number, room: number): void {
    this.drained = this.isStream && length < room;
    this.bulk = length >= MOST_RECEIVED;
  }

  /** Takes bytes that were received for a task that was stopped; `undefined` if there are none. */
  take(bufsize: number, flags: number): Buffer | undefined {
    const watch = this.#watch;
    if (watch === undefined || (flags & (MSG_OOB | MSG_ERRQUEUE)) !== 0) return undefined;
    const { held, failed } = watch;
    if (failed !== 0) {
      watch.failed = 0;
      throw osError(failed, 'recv');
    }
    if (held === undefined || !(bufsize > 0)) return undefined;
    const taken = held.subarray(0, bufsize);
    if ((flags & MSG_PEEK) === 0)
      watch.held = taken.length < held.length ? held.subarray(taken.length) : undefined;
    return Buffer.from(taken);
  }

  /** Its place in the selector of the hub that runs. */
  #watchOf(hub: Hub): Watch {
    if (this.#hub === hub) return this.#watch as Watch;
    const watch = hub.poller.watch(this.sock.fileno());
    watch.kept = true;
    watch.held ??= this.#watch?.held;
    watch.failed ||= this.#watch?.failed ?? 0;
    this.#hub = hub;
    this.#watch = watch;
    return watch;
  }

  /** Ends the registration; those who wait get an error. */
  leave(): void {
    if (this.#hub?.open) this.#watch?.close();
    this.#hub = undefined;
    this.#watch = undefined;
  }
}
