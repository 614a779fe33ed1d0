/** Goes through the rows that one wait has filled. */
import { POLLERR } from '../constants.js';
import { EAGAIN } from '../errors.js';
import { EVENT_READ, EVENT_WRITE, toEvents } from '../selectors/events.js';
import { BatchEvent } from './event.js';
import { EVENTS, FD, FLAGS, NOT_TRIED, OFFSET, RESULT, ROW, TAG } from './layout.js';
import type { Receiver } from './receiver.js';
import type { BatchSocket } from './socket.js';

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
  #notices: Notice<D>[] = [];
  /** The word of the next row. */
  #at = 0;

  // biome-ignore lint/suspicious/noExplicitAny: as above.
  constructor(receiver: Receiver<D, any>) {
    this.#receiver = receiver;
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

  /** Whether there is an event left; skips rows that are none. */
  get any(): boolean {
    if (this.#notices.length > 0 && this.#notices.some(({ socket }) => !socket.closed)) return true;
    const { rows, count } = this.#receiver;
    const { byFd, tags } = this.#receiver.set.registered;
    for (; this.#at < count * ROW; this.#at += ROW) {
      const fd = rows[this.#at + FD] as number;
      if (fd < 0) continue;
      const tag = rows[this.#at + TAG] as number;
      const socket = this.socketAt(fd, tag);
      if (socket !== undefined) {
        if (rows[this.#at + RESULT] !== -EAGAIN || this.#failed(socket)) return true;
        continue;
      }
      const key = byFd[fd];
      if (key === undefined || tags[fd] !== tag || this.sockets[fd] !== undefined) continue;
      if ((toEvents(rows[this.#at + EVENTS] as number) & key.events) !== 0) return true;
    }
    return false;
  }

  /** Whether the row tells of an error that receiving did not: it stays in the error queue until someone reads it. */
  #failed({ events }: BatchSocket<D>): boolean {
    const { rows } = this.#receiver;
    const tried = (events & EVENT_READ) !== 0 && rows[this.#at + FLAGS] !== NOT_TRIED;
    return tried && ((rows[this.#at + EVENTS] as number) & POLLERR) !== 0;
  }

  /** The socket that a row is for, unless it was closed meanwhile. */
  socketAt(fd: number, tag: number): BatchSocket<D> | undefined {
    const socket = this.sockets[fd];
    return socket !== undefined && ((tag - socket.since) | 0) >= 0 ? socket : undefined;
  }

  next(): IteratorResult<BatchEvent<D>, undefined> {
    if (!this.any) return { done: true, value: undefined };
    const notice = this.#notices.length > 0 ? this.#takeNotice() : undefined;
    return { done: false, value: notice === undefined ? this.#takeRow() : this.#eventOf(notice) };
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
    return new BatchEvent(socket.key as never, socket, EVENT_WRITE, this.#receiver.arena, 0, errno, 0);
  }

  #takeRow(): BatchEvent<D> {
    const { rows, arena } = this.#receiver;
    const at = this.#at;
    this.#at += ROW;
    const fd = rows[at + FD] as number;
    const socket = this.socketAt(fd, rows[at + TAG] as number);
    if (socket === undefined) {
      const key = this.#receiver.set.registered.byFd[fd] as BatchEvent<D>['key'];
      const events = toEvents(rows[at + EVENTS] as number) & key.events;
      return new BatchEvent(key, undefined, events, arena, 0, 0, 0);
    }
    const result = rows[at + RESULT] as number;
    if (socket.isStream && result <= 0 && result !== -EAGAIN) socket.end(result);
    const key = socket.key as unknown as BatchEvent<D>['key'];
    const start = rows[at + OFFSET] as number;
    return new BatchEvent(key, socket, EVENT_READ, arena, start, result, rows[at + FLAGS] as number);
  }
}
