/** Deadlines, in a heap with four children per node. */

/** A timer. It knows its place in the heap, so that it can be canceled. */
export abstract class Timer {
  /** On the clock of `performance.now()`. */
  deadline = 0;
  /** Which of two equal deadlines was set first. */
  order = 0;
  /** The place in the heap; -1 if it is not in it. */
  slot = -1;

  /** The deadline has passed; the timer is out of the heap. */
  abstract expire(): void;
}

function before(a: Timer, b: Timer): boolean {
  return a.deadline < b.deadline || (a.deadline === b.deadline && a.order < b.order);
}

/** Timers by deadline. Setting or canceling one takes O(log n) comparisons; canceling leaves nothing behind. */
export class Timers {
  readonly #heap: Timer[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The nearest deadline, or Infinity. */
  get next(): number {
    return this.#heap[0]?.deadline ?? Infinity;
  }

  add(timer: Timer, deadline: number): void {
    timer.deadline = deadline;
    timer.order = this.#order++;
    this.#heap.push(timer);
    this.#up(timer, this.#heap.length - 1);
  }

  /** Cancels a timer, if it is set. */
  remove(timer: Timer): void {
    const { slot } = timer;
    if (slot < 0) return;
    timer.slot = -1;
    const last = this.#heap.pop() as Timer;
    if (last === timer) return;
    if (slot > 0 && before(last, this.#heap[(slot - 1) >> 2] as Timer)) this.#up(last, slot);
    else this.#down(last, slot);
  }

  /** Runs all timers whose deadline is not after `now`, in the order of their deadlines. */
  expire(now: number): void {
    for (;;) {
      const [first] = this.#heap;
      if (first === undefined || first.deadline > now) return;
      this.remove(first);
      first.expire();
    }
  }

  #up(timer: Timer, from: number): void {
    const heap = this.#heap;
    let slot = from;
    while (slot > 0) {
      const up = (slot - 1) >> 2;
      const parent = heap[up] as Timer;
      if (!before(timer, parent)) break;
      heap[slot] = parent;
      parent.slot = slot;
      slot = up;
    }
    heap[slot] = timer;
    timer.slot = slot;
  }

  #down(timer: Timer, from: number): void {
    const heap = this.#heap;
    const { length } = heap;
    let slot = from;
    for (;;) {
      const first = 4 * slot + 1;
      if (first >= length) break;
      let least = first;
      for (let child = first + 1; child < Math.min(first + 4, length); child++) {
        if (before(heap[child] as Timer, heap[least] as Timer)) least = child;
      }
      const child = heap[least] as Timer;
      if (!before(child, timer)) break;
      heap[slot] = child;
      child.slot = slot;
      slot = least;
    }
    heap[slot] = timer;
    timer.slot = slot;
  }
}
