/** A selector in the soak, and what must be true of whatever it reports. */
import {
  type BaseSelector,
  EpollSelector,
  EVENT_READ,
  EVENT_WRITE,
  PollSelector,
  type SelectorKey,
  SelectSelector,
} from 'fd-selectors';
import { EPOLLET, EPOLLEXCLUSIVE, EPOLLONESHOT } from 'fd-selectors/select';
import type { Random } from './random.js';
import { drain, type Thing } from './things.js';

type Pairs = [SelectorKey<Thing>, number][];

const FLAGS = [0, 0, 0, EPOLLET, EPOLLONESHOT, EPOLLEXCLUSIVE];
const EXPECTED_CODES = ['ERR_SELECTOR_CLOSED', 'ABORT_ERR'];

/** A broken promise of the package: the soak ends with it. */
export function violation(message: string): never {
  throw new Error(`violation: ${message}`);
}

function codeOf(error: unknown): unknown {
  const { code, name } = error as { code?: unknown; name?: string };
  return name === 'AbortError' ? 'ABORT_ERR' : code;
}

export class Subject {
  readonly #random: Random;
  readonly sel: BaseSelector<Thing, Thing['fileobj']>;
  /** Registered with flags, with which epoll may say less than all. */
  readonly #flagged = new Set<Thing>();
  #controller: AbortController | undefined;
  onViolation: (error: unknown) => void;

  constructor(random: Random, onViolation: (error: unknown) => void) {
    this.#random = random;
    this.sel = new (random.pick([SelectSelector, PollSelector, EpollSelector]))();
    this.onViolation = onViolation;
  }

  has(thing: Thing): boolean {
    return this.sel.getMap().has(thing.fileobj.fileno());
  }

  register(thing: Thing): void {
    if (this.has(thing)) return;
    const { sel } = this;
    const events = 1 + this.#random.below(3);
    const flags = sel instanceof EpollSelector ? this.#random.pick(FLAGS) : 0;
    try {
      if (sel instanceof EpollSelector) sel.register(thing.fileobj, events, thing, flags);
      else sel.register(thing.fileobj, events, thing);
    } catch (error) {
      // Select takes no descriptor from 1024, of which many workers have many.
      if (codeOf(error) !== 'ERR_FD_OUT_OF_RANGE') throw error;
      return;
    }
    if (flags !== 0) this.#flagged.add(thing);
  }

  modify(thing: Thing): void {
    if (this.has(thing)) this.sel.modify(thing.fileobj, 1 + this.#random.below(3), thing);
  }

  unregister(thing: Thing): void {
    this.#flagged.delete(thing);
    if (this.has(thing)) this.sel.unregister(thing.fileobj);
  }

  /** Unregisters what was closed while a duplicate of it lives: epoll goes on reporting it. */
  unregisterClosed(thing: Thing, fd: number): void {
    this.#flagged.delete(thing);
    this.sel.unregister(fd);
  }

  /** Asks without waiting: exactly what is known to be ready must be reported. */
  check(): void {
    const pairs = this.sel.select(0);
    this.#checkPairs(pairs);
    const reported = new Map(pairs.map(([key, mask]) => [key, mask]));
    for (const key of this.sel.getMap().values()) {
      if (key.data.readable === undefined || this.#flagged.has(key.data)) continue;
      const found = reported.get(key) ?? 0;
      const ready = (key.data.readable ? EVENT_READ : 0) | (key.data.writable ? EVENT_WRITE : 0);
      const expected = ready & key.events;
      if (found !== expected) violation(`${this.#show(key)} reports ${found} instead of ${expected}`);
    }
  }

  /** Begins a wait on the event loop that ends by itself, or by {@link Subject.abort} or close. */
  wait(): void {
    if (this.#controller !== undefined) return;
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    const waits = this.#random.chance(0.5) ? this.#select(signal) : this.#iterate(signal);
    waits
      .catch((error) => {
        if (!EXPECTED_CODES.includes(String(codeOf(error)))) throw error;
      })
      .catch(this.onViolation)
      .finally(() => {
        this.#controller = undefined;
      });
  }

  abort(): void {
    this.#controller?.abort();
  }

  close(): void {
    this.sel.close();
  }

  async #select(signal: AbortSignal): Promise<void> {
    const timeout = this.#random.pick([0, 0.0005, 0.003, undefined]);
    this.#checkPairs(await this.sel.selectAsync(timeout, { signal }));
  }

  async #iterate(signal: AbortSignal): Promise<void> {
    let left = this.#random.below(30);
    for await (const pair of this.sel.events({ signal })) {
      this.#checkPairs([pair]);
      if (pair[0].data.readable !== undefined) drain(pair[0].data);
      if (left-- === 0) break;
    }
  }

  /** Every pair names a live registration, and events that it asked for. */
  #checkPairs(pairs: Pairs): void {
    if (new Set(pairs.map(([key]) => key.fd)).size !== pairs.length) violation('a descriptor came twice');
    for (const [key, mask] of pairs) {
      if (this.sel.getMap().get(key.fd) !== key) violation(`${this.#show(key)} is no live registration`);
      if (mask === 0 || (mask & ~key.events) !== 0) violation(`${this.#show(key)} reports ${mask}`);
    }
  }

  #show(key: SelectorKey<Thing>): string {
    return `${this.sel.constructor.name}: descriptor ${key.fd} for ${key.events}`;
  }
}
