/** Passing descriptors over AF_UNIX sockets: Python's `send_fds` and `recv_fds`. */

import { type Bytes, checkInteger, checkIterable } from '../arguments.js';
import { type FileObject, filenoOf } from '../fileno.js';
import type { OwnBuffer } from './buffer.js';
import { SCM_RIGHTS, SOL_SOCKET } from './constants/index.js';
import { CMSG_LEN, descriptorBytes, descriptorsIn } from './control.js';
import type { Address, AddressLike } from './family.js';
import type { Socket } from './socket.js';

/** The largest `maxfds`, far above the 253 descriptors that a message can carry (the kernel's SCM_MAX_FD). */
const MOST = 0x1000;

/**
 * Sends descriptors along with the bytes of one or more buffers.
 *
 * The receiver gets duplicates: yours stay open. A socket of another family than AF_UNIX sends only the bytes.
 *
 * Linux: unix(7), SCM_RIGHTS. Python: `socket.send_fds`.
 *
 * @param fds - descriptors, or objects that have one: 253 at most.
 * @returns how many bytes were sent.
 * @throws as `sendmsg()` does; {@link OSError} `EBADF` for a descriptor that is closed, `EINVAL` for too many.
 * @throws {@link ValueError} `ERR_INVALID_FD`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 * @example
 * ```ts
 * import { pipe, close, write } from 'fd-selectors/fds';
 * import { recvFds, sendFds, socketpair } from 'fd-selectors/socket';
 * const [a, b] = socketpair();
 * const [reader, writer] = pipe();
 * sendFds(a, [Buffer.from('a pipe')], [writer]);
 * const [data, fds] = recvFds(b, 100, 1);
 * assert.equal(data.toString(), 'a pipe');
 * for (const fd of fds) {
 *   write(fd, Buffer.from('ping'));
 *   close(fd);
 * }
 * assert.equal(reader.read(100).toString(), 'ping');
 * for (const open of [a, b, reader, writer]) open.close();
 * ```
 */
export function sendFds(
  sock: Socket,
  buffers: Iterable<Bytes>,
  fds: Iterable<FileObject>,
  flags = 0,
  address?: AddressLike | null,
): number {
  checkIterable('fds', fds, 'descriptors');
  const numbers = Array.from(fds, (fd, i) => filenoOf(fd, 'fds', i));
  return sock.sendmsg(buffers, [[SOL_SOCKET, SCM_RIGHTS, descriptorBytes(numbers)]], flags, address);
}

/**
 * Receives bytes and descriptors, which are close-on-exec and yours to close.
 *
 * When a worker ends, the descriptors it received are closed; pass on a `fds.dup()` of one that must outlive it.
 *
 * If there is no room for some descriptors, the kernel closes them and sets MSG_CTRUNC in the flags.
 *
 * Linux: unix(7), SCM_RIGHTS. Python: `socket.recv_fds`.
 *
 * @param bufsize - bytes at most.
 * @param maxfds - descriptors at most.
 * @returns the bytes, the descriptors, the flags of the message and the sender's address.
 * @throws as `recvmsg()` does.
 */
export function recvFds<A extends Address>(
  sock: Socket<A>,
  bufsize: number,
  maxfds: number,
  flags = 0,
): [data: OwnBuffer, fds: number[], msgFlags: number, address: A] {
  checkInteger('maxfds', maxfds, 0, MOST);
  const [data, ancdata, msgFlags, address] = sock.recvmsg(bufsize, CMSG_LEN(4 * maxfds), flags);
  const rights = ancdata.filter(([level, type]) => level === SOL_SOCKET && type === SCM_RIGHTS);
  return [data, rights.flatMap(([, , bytes]) => descriptorsIn(bytes)), msgFlags, address];
}
