/** What a batch and its sockets share. */

import type { Wait } from '../native.js';
import type { EpollSelector } from '../selectors/epoll.js';
import { EVENT_READ, EVENT_WRITE, toEvents } from '../selectors/events.js';
import { Events } from './events.js';
import { EVENTS, FD, ROW, TAG } from './layout.js';
import { Outgoing } from './outgoing.js';
import { Receiver } from './receiver.js';
import type { BatchSocket, Home } from './socket.js';

/** Room for what is sent and does not stand in the arena already. */
const OUTGOING_BYTES = 256 * 1024;

/** The state of a batch, which its sockets share. */
export class State<D> implements Home<D> {
  // biome-ignore lint/suspicious/noExplicitAny: as in BaseSelector, an unnamed file object is any.
  readonly selector: EpollSelector<D, any>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly receiver: Receiver<D, any>;
  readonly outgoing: Outgoing;
  readonly events: Events<D>;
  readonly arena: Buffer<ArrayBuffer>;
  readonly arenaBytes: number;
  readonly arenaBuffer: ArrayBuffer;
  readonly limit: number;
  /** How many sockets wait until they are writable. */
  writers = 0;
  /** Whether a wait is pending on Node's event loop, so that nobody else flushes. */
  waiting = false;
  #flushes = false;

  // biome-ignore lint/suspicious/noExplicitAny: as above.
  constructor(selector: EpollSelector<D, any>, arena: number, limit: number) {
    this.selector = selector;
    this.receiver = new Receiver(selector, arena, arena + OUTGOING_BYTES);
    this.arena = this.receiver.arena;
    this.arenaBytes = this.arena.length;
    this.arenaBuffer = this.arena.buffer;
    this.outgoing = new Outgoing(this.arena, arena);
    this.events = new Events(this.receiver);
    this.limit = limit;
  }

  /** How many bytes may arrive at a time. */
  get room(): number {
    return this.arena.length - OUTGOING_BYTES;
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
      this.outgoing.flush();
    });
  }

  watch(socket: BatchSocket<D>, events: number): void {
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
  }

  /** Waits once, and returns whether there is something to report. */
  collect(seconds: Wait): boolean {
    const count = this.receiver.receive(seconds);
    this.events.rewind();
    if (this.writers > 0) this.#drain(count);
    return this.events.any;
  }

  /** Sends what was kept for sockets that are writable now. */
  #drain(count: number): void {
    const { rows } = this.receiver;
    for (let at = 0; at < count * ROW; at += ROW) {
      const fd = rows[at + FD] as number;
      if (fd < 0 || (toEvents(rows[at + EVENTS] as number) & EVENT_WRITE) === 0) continue;
      const socket = this.events.socketAt(fd, rows[at + TAG] as number);
      if (socket?.blocked) socket.drain();
    }
  }
}
