/** Waits for a ring on Node's event loop. */
import { check, ValueError } from '../errors.js';
import { throwIfAborted } from '../loop/abort.js';
import { mayAnswerAtOnce, nextTurn } from '../loop/turn.js';
import { Watcher } from '../loop/watcher.js';
import { constant, native } from '../native.js';
import { type Timeout, toWait } from '../time.js';
import type { Completed } from './completion.js';
import type { Engine } from './engine.js';
import { IORING_REGISTER_EVENTFD } from './layout.js';

const FLAGS = constant('EFD_CLOEXEC') | constant('EFD_NONBLOCK');
const ONE = new Uint8Array(BigUint64Array.of(1n).buffer);

/**
 * The eventfd of one ring. The ring's own descriptor is not enough: epoll is not told about completions that the
 * kernel defers until the thread enters.
 */
export class Notice<D> {
  readonly fd: number;
  readonly #engine: Engine<D>;
  readonly #count = new Uint8Array(8);
  #watcher: Watcher<Completed<D>[]> | undefined;
  #hasRef = true;
  #soon = false;

  /** @throws {@link OSError} `EMFILE`, `ENOMEM`. */
  constructor(engine: Engine<D>) {
    this.#engine = engine;
    this.fd = check(native.eventfd(0, FLAGS), 'eventfd');
    const result = engine.queues.register(IORING_REGISTER_EVENTFD, Int32Array.of(this.fd));
    if (result < 0) native.close(this.fd);
    check(result, 'io_uring_register');
    engine.onTaken = () => native.read(this.fd, this.#count);
    // The kernel tells only of what completes from now on.
    const { queues } = engine;
    if (queues.head !== queues.tail || queues.held) native.write(this.fd, ONE);
  }

  setRef(on: boolean): void {
    this.#hasRef = on;
    this.#watcher?.setRef(on);
  }

  /** Resolves to the next batch; throws synchronously for bad arguments. */
  completions(
    timeout: Timeout,
    signal: AbortSignal | undefined,
    batch: () => Completed<D>[],
  ): Promise<Completed<D>[]> {
    const seconds = toWait(timeout);
    throwIfAborted(signal);
    if (this.#watcher?.pending)
      throw new ValueError('ERR_WAIT_PENDING', 'Another wait is pending on this ring');
    const asked = mayAnswerAtOnce();
    if (asked) {
      const ready = batch();
      if (ready.length > 0 || seconds === 0) return Promise.resolve(ready);
    }
    if (seconds === 0) return nextTurn().then(batch);
    this.#watcher ??= this.#open(batch);
    return this.#watcher.arm(seconds, [], signal, asked);
  }

  close(reason: ValueError): void {
    this.#engine.onTaken = undefined;
    this.#engine.submitter.onWritten = undefined;
    this.#watcher?.close(reason);
    native.close(this.fd);
  }

  #open(batch: () => Completed<D>[]): Watcher<Completed<D>[]> {
    const watcher = new Watcher(this.fd, () => {
      const ready = batch();
      return ready.length > 0 ? ready : undefined;
    });
    if (!this.#hasRef) watcher.setRef(false);
    this.#engine.submitter.onWritten = () => this.#submitSoon(watcher);
    return watcher;
  }

  /** What is prepared during a wait is submitted when the code that prepares it is done. */
  #submitSoon(watcher: Watcher<Completed<D>[]>): void {
    if (this.#soon || !watcher.pending) return;
    this.#soon = true;
    queueMicrotask(() => {
      this.#soon = false;
      if (this.#engine.queues.fd < 0 || !watcher.pending) return;
      try {
        this.#engine.submit();
      } catch {
        // Nobody could catch it here: the wait submits again, and rejects if that fails, too.
        watcher.askSoon();
      }
    });
  }
}
