/** A selector on poll(2). */
import { checkWait } from '../errors.js';
import type { FileObject } from '../fileno.js';
import type { Wait } from '../native.js';
import { PollSet } from '../select/pollset.js';
import { BaseSelector } from './base.js';
import { toBits, toEvents } from './events.js';
import type { Ready, SelectorKey } from './key.js';

/**
 * A selector on `poll`, for descriptors of any kind and number; its cost grows with their number.
 *
 * Linux: poll(2), through ppoll. Regular files are always ready. A registered descriptor that is closed
 * is reported as ready for all requested events.
 *
 * Python: `selectors.PollSelector`.
 */
export class PollSelector<D = unknown, F extends FileObject = any> extends BaseSelector<D, F> {
  readonly #set = new PollSet();

  protected override wait(seconds: Wait): Ready<D, F>[] {
    const set = this.#set;
    const ready: Ready<D, F>[] = [];
    const { byFd } = this.registered;
    let left = checkWait(set.poll(seconds), 'poll');
    for (let entry = 0; left > 0; entry++) {
      const revents = set.revents(entry);
      if (revents === 0) continue;
      const key = byFd[set.fd(entry)] as SelectorKey<D, F>;
      ready.push([key, toEvents(revents) & key.events]);
      left--;
    }
    return ready;
  }

  protected override watch(fd: number, events: number): void {
    this.#set.set(fd, toBits(events));
  }

  protected override rewatch(fd: number, events: number): void {
    this.#set.set(fd, toBits(events));
  }

  protected override unwatch(fd: number): void {
    this.#set.delete(fd);
  }

  protected override release(): void {}
}
