/** inotify(7): file system events behind a descriptor. */
import { checkOptions, checkString, valueError } from '../arguments.js';
import { check } from '../errors.js';
import { constant, native } from '../native.js';
import { read, tryRead } from './descriptor.js';
import { IN_IGNORED } from './inotifyconstants.js';
import { OwnedFd } from './ownedfd.js';

const IN_CLOEXEC = constant('IN_CLOEXEC');
const IN_NONBLOCK = constant('IN_NONBLOCK');

/** The offsets in a `struct inotify_event`: four 32-bit words, then `len` bytes of name. */
const WD = 0;
const MASK = 4;
const COOKIE = 8;
const LEN = 12;
const NAME = 16;

/** Room for at least 60 events with the longest names; the kernel only returns whole events. */
const BUFFER_SIZE = 16 * 1024;

/** An event on a watched file, or on a file in a watched directory. */
export interface InotifyEvent {
  /** The number that `watch()` returned; -1 for IN_Q_OVERFLOW. */
  readonly wd: number;
  /** The path that was passed to `watch()`; empty for IN_Q_OVERFLOW. */
  readonly path: string;
  /** The kind of the event: a combination of `IN_*`. */
  readonly mask: number;
  /** The same number in the IN_MOVED_FROM and the IN_MOVED_TO of one rename; otherwise 0. */
  readonly cookie: number;
  /** The file's name in the watched directory; empty for the watched file or directory itself. */
  readonly name: string;
}

/** Options of an {@link Inotify}. */
export interface InotifyOptions {
  /** Makes a read without an event fail instead of blocking. The default is `true`. */
  readonly nonblocking?: boolean;
}

function toPath(path: string): Uint8Array {
  checkString('path', path);
  if (!path.includes('\0')) return Buffer.from(`${path}\0`);
  throw valueError('ERR_INVALID_PATH', 'path', 'a string without null bytes', path);
}

function checkMask(mask: number): void {
  if (Number.isInteger(mask) && mask >= -0x8000_0000 && mask <= 0xffff_ffff) return;
  throw valueError('ERR_INVALID_EVENTS', 'mask', 'a 32-bit integer', mask);
}

/**
 * A queue of file system events: readable while it has one. It is close-on-exec.
 *
 * Not guaranteed: every event. The queue is finite; an event with `wd` -1 and the mask IN_Q_OVERFLOW
 * means that events were lost, so scan the files again. The kernel merges equal successive events. Bytes
 * of a name that are not UTF-8 become replacement characters.
 *
 * Linux: inotify(7). Python: has no equivalent.
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

  /** @throws {@link OSError} `EMFILE` if no descriptor is available, or the user has too many inotify instances. */
  constructor(options: InotifyOptions = {}) {
    const { nonblocking = true } = checkOptions(options);
    super(check(native.inotifyInit1(nonblocking ? IN_CLOEXEC | IN_NONBLOCK : IN_CLOEXEC), 'inotify_init1'));
  }

  /**
   * Watches a file, or a directory and the files in it, and returns the number of the watch.
   *
   * Guaranteed: watching the same file again, by this or another path, returns the same number. That
   * replaces the mask (with IN_MASK_ADD, extends it), and events then have the new path.
   *
   * Linux: inotify_add_watch(2). The watch follows the file, not the path, and does not include
   * subdirectories.
   *
   * @param mask - a combination of `IN_*`.
   * @throws {@link FileNotFoundError} `ENOENT`; {@link PermissionError} `EACCES` if the file is not
   *   readable; {@link OSError} `EINVAL` for a mask without events, `ENOSPC` if the user has too many
   *   watches, `ENOTDIR` with IN_ONLYDIR; {@link FileExistsError} `EEXIST` with IN_MASK_CREATE.
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
   * Ends a watch. Its queued events can still be read; the last one is IN_IGNORED.
   *
   * Linux: inotify_rm_watch(2).
   *
   * @throws {@link OSError} `EINVAL` if there is no watch of this number.
   * @throws {@link ValueError} `ERR_CLOSED`.
   */
  unwatch(wd: number): void {
    check(native.inotifyRmWatch(this.fileno(), wd), 'inotify_rm_watch');
  }

  /**
   * Takes events from the queue, in order.
   *
   * Guaranteed: at least one.
   *
   * Not guaranteed: all events of a long queue.
   *
   * @throws {@link BlockingIOError} `EAGAIN` if the queue is empty; {@link ValueError} `ERR_CLOSED`.
   */
  read(): InotifyEvent[] {
    return this.#decode(read(this, this.#buffer));
  }

  /** As {@link Inotify.read}, but returns `null` instead of throwing `EAGAIN`. */
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

  /** Returns the name in the event at an offset, without the NULs that pad it. */
  #name(at: number): string {
    const start = at + NAME;
    const end = start + this.#view.getUint32(at + LEN, true);
    const zero = this.#buffer.subarray(start, end).indexOf(0);
    return this.#buffer.toString('utf8', start, zero < 0 ? end : start + zero);
  }
}
