/** A socket's place among the coroutines: its timeout, and its registration with the hub that runs. */
import { errnoOf, OSError } from '../errors.js';
import { EVENT_READ } from '../selectors/index.js';
import { type Socket as PlainSocket, SOCK_STREAM } from '../socket/index.js';
import type { Seconds } from '../time.js';
import { deadlineIn } from './deadline.js';
import { currentFiber, type Hub, theHub } from './hub.js';
import type { FdWait, Watch } from './poller.js';

/** What the calls on one socket share. */
export class Line {
  readonly sock: PlainSocket;
  /** Whether its bytes are a stream: less than was asked for means that there is no more. */
  readonly isStream: boolean;
  /** Whether the last receive got all that there was: then the next one had better wait first. */
  drained = false;
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
    const watch = this.#watch;
    if (watch === undefined) return;
    if ((event === EVENT_READ ? watch.reader : watch.writer)?.busy && this.#hub === theHub()) {
      watch.checkFree(event);
    }
  }

  /** Whether a receiving call had better try before it waits. */
  triesFirst(): boolean {
    if (this.drained) {
      // The wait, which comes next, refuses a second task.
      this.drained = false;
      return false;
    }
    this.checkFree(EVENT_READ);
    return true;
  }

  /** Begins a wait of the fiber that runs, which must suspend next. */
  wait(event: number, deadline: number, syscall: string): FdWait {
    if (this.sock.closed) throw new OSError(errnoOf('EBADF'), syscall);
    return this.#current().wait(currentFiber(), event, deadline, syscall);
  }

  /** Its place in the selector of the hub that runs. */
  #current(): Watch {
    const hub = theHub();
    if (this.#hub === hub) return this.#watch as Watch;
    const watch = hub.poller.watch(this.sock.fileno());
    watch.kept = true;
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
