/** An epoll set that tells when to call select(2) or poll(2) again. */
import { EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD, EPOLLET } from '../constants.js';
import { check, ENOENT } from '../errors.js';
import { native, type Result } from '../native.js';

/**
 * Watches the descriptors of a selector on `select` or `poll`, edge-triggered: epoll may report a
 * descriptor (after a hang-up, for example) that the other call does not, and a level-triggered set
 * would then wake the loop forever.
 */
export class Scratch {
  readonly fd = check(native.epollCreate1(EPOLL_CLOEXEC), 'epoll_create1');
  readonly #events = new ArrayBuffer(64 * 4 * native.epollEvent.stride);

  /** Starts to watch a descriptor, or changes the bits that it is watched for; `-errno` if epoll refuses. */
  set(fd: number, bits: number): Result {
    const result = native.epollCtl(this.fd, EPOLL_CTL_MOD, fd, bits | EPOLLET, 0);
    return result !== -ENOENT ? result : native.epollCtl(this.fd, EPOLL_CTL_ADD, fd, bits | EPOLLET, 0);
  }

  /** Never fails: what cannot be removed is closed, or reports changes that lead to nothing. */
  delete(fd: number): 0 {
    native.epollCtl(this.fd, EPOLL_CTL_DEL, fd, 0, 0);
    return 0;
  }

  /** Discards the changes so far; make the other call afterwards. */
  drain(): void {
    native.epollWait(this.fd, this.#events, 0);
  }

  close(): void {
    native.close(this.fd);
  }
}
