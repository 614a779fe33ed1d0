/** An epoll set that tells when to ask another system call again. */
import { EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD, EPOLLET } from '../constants.js';
import { check } from '../errors.js';
import { native } from '../native.js';

/**
 * Watches what a selector on `select` or `poll` watches, for changes of readiness only: what epoll
 * calls ready (a hang-up, say) may not be so for the other call, and must not wake it for ever.
 */
export class Scratch {
  readonly fd = check(native.epollCreate1(EPOLL_CLOEXEC), 'epoll_create1');
  readonly #events = new ArrayBuffer(64 * 4 * native.epollEvent.stride);

  /**
   * Watches a descriptor for the given bits of epoll, or for other bits.
   *
   * @returns `false` if epoll cannot watch it: a regular file, or a closed one.
   */
  set(fd: number, bits: number): boolean {
    if (native.epollCtl(this.fd, EPOLL_CTL_MOD, fd, bits | EPOLLET, 0) >= 0) return true;
    return native.epollCtl(this.fd, EPOLL_CTL_ADD, fd, bits | EPOLLET, 0) >= 0;
  }

  delete(fd: number): void {
    native.epollCtl(this.fd, EPOLL_CTL_DEL, fd, 0, 0);
  }

  /** Forgets the changes up to now; ask the other call afterwards. */
  drain(): void {
    native.epollWait(this.fd, this.#events, 0);
  }

  close(): void {
    native.close(this.fd);
  }
}
