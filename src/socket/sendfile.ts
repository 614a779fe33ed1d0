/** Sends a file over a stream: by sendfile(2), or else by reading and sending. */
import { fstatSync, readSync } from 'node:fs';
import { numberError, typeError } from '../arguments.js';
import { POLLOUT } from '../constants.js';
import { check, EAGAIN, EINTR, osError, ValueError } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { native } from '../native.js';
import { deadlineOf, FOREVER, type Seconds } from '../time.js';
import { SOCK_STREAM } from './constants/index.js';
import { Patience } from './polluntil.js';

/** The part of a socket that sending a file needs. */
export interface FileTarget {
  readonly type: number;
  fileno(): number;
  gettimeout(): Seconds | null;
  sendall(data: Uint8Array): void;
}

/** A file without a descriptor: `read` returns at most as many bytes as requested, and none at the end. */
export interface ReadableFile {
  /** Reads at most `size` bytes: none, or `null`, at the end. */
  read(size: number): Uint8Array | null;
}

/** The most that one call sends, so that any count fits an int. */
const MOST_AT_ONCE = 2 ** 30;
const CHUNK = 8192;

function checkArguments(sock: FileTarget, offset: number, count: number | null): void {
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw numberError('ERR_OUT_OF_RANGE', 'offset', 'a non-negative integer', offset);
  }
  if (count !== null && !(Number.isSafeInteger(count) && count > 0)) {
    throw numberError('ERR_OUT_OF_RANGE', 'count', 'a positive integer', count);
  }
  if (sock.type !== SOCK_STREAM) {
    throw new ValueError('ERR_INVALID_SOCKET_TYPE', 'Only sockets of type SOCK_STREAM can send a file');
  }
  if (sock.gettimeout() === 0) {
    throw new ValueError(
      'ERR_INVALID_SOCKET_TYPE',
      'A non-blocking socket cannot send a file: it would have to wait',
    );
  }
}

/** The file's size; `null` where sendfile(2) is not worth trying. */
function sizeOf(fd: number): number | null {
  try {
    return fstatSync(fd).size;
  } catch {
    return null;
  }
}

/** Sends with sendfile(2), and returns the number of bytes; `null`, with nothing sent, where that is not possible. */
function sendWithKernel(sock: FileTarget, fd: number, offset: number, count: number | null): number | null {
  const size = sizeOf(fd);
  if (size === null) return null;
  if (size === 0) return 0;
  const block = Math.min(count ?? size, MOST_AT_ONCE);
  const wait = sock.gettimeout() ?? FOREVER;
  let sent = 0;
  const waits = () => new Patience(sock.fileno(), POLLOUT, deadlineOf(wait));
  let patience = waits();
  try {
    for (;;) {
      const room = count === null ? block : Math.min(count - sent, block);
      if (room <= 0) return sent;
      check(patience.wait(), 'sendfile');
      const result = native.sendfile(sock.fileno(), fd, offset + sent, room);
      if (result === 0) return sent;
      if (result > 0) {
        sent += result;
        patience = waits();
      } else if (result !== -EAGAIN && result !== -EINTR) {
        if (sent === 0) return null;
        throw osError(result, 'sendfile');
      }
    }
  } finally {
    // As in Python. A file that cannot seek is left as it is.
    if (sent > 0) native.lseek(fd, offset + sent);
  }
}

/** The bytes of a file, piece by piece. */
function readerOf(file: FileObject | ReadableFile, offset: number): (size: number) => Uint8Array | null {
  if (
    typeof file === 'object' &&
    file !== null &&
    'read' in file &&
    typeof file.read === 'function' &&
    !('fd' in file)
  ) {
    if (offset > 0)
      throw new ValueError(
        'ERR_OUT_OF_RANGE',
        'The "offset" argument must be 0 for a file that only has read()',
      );
    const { read } = file;
    return (size) => read.call(file, size);
  }
  const fd = filenoOf(file as FileObject);
  if (offset > 0) check(native.lseek(fd, offset), 'lseek');
  return (size) => {
    const buffer = Buffer.alloc(size);
    return buffer.subarray(0, readSync(fd, buffer, 0, size, null));
  };
}

/** Sends by reading, from the current position if no offset is given. */
function sendByReading(
  sock: FileTarget,
  file: FileObject | ReadableFile,
  offset: number,
  count: number | null,
): number {
  const read = readerOf(file, offset);
  let sent = 0;
  while (count === null || sent < count) {
    const data = read(count === null ? CHUNK : Math.min(count - sent, CHUNK));
    if (data === null || data.length === 0) break;
    sock.sendall(data);
    sent += data.length;
  }
  return sent;
}

/** A descriptor, if the file has one. */
function descriptorOf(file: FileObject | ReadableFile): number | null {
  if (typeof file === 'number') return filenoOf(file);
  const has = typeof file === 'object' && file !== null && ('fileno' in file || 'fd' in file);
  if (has) return filenoOf(file as FileObject);
  if (typeof file === 'object' && file !== null && 'read' in file) return null;
  throw typeError('file', 'a descriptor, or an object with fileno(), fd or read()', file);
}

/** See `Socket.sendfile`. */
export function sendfile(
  sock: FileTarget,
  file: FileObject | ReadableFile,
  offset: number,
  count: number | null,
): number {
  checkArguments(sock, offset, count);
  const fd = descriptorOf(file);
  const sent = fd === null ? null : sendWithKernel(sock, fd, offset, count);
  return sent ?? sendByReading(sock, file, offset, count);
}
