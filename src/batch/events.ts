/** Goes through the rows that one wait has filled. */
import { POLLERR } from '../constants.js';
import * as errors from '../errors.js';
import * as selectors from '../selectors/events.js';
import { BatchEvent } from './event.js';
import * as layout from './layout.js';
import type { Receiver } from './receiver.js';
import type { BatchSocket } from './socket.js';

/** Declared here, because V8 compiles such constants in, but loads imported ones from memory at each use. */
const { EVENTS, FD, FLAGS, NOT_TRIED, OFFSET, RESULT, ROW, TAG } = layout;
const { EVENT_READ, EVENT_WRITE, toEvents } = selectors;
const { EAGAIN } = errors;

/** What is reported of a socket beside its rows. */
interface Notice<D> {
  readonly socket: BatchSocket<D>;
  readonly errno: number;
}

/** The events of one batch. What a loop leaves of them, the next loop goes on with. */
export class Events<D> implements IterableIterator<BatchEvent<D>> {
  /** The sockets of the batch, by descriptor. */
  readonly sockets: (BatchSocket<D> | undefined)[] = [];
  // biome-ignore lint/suspicious/noExplicitAny: as in BaseSelector, an unnamed file object is any.
  readonly #receiver: Receiver<D, any>;
  readonly #rows: Int32Array;
  readonly #arena: Buffer<ArrayBuffer>;
  #notices: Notice<D>[] = [];
  /** The word of the next row. */
  #at = 0;

  // biome-ignore lint/suspicious/noExplicitAny: as above.
  constructor(receiver: Receiver<D, any>) {
    this.#receiver = receiver;
    this.#rows = receiver.rows;
    this.#arena = receiver.arena;
  }

  /** Goes to the first row of a new batch. */
  rewind(): void {
    this.#at = 0;
  }

  notify(socket: BatchSocket<D>, errno: number): void {
    this.#notices.push({ socket, errno });
  }

  /** Whether rows of the last batch are left. */
  get left(): boolean {
    return this.#at < this.#receiver.count * ROW && this.any;
  }

  /** Whether there is an event left. */
  get any(): boolean {
    if (this.#notices.length > 0 && this.#notices.some(({ socket }) => !socket.closed)) return true;
    return this.#findRow();
  }

  /** Goes to the next row that is an event; `false` if there is none. */
  #findRow(): boolean {
    const rows = this.#rows;
    const end = this.#receiver.count * ROW;
    for (; this.#at < end; this.#at += ROW) {
      const fd = rows[this.#at + FD] as number;
      if (fd < 0) continue;
      const socket = this.socketAt(fd, rows[this.#at + TAG] as number);
      if (socket === undefined) {
        if (this.#isOrdinary(fd)) return true;
      } else if (rows[this.#at + RESULT] !== -EAGAIN || this.#failed(socket)) return true;
    }
    return false;
  }

  /** Whether the row is of a registration that is not a socket of the batch, and that asked for what happened. */
  #isOrdinary(fd: number): boolean {
    const rows = this.#rows;
    const { byFd, tags } = this.#receiver.set.registered;
    const key = byFd[fd];
    if (key === undefined || tags[fd] !== rows[this.#at + TAG] || this.sockets[fd] !== undefined)
      return false;
    return (toEvents(rows[this.#at + EVENTS] as number) & key.events) !== 0;
  }

  /** Whether the row tells of an error that receiving did not: it stays in the error queue until someone reads it. */
  #failed({ events }: BatchSocket<D>): boolean {
    const rows = this.#rows;
    const tried = (events & EVENT_READ) !== 0 && rows[this.#at + FLAGS] !== NOT_TRIED;
    return tried && ((rows[this.#at + EVENTS] as number) & POLLERR) !== 0;
  }

  /** The socket that a row is for, unless it was closed meanwhile. */
  socketAt(fd: number, tag: number): BatchSocket<D> | undefined {
    const socket = this.sockets[fd];
    return socket !== undefined && ((tag - socket.since) | 0) >= 0 ? socket : undefined;
  }

  next(): IteratorResult<BatchEvent<D>, undefined> {
    if (this.#notices.length > 0) {
      const notice = this.#takeNotice();
      if (notice !== undefined) return { done: false, value: this.#eventOf(notice) };
    }
    if (!this.#findRow()) return { done: true, value: undefined };
    return { done: false, value: this.#takeRow() };
  }

  return(): IteratorResult<BatchEvent<D>, undefined> {
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }

  #takeNotice(): Notice<D> | undefined {
    let notice = this.#notices.shift();
    while (notice?.socket.closed) notice = this.#notices.shift();
    return notice;
  }

  #eventOf({ socket, errno }: Notice<D>): BatchEvent<D> {
    return new BatchEvent(socket.key as never, socket, EVENT_WRITE, this.#arena, 0, errno, 0);
  }

  #takeRow(): BatchEvent<D> {
    const rows = this.#rows;
    const at = this.#at;
    this.#at += ROW;
    const fd = rows[at + FD] as number;
    const socket = this.socketAt(fd, rows[at + TAG] as number);
    if (socket === undefined) return this.#ordinary(fd, rows[at + EVENTS] as number);
    const result = rows[at + RESULT] as number;
    if (result <= 0 && result !== -EAGAIN && socket.isStream) socket.end(result);
    const key = socket.key as unknown as BatchEvent<D>['key'];
    const start = rows[at + OFFSET] as number;
    return new BatchEvent(key, socket, EVENT_READ, this.#arena, start, result, rows[at + FLAGS] as number);
  }

  #ordinary(fd: number, bits: number): BatchEvent<D> {
    const key = this.#receiver.set.registered.byFd[fd] as BatchEvent<D>['key'];
    return new BatchEvent(key, undefined, toEvents(bits) & key.events, this.#arena, 0, 0, 0);
  }
}
