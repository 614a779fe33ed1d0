/** Handing over from one task to another. */
import { deadlineIn, type TimeoutOptions, timeoutOf } from './deadline.js';
import { Empty, Full } from './errors.js';
import type { Fiber } from './fiber.js';
import { currentFiber } from './hub.js';
import type { Coroutine } from './suspend.js';
import { Waiter, WaitQueue } from './waitqueue.js';

/** A task that waits for another to take its item. */
class Offer<T> extends Waiter {
  readonly item: T;

  constructor(fiber: Fiber, queue: WaitQueue, item: T) {
    super(fiber, queue);
    this.item = item;
  }
}

/**
 * A queue without capacity: `put()` waits until another task gets the item.
 *
 * Guaranteed: waiting tasks are served in order of arrival. When `put()` returns, its item was taken;
 * if it timed out or its task was killed while waiting, the item was not taken.
 *
 * Python: `gevent.queue.Channel`. Go: an unbuffered channel.
 *
 * @example
 * ```ts
 * import { Channel, run, spawn } from 'fd-selectors/coroutines';
 * run(function* () {
 *   const channel = new Channel<string>();
 *   const log: string[] = [];
 *   const sender = spawn(function* () {
 *     yield* channel.put('item');
 *     log.push('taken');
 *   });
 *   log.push(yield* channel.get());
 *   yield* sender.join();
 *   assert.deepEqual(log, ['item', 'taken']);
 * });
 * ```
 */
export class Channel<T> {
  readonly #senders = new WaitQueue('somebody to take from a channel');
  /** How many getters were woken for an item, but have not run yet. */
  #promised = 0;
  readonly #getters = new WaitQueue('an item of a channel', () => {
    this.#promised--;
    if (this.#senders.size > this.#promised) this.#wakeGetter();
  });

  /**
   * Waits until another task takes the item.
   *
   * @throws {@link Full} `ERR_QUEUE_FULL` after the timeout.
   */
  *put(item: T, options?: TimeoutOptions): Coroutine {
    const timeout = timeoutOf(options);
    const offer = new Offer(currentFiber(), this.#senders, item);
    const deadline = deadlineIn(timeout);
    if (this.#senders.size >= this.#promised) this.#wakeGetter();
    if (!(yield* this.#senders.waitAs(offer, deadline))) throw new Full();
  }

  /**
   * Takes an item, waiting for one if necessary.
   *
   * @throws {@link Empty} `ERR_QUEUE_EMPTY` after the timeout.
   */
  *get(options?: TimeoutOptions): Coroutine<T> {
    const timeout = timeoutOf(options);
    const deadline = deadlineIn(timeout);
    if (this.#senders.size > this.#promised) return this.#take();
    let woken = false;
    do {
      // If the offer was withdrawn, this getter stays first in line.
      const waiter = new Waiter(currentFiber(), this.#getters);
      if (!(yield* this.#getters.waitAs(waiter, deadline, woken))) throw new Empty();
      woken = true;
      this.#promised--;
    } while (this.#senders.size === 0);
    return this.#take();
  }

  #take(): T {
    const { item } = this.#senders.first as Offer<T>;
    this.#senders.notify();
    return item;
  }

  #wakeGetter(): void {
    if (this.#getters.notify() !== undefined) this.#promised++;
  }
}
