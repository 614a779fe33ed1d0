/** Waits on a selector's epoll set by the call that also receives. */
import { checkWait } from '../errors.js';
import type { FileObject } from '../fileno.js';
import { native, type Wait } from '../native.js';
import { pollOne } from '../pollone.js';
import { type EpollSelector, type EpollSet, setOf } from '../selectors/epoll.js';
import { toEvents } from '../selectors/events.js';
import type { Ready } from '../selectors/key.js';
import * as layout from './layout.js';

/** Declared here: see events.ts. */
const { EVENTS, FD, FLAGS, LINE, MOST_ROWS, MSG_DONTWAIT, NOT_TRIED, RESULT, ROW, TAG } = layout;
const { MEMBER, MEMBER_DATAGRAMS, MEMBER_MOST, MEMBER_TAG } = layout;

/** The most events of one wait, and about how many bytes: more were slower, see docs/decisions/0020-batches.md. */
const MOST_EVENTS = 128;
const BYTES = 64 * 1024;
/** The pause before another look at what tells nothing, such as a set whose ghosts cannot be removed, in seconds. */
export const PAUSE = 0.01;
/** How many views of the arena are kept: one for each line at its beginning. */
const MOST_VIEWS = 2 * MOST_EVENTS;
/** The descriptor of a row that has no registration. */
const NOBODY = -1;

/** The rows of one wait, in memory that the addon fills. */
export class Receiver<D, F extends FileObject> {
  readonly set: EpollSet<D, F>;
  /** What was received, and after it what is to be sent. */
  readonly arena: Buffer<ArrayBuffer>;
  readonly rows = new Int32Array(MOST_ROWS * ROW);
  // To ask a view for its buffer costs as much as to pass it.
  readonly #rowsBuffer = this.rows.buffer;
  readonly #arenaBuffer: ArrayBuffer;
  /** How many rows the last wait filled. */
  count = 0;
  /** Whether the last wait found something that belongs to nobody: a ghost. */
  haunted = false;
  readonly #limit: number;
  readonly #views: (Uint8Array | undefined)[] = new Array(MOST_VIEWS).fill(undefined);
  #members = new Int32Array(64 * MEMBER);
  #membersBuffer = this.#members.buffer;
  /** The event to begin with: any, while the arena has no room for all. So those at the end do not starve. */
  #first = 0;

  /** How many events to ask for: about as many as the cache and the arena have room for. Others stay in the kernel's queue. */
  #most = MOST_EVENTS;
  /** Whether the last wait had no room for all that was ready. */
  full = false;

  /**
   * @param limit - how many bytes of the arena to receive into.
   * @param size - the bytes of the arena.
   */
  constructor(selector: EpollSelector<D, F>, limit: number, size: number) {
    this.set = setOf(selector);
    this.#limit = limit;
    this.#arenaBuffer = new ArrayBuffer(size);
    this.arena = Buffer.from(this.#arenaBuffer) as Buffer<ArrayBuffer>;
  }

  /** The bytes that arrived for one socket. Views are kept and used again: to create one costs more than to copy a message. */
  view(offset: number, length: number): Uint8Array {
    const line = offset / LINE;
    const kept = this.#views[line];
    if (kept !== undefined && kept.length === length) return kept;
    const view = new Uint8Array(this.#arenaBuffer, offset, length);
    if (line < MOST_VIEWS) this.#views[line] = view;
    return view;
  }

  /** Receives for a registration from now on: at most so many bytes, or so many datagrams of so many bytes. */
  join(fd: number, tag: number, most: number, datagrams = 0): void {
    const at = fd * MEMBER;
    if (at >= this.#members.length) this.#grow(at + MEMBER);
    this.#members[at + MEMBER_TAG] = tag;
    this.#members[at + MEMBER_MOST] = most;
    this.#members[at + MEMBER_DATAGRAMS] = datagrams;
  }

  /** Only tells when it is ready. */
  leave(fd: number): void {
    const at = fd * MEMBER;
    if (at < this.#members.length) this.#members[at + MEMBER_MOST] = 0;
  }

  #grow(least: number): void {
    const members = new Int32Array(Math.max(least, 2 * this.#members.length));
    members.set(this.#members);
    this.#members = members;
    this.#membersBuffer = members.buffer;
  }

  /**
   * Waits, and receives from members that are ready. Returns the number of rows; 0 after the timeout or a signal.
   * Rows without a registration have the descriptor -1.
   *
   * @throws {@link ValueError} `ERR_SELECTOR_CLOSED`.
   */
  receive(seconds: Wait): number {
    this.count = 0;
    const result = native.batchReceive(
      this.set.epfd(),
      this.#rowsBuffer,
      this.#most,
      this.#membersBuffer,
      this.#arenaBuffer,
      this.#limit,
      this.#first,
      MSG_DONTWAIT,
      seconds,
    );
    const count = checkWait(result, 'epoll_wait');
    this.#dropStrangers(count);
    this.count = count;
    return count;
  }

  #dropStrangers(count: number): void {
    const { rows } = this;
    const { tags, byFd } = this.set.registered;
    const flags = this.set.hasFlags();
    let untried = 0;
    let bytes = 0;
    this.haunted = false;
    for (let at = 0; at < count * ROW; at += ROW) {
      const fd = rows[at + FD] as number;
      const known = tags[fd] === rows[at + TAG] && byFd[fd] !== undefined;
      if (!known) this.#noteGhost(fd);
      if (rows[at + FLAGS] === NOT_TRIED) untried++;
      const result = rows[at + RESULT] as number;
      if (result > 0) bytes += result;
      if (!known || (flags && !this.set.fired(fd))) rows[at + FD] = NOBODY;
    }
    if (this.haunted) this.haunted = !this.set.rebuild();
    this.full = untried > 0 || count >= this.#most;
    this.#adapt(count, untried, bytes);
    this.#first = this.#most < MOST_EVENTS ? Math.floor(Math.random() * 2 ** 31) : 0;
  }

  /** Shrinks at once, and grows by and by: what is left untried is asked for once more. */
  #adapt(count: number, untried: number, bytes: number): void {
    if (untried > 0) this.#most = count - untried;
    else if (this.full) this.#most += (this.#most >> 3) + 1;
    const most = bytes * MOST_EVENTS > BYTES * count ? Math.ceil((BYTES * count) / bytes) : MOST_EVENTS;
    this.#most = Math.max(1, Math.min(this.#most, most));
  }

  /** What the last wait found, as `select()` would return it: for those who observe the selector. */
  found(): Ready<D, F>[] {
    const { rows } = this;
    const { byFd } = this.set.registered;
    const ready: Ready<D, F>[] = [];
    for (let at = 0; at < this.count * ROW; at += ROW) {
      const key = byFd[rows[at + FD] as number];
      // Each of several datagrams has a row.
      if (key === undefined || ready.at(-1)?.[0] === key) continue;
      const events = toEvents(rows[at + EVENTS] as number) & key.events;
      if (events !== 0) ready.push([key, events]);
    }
    return ready;
  }

  #noteGhost(fd: number): void {
    this.haunted = true;
    this.set.ghost(fd);
  }

  /** Ghosts keep the set readable: waits a moment. Returns `false` if a signal ended it. */
  pause(left: Wait): boolean {
    return pollOne(-1, 0, left < 0 ? PAUSE : Math.min(left, PAUSE)) >= 0;
  }
}
