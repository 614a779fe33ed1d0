/** What a batch and its sockets share. */

import type { Wait } from '../native.js';
import type { EpollSelector } from '../selectors/epoll.js';
import { EVENT_READ, EVENT_WRITE, toEvents } from '../selectors/events.js';
import { deadlineOf, remaining } from '../time.js';
import { Events } from './events.js';
import type { Home } from './home.js';
import { EVENTS, FD, FLAGS, NOT_TRIED, ROW, TAG } from './layout.js';
import { Outgoing } from './outgoing.js';
import { PAUSE, Receiver } from './receiver.js';
import type { BatchSocket } from './socket.js';

/** Room for what is sent and does not stand in the arena already. */
const OUTGOING_BYTES = 256 * 1024;

/** The state of a batch, which its sockets share. */
export class State<D> implements Home<BatchSocket<D>> {
  // biome-ignore lint/suspicious/noExplicitAny: as in BaseSelector, an unnamed file object is any.
  readonly selector: EpollSelector<D, any>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly receiver: Receiver<D, any>;
  readonly outgoing: Outgoing;
  readonly events: Events<D>;
  /** What was received. */
  readonly arena: Buffer<ArrayBuffer>;
  readonly arenaBytes: number;
  /** The arena, and behind it what is to be sent. */
  readonly memory: Buffer<ArrayBuffer>;
  readonly arenaBuffer: ArrayBuffer;
  readonly limit: number;
  /** How many sockets wait until they are writable. */
  writers = 0;
  /** How many calls of `receiveAsync()` are under way: one that waits, and any that are about to be refused. */
  waits = 0;
  /** Whether the last `collect()` ended before its time because a socket is stuck. */
  early = false;
  #flushes = false;
  /** Sockets that keep something and do not wait until they are writable. */
  readonly #stuck = new Set<BatchSocket<D>>();
  #retry: NodeJS.Timeout | undefined;
  /** Sockets whose `send()` has fallen short since the last flush. */
  #short: BatchSocket<D>[] = [];

  // biome-ignore lint/suspicious/noExplicitAny: as above.
  constructor(selector: EpollSelector<D, any>, arena: number, limit: number) {
    this.selector = selector;
    this.receiver = new Receiver(selector, arena, arena + OUTGOING_BYTES);
    this.memory = this.receiver.arena;
    this.arena = this.memory.subarray(0, arena);
    this.arenaBytes = arena;
    this.arenaBuffer = this.memory.buffer;
    this.outgoing = new Outgoing(this.memory, arena);
    this.events = new Events(this.receiver);
    this.limit = limit;
  }

  /** Whether a wait is pending on Node's event loop, so that nobody else flushes. */
  get waiting(): boolean {
    return this.waits > 0;
  }

  /** Registers a socket. */
  add(socket: BatchSocket<D>, data: D): void {
    const key = this.selector.register(socket.fileobj, EVENT_READ, data, 0);
    const { fd } = socket;
    const tag = this.receiver.set.registered.tags[fd] as number;
    socket.key = key;
    socket.events = EVENT_READ;
    socket.since = tag;
    this.events.sockets[fd] = socket;
    this.receiver.join(fd, tag, socket.bufsize, socket.datagrams);
  }

  queued(): void {
    if (!this.waiting || this.#flushes) return;
    this.#flushes = true;
    queueMicrotask(() => {
      this.#flushes = false;
      this.outgoing.push();
      this.#reportSent();
    });
  }

  fellShort(socket: BatchSocket<D>): void {
    this.#short.push(socket);
  }

  /** Reports those that have sent everything by now. Of any that keep something, `drain()` reports it. */
  #reportSent(): void {
    if (this.#short.length > 0) this.#short = this.#short.filter((socket) => !socket.reportSent());
  }

  watch(socket: BatchSocket<D>, events: number): void {
    try {
      this.#register(socket, events);
    } catch (error) {
      if (!socket.blocked) throw error;
      // What it keeps must go out even so. The first time, the next flush() throws.
      if (!this.#stuck.has(socket)) this.outgoing.failed(error);
    }
    if (!socket.blocked || (socket.events & EVENT_WRITE) !== 0) this.#stuck.delete(socket);
    else {
      this.#stuck.add(socket);
      if (this.waiting) this.retrySoon();
    }
  }

  #register(socket: BatchSocket<D>, events: number): void {
    const { selector, receiver } = this;
    const { byFd, tags } = receiver.set.registered;
    const { fd, fileobj } = socket;
    const data = socket.key?.data as D;
    // Someone may have unregistered it, or closed the selector.
    const before = byFd[fd]?.fileobj === fileobj ? socket.events : 0;
    if (events === 0) {
      if (before !== 0) selector.unregister(fd);
    } else if (before === 0) socket.key = selector.register(fileobj, events, data, 0);
    else socket.key = selector.modify(fd, events, data, 0);
    this.writers += ((events & EVENT_WRITE) - (socket.events & EVENT_WRITE)) / EVENT_WRITE;
    socket.events = events;
    if ((events & EVENT_READ) === 0) receiver.leave(fd);
    else receiver.join(fd, tags[fd] as number, socket.bufsize, socket.datagrams);
  }

  report(socket: BatchSocket<D>, errno: number): void {
    this.events.notify(socket, errno);
    // The descriptor says nothing of it.
    if (this.waiting) this.receiver.set.askSoon();
  }

  forget(socket: BatchSocket<D>): void {
    this.events.sockets[socket.fd] = undefined;
    this.receiver.leave(socket.fd);
    this.#stuck.delete(socket);
  }

  /** Waits once, while a socket is stuck for a moment at most, and returns whether there is something to report. */
  collect(seconds: Wait): boolean {
    this.#reportSent();
    this.#retryStuck();
    const short = this.#stuck.size > 0 && (seconds < 0 || seconds > PAUSE);
    const wait = this.events.any ? 0 : short ? PAUSE : seconds;
    const deadline = short ? deadlineOf(wait) : 0;
    const count = this.receiver.receive(wait);
    // If less time has passed, a signal has arrived.
    this.early = short && count === 0 && remaining(deadline) === 0;
    this.events.rewind();
    if (this.writers > 0) this.#drain(count);
    return this.events.any;
  }

  #retryStuck(): void {
    for (const socket of this.#stuck) {
      socket.drain();
      if (!socket.blocked) this.#stuck.delete(socket);
    }
  }

  /** While a wait is pending on Node's event loop, asks again by and by. */
  retrySoon(): void {
    if (this.#stuck.size === 0 || this.#retry !== undefined) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.receiver.set.askSoon();
    }, PAUSE * 1e3).unref();
  }

  /** Sends what was kept for sockets that are writable now. */
  #drain(count: number): void {
    const { rows } = this.receiver;
    for (let at = 0; at < count * ROW; at += ROW) {
      const fd = rows[at + FD] as number;
      if (fd < 0 || (toEvents(rows[at + EVENTS] as number) & EVENT_WRITE) === 0) continue;
      const socket = this.events.socketAt(fd, rows[at + TAG] as number);
      if (!socket?.blocked) continue;
      // It may be watched for reading from now on, but was not when it was found.
      if ((socket.events & EVENT_READ) === 0) rows[at + FLAGS] = NOT_TRIED;
      socket.drain();
    }
  }
}
