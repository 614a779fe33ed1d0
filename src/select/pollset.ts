/** A growing array of `struct pollfd` in the memory that the kernel reads and writes. */
import { native, type Result, type Wait } from '../native.js';

/** The size of a `struct pollfd` in 32-bit words: the descriptor, then `events` and `revents` of 16 bits each. */
const WORDS = 2;
/** Its size in 16-bit halves, and the offsets of `events` and `revents`. */
const HALVES = 4;
const EVENTS = 2;
const REVENTS = 3;

/** Descriptors and the events requested for each, in the order in which they were added. */
export class PollSet {
  /** The number of entries in use, including those of removed descriptors. */
  #length = 0;
  #removed = 0;
  #words = new Int32Array(16 * WORDS);
  #buffer = this.#words.buffer;
  #halves = new Int16Array(this.#buffer);
  /** The index of each descriptor's entry. */
  readonly #entries: (number | undefined)[] = [];

  has(fd: number): boolean {
    return this.#entries[fd] !== undefined;
  }

  /** Adds a descriptor, or changes the events of one in the set. */
  set(fd: number, events: number): void {
    let entry = this.#entries[fd];
    if (entry === undefined) {
      entry = this.#length++;
      if (entry * WORDS === this.#words.length) this.#grow();
      this.#words[entry * WORDS] = fd;
      this.#entries[fd] = entry;
    }
    this.#halves[entry * HALVES + EVENTS] = events;
  }

  /** Removes a descriptor if it is in the set. */
  delete(fd: number): void {
    const entry = this.#entries[fd];
    if (entry === undefined) return;
    this.#entries[fd] = undefined;
    this.#words[entry * WORDS] = -1;
    this.#removed++;
  }

  /** Calls poll(2): returns the number of descriptors with events, or `-errno`. */
  poll(seconds: Wait): Result {
    // poll(2) counts removed entries against RLIMIT_NOFILE. Compacting here costs little, because the
    // kernel is about to walk the whole array anyway.
    if (this.#removed > 0) this.#compact();
    return native.poll(this.#buffer, this.#length, seconds);
  }

  /** Returns the descriptor of an entry; valid after {@link PollSet.poll}. */
  fd(entry: number): number {
    return this.#words[entry * WORDS] as number;
  }

  /** Returns the events of an entry that the last {@link PollSet.poll} found; 0 if none. */
  revents(entry: number): number {
    return (this.#halves[entry * HALVES + REVENTS] as number) & 0xffff;
  }

  #grow(): void {
    const words = new Int32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    this.#buffer = words.buffer;
    this.#halves = new Int16Array(words.buffer);
  }

  #compact(): void {
    let kept = 0;
    for (let entry = 0; entry < this.#length; entry++) {
      const fd = this.fd(entry);
      if (fd < 0) continue;
      this.#words.copyWithin(kept * WORDS, entry * WORDS, (entry + 1) * WORDS);
      this.#entries[fd] = kept++;
    }
    this.#length = kept;
    this.#removed = 0;
  }
}
