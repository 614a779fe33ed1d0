/** inotify(7): what happens to files, as a descriptor. */
import { checkString, isCString, valueError } from '../arguments.js';
import { check } from '../errors.js';
import { constant, native } from '../native.js';
import { read, tryRead } from './descriptor.js';
import { IN_IGNORED } from './inotifyconstants.js';
import { OwnedFd } from './ownedfd.js';

const IN_CLOEXEC = constant('IN_CLOEXEC');
const IN_NONBLOCK = constant('IN_NONBLOCK');

/** `struct inotify_event`: four words of 32 bits, of which `len` counts the bytes of name that follow. */
const WD = 0;
const MASK = 4;
const COOKIE = 8;
const LEN = 12;
const NAME = 16;

/** Room for at least 60 events with the longest of names; the kernel hands over whole events only. */
const BUFFER_SIZE = 16 * 1024;

/** Something happened to a watched file, or to a file in a watched directory. */
export interface InotifyEvent {
  /** The watch, as `watch()` returned it; -1 for IN_Q_OVERFLOW. */
  readonly wd: number;
  /** The path as it was given to `watch()`; empty for IN_Q_OVERFLOW. */
  readonly path: string;
  /** What happened: `IN_` constants. */
  readonly mask: number;
  /** Equal in the IN_MOVED_FROM and the IN_MOVED_TO of one renaming, otherwise 0. */
  readonly cookie: number;
  /** The name within the watched directory; empty for the watched file or directory itself. */
  readonly name: string;
}

/** How an {@link Inotify} behaves. */
export interface InotifyOptions {
  /** A read with no event fails instead of blocking. The default is `true`. */
  readonly nonblocking?: boolean;
}

function toPath(path: string): Uint8Array {
  checkString('path', path);
  if (isCString(path)) return Buffer.from(`${path}\0`);
  throw valueError('ERR_INVALID_PATH', 'path', 'a well-formed string without null bytes', path);
}

function checkMask(mask: number): void {
  if (Number.isInteger(mask) && mask >= -0x8000_0000 && mask <= 0xffff_ffff) return;
  throw valueError('ERR_INVALID_EVENTS', 'mask', 'a 32-bit integer', mask);
}

/**
 * A queue of events on files: readable when something happened. It is close-on-exec.
 *
 * Not guaranteed: every event. The queue is finite, and after an event with `wd` -1 and the mask
 * IN_Q_OVERFLOW some are missing: look at the files again. Two equal events in a row are one. Names
 * that are no UTF-8 come with replacement characters.
 *
 * Linux: inotify(7). Python: nothing.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { IN_CREATE, Inotify } from 'fd-selectors/fds';
 * import { select } from 'fd-selectors/select';
 * const dir = mkdtempSync(join(tmpdir(), 'inotify-'));
 * const inotify = new Inotify();
 * const wd = inotify.watch(dir, IN_CREATE);
 * writeFileSync(join(dir, 'new'), '');
 * assert.deepEqual(select([inotify], [], [], 10)[0], [inotify]);
 * assert.deepEqual(inotify.read(), [{ wd, path: dir, mask: IN_CREATE, cookie: 0, name: 'new' }]);
 * inotify.close();
 * rmSync(dir, { recursive: true });
 * ```
 */
export class Inotify extends OwnedFd {
  readonly #paths = new Map<number, string>();
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_SIZE);
  readonly #view = new DataView(this.#buffer.buffer);

  /** @throws {@link OSError} `EMFILE` when no descriptor or no inotify instance of the user is left. */
  constructor({ nonblocking = true }: InotifyOptions = {}) {
    super(check(native.inotifyInit1(nonblocking ? IN_CLOEXEC | IN_NONBLOCK : IN_CLOEXEC), 'inotify_init1'));
  }

  /**
   * Watches a file, or a directory and the files directly in it, and returns the number of the watch.
   * The same file again, by this or another path, is the same watch: the mask is replaced, or with
   * IN_MASK_ADD extended, and events name the path given last.
   *
   * Linux: inotify_add_watch(2). The watch follows the file, not the path.
   *
   * @param mask - an or of `IN_` constants.
   * @throws {@link FileNotFoundError} `ENOENT`; {@link PermissionError} `EACCES` for a file that may
   *   not be read; {@link OSError} `EINVAL` for a mask without events, `ENOSPC` when no watch of the
   *   user is left, `ENOTDIR` with IN_ONLYDIR; {@link FileExistsError} `EEXIST` with IN_MASK_CREATE.
   * @throws {@link ValueError} `ERR_INVALID_EVENTS`, `ERR_INVALID_PATH`, `ERR_CLOSED`; `TypeError`
   *   `ERR_INVALID_ARG_TYPE`.
   */
  watch(path: string, mask: number): number {
    const fd = this.fileno();
    checkMask(mask);
    const wd = check(native.inotifyAddWatch(fd, toPath(path), mask), 'inotify_add_watch');
    this.#paths.set(wd, path);
    return wd;
  }

  /**
   * Ends a watch. Events that happened before can still be read, and IN_IGNORED is the last.
   *
   * Linux: inotify_rm_watch(2).
   *
   * @throws {@link OSError} `EINVAL` for what is no watch, any more or at all.
   * @throws {@link ValueError} `ERR_CLOSED`.
   */
  unwatch(wd: number): void {
    check(native.inotifyRmWatch(this.fileno(), wd), 'inotify_rm_watch');
  }

  /**
   * Takes the events that have happened, in their order: at least one, and not all of a long queue.
   *
   * @throws {@link BlockingIOError} `EAGAIN` with no event; {@link ValueError} `ERR_CLOSED`.
   */
  read(): InotifyEvent[] {
    return this.#decode(read(this, this.#buffer));
  }

  /** {@link Inotify.read}, but `null` instead of `EAGAIN`. */
  tryRead(): InotifyEvent[] | null {
    const length = tryRead(this, this.#buffer);
    return length === null ? null : this.#decode(length);
  }

  #decode(length: number): InotifyEvent[] {
    const view = this.#view;
    const events: InotifyEvent[] = [];
    for (let at = 0; at < length; at += NAME + view.getUint32(at + LEN, true)) {
      const wd = view.getInt32(at + WD, true);
      const mask = view.getUint32(at + MASK, true);
      const path = this.#paths.get(wd) ?? '';
      events.push({ wd, path, mask, cookie: view.getUint32(at + COOKIE, true), name: this.#name(at) });
      if ((mask & IN_IGNORED) !== 0) this.#paths.delete(wd);
    }
    return events;
  }

  /** The name of the event that starts here, which zeros fill up to its length. */
  #name(at: number): string {
    const start = at + NAME;
    const end = start + this.#view.getUint32(at + LEN, true);
    const zero = this.#buffer.subarray(start, end).indexOf(0);
    return this.#buffer.toString('utf8', start, zero < 0 ? end : start + zero);
  }
}
