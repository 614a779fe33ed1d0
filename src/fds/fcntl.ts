/** fcntl(2) and ioctl(2): what a descriptor is asked and told. */
import { type Bytes, checkInteger, toBytes } from '../arguments.js';
import { check } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { native, type Result } from '../native.js';

/**
 * Bytes of the largest struct that a request can name. The kernel knows how many it writes, the caller may not: it
 * writes them here.
 */
const MOST_STRUCT = 16 * 1024;

const INT_MIN = -0x8000_0000;
const UINT_MAX = 0xffff_ffff;

/** Calls with a struct in memory that is large enough for any, and returns the bytes that stand there afterwards. */
function withStruct(bytes: Uint8Array, syscall: string, call: (struct: Buffer) => Result): [number, Buffer] {
  const struct = Buffer.alloc(Math.max(MOST_STRUCT, bytes.length));
  struct.set(bytes);
  const result = check(call(struct), syscall);
  return [result, struct.subarray(0, bytes.length)];
}

/**
 * Asks or tells something about a descriptor or its open file: a number with a number, a struct with a struct.
 *
 * Not guaranteed: that the object of the descriptor knows. `setblocking()` of a socket keeps its timeout right, F_SETFL
 * does not. What F_DUPFD returns is yours to close.
 *
 * Linux: fcntl(2). F_SETLKW blocks the thread. Python: `fcntl.fcntl`.
 *
 * @param cmd - `F_GETFL`, `F_SETPIPE_SZ`, ...
 * @param argument - 0 if left out; for a command that takes a struct, its bytes, which are not changed.
 * @returns what fcntl returns; given bytes, as many as the kernel left.
 * @throws {@link OSError} `EBADF`, `EINVAL`, ...; {@link ValueError} `ERR_INVALID_FD`, `ERR_OUT_OF_RANGE`;
 *   `TypeError` `ERR_INVALID_ARG_TYPE`.
 * @example
 * ```ts
 * import { F_GETFL, F_GETPIPE_SZ, F_SETPIPE_SZ, fcntl, O_NONBLOCK, pipe } from 'fd-selectors/fds';
 * const [reader, writer] = pipe();
 * assert.ok(fcntl(reader, F_GETFL) & O_NONBLOCK);
 * fcntl(writer, F_SETPIPE_SZ, 4096);
 * assert.equal(fcntl(writer, F_GETPIPE_SZ), 4096);
 * reader.close();
 * writer.close();
 * ```
 */
export function fcntl(fd: FileObject, cmd: number, argument?: number): number;
export function fcntl(fd: FileObject, cmd: number, argument: Bytes): Buffer;
export function fcntl(fd: FileObject, cmd: number, argument: number | Bytes = 0): number | Buffer {
  const descriptor = filenoOf(fd, 'fd');
  checkInteger('cmd', cmd);
  if (typeof argument === 'number') {
    checkInteger('argument', argument);
    return check(native.fcntl(descriptor, cmd, argument), 'fcntl');
  }
  const bytes = toBytes('argument', argument);
  return withStruct(bytes, 'fcntl', (struct) => native.fcntlBytes(descriptor, cmd, struct))[1];
}

/**
 * Makes a request of a device, and returns what ioctl returns. A struct is read from the bytes, and the kernel's answer
 * stands in them afterwards.
 *
 * Linux: ioctl(2). Python: `fcntl.ioctl`, which leaves immutable bytes as they are.
 *
 * @param request - `FIONREAD`, `TIOCGWINSZ`, ..., or what the headers of the device have; 32 bits, of either sign.
 * @param argument - 0 if left out, or the bytes of a struct, at least as many as the request has.
 * @throws {@link OSError} `ENOTTY` for a request that the device does not know, `EBADF`, `EINVAL`, ...;
 *   {@link ValueError} `ERR_INVALID_FD`, `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 * @example
 * ```ts
 * import { FIONREAD, ioctl, pipe } from 'fd-selectors/fds';
 * const [reader, writer] = pipe();
 * writer.write(Buffer.from('ping'));
 * const count = Buffer.alloc(4);
 * ioctl(reader, FIONREAD, count);
 * assert.equal(count.readInt32LE(), 4);
 * reader.close();
 * writer.close();
 * ```
 */
export function ioctl(fd: FileObject, request: number, argument: number | Bytes = 0): number {
  const descriptor = filenoOf(fd, 'fd');
  checkInteger('request', request, INT_MIN, UINT_MAX);
  if (typeof argument === 'number') {
    checkInteger('argument', argument);
    return check(native.ioctl(descriptor, request, argument), 'ioctl');
  }
  const bytes = toBytes('argument', argument);
  const call = (struct: Buffer) => native.ioctlBytes(descriptor, request, struct);
  const [result, answer] = withStruct(bytes, 'ioctl', call);
  bytes.set(answer);
  return result;
}
