/** A growing array of `struct pollfd`, in the memory that the kernel reads and writes. */
import { native, type Result, type Wait } from '../native.js';

/** 32-bit words of a `struct pollfd`: the descriptor, then `events` and `revents` of 16 bits each. */
const WORDS = 2;
/** The same in 16-bit halves, and where `events` and `revents` stand among them. */
const HALVES = 4;
const EVENTS = 2;
const REVENTS = 3;

/** Descriptors and the events asked of each, in the order in which they were added. */
export class PollSet {
  /** Entries in use, those of removed descriptors included. */
  #length = 0;
  #removed = 0;
  #words = new Int32Array(16 * WORDS);
  #buffer = this.#words.buffer;
  #halves = new Int16Array(this.#buffer);
  /** Where each descriptor's entry stands. */
  readonly #entries: (number | undefined)[] = [];

  has(fd: number): boolean {
    return this.#entries[fd] !== undefined;
  }

  /** Adds a descriptor, or changes the events of one that is there. */
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

  /** Takes a descriptor out, if it is there. */
  delete(fd: number): void {
    const entry = this.#entries[fd];
    if (entry === undefined) return;
    this.#entries[fd] = undefined;
    this.#words[entry * WORDS] = -1;
    this.#removed++;
  }

  /** Waits; the result is the number of descriptors with events, or `-errno`. */
  poll(seconds: Wait): Result {
    // Here, where the kernel is about to walk the whole array anyway: poll(2) counts removed
    // entries against RLIMIT_NOFILE.
    if (this.#removed > 0) this.#compact();
    return native.poll(this.#buffer, this.#length, seconds);
  }

  /** The descriptor of an entry; valid after {@link PollSet.poll}, as is what follows. */
  fd(entry: number): number {
    return this.#words[entry * WORDS] as number;
  }

  /** The events that the last poll found, none being zero. */
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
