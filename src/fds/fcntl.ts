/** fcntl(2) and ioctl(2). */
import { type Bytes, checkInteger, toBytes } from '../arguments.js';
import { check } from '../errors.js';
import { type FileObject, filenoOf } from '../fileno.js';
import { native, type Result } from '../native.js';

/**
 * The size of the largest struct that a request can name. The kernel knows how much it writes, the caller may not, so
 * it writes them here.
 */
const MOST_STRUCT = 16 * 1024;

const INT_MIN = -0x8000_0000;
const UINT_MAX = 0xffff_ffff;

/** Calls with a struct in memory that is large enough for any, and returns the bytes that it contains afterwards. */
function withStruct(bytes: Uint8Array, syscall: string, call: (struct: Buffer) => Result): [number, Buffer] {
  const struct = Buffer.alloc(Math.max(MOST_STRUCT, bytes.length));
  struct.set(bytes);
  const result = check(call(struct), syscall);
  return [result, struct.subarray(0, bytes.length)];
}

/**
 * Queries or changes a descriptor or its open file. The argument and the result are numbers or structs.
 *
 * Not guaranteed: that an object that owns the descriptor notices. A socket's `setblocking()` updates its timeout,
 * F_SETFL does not. The descriptor that F_DUPFD returns is yours to close.
 *
 * Linux: fcntl(2). F_SETLKW blocks the thread. Python: `fcntl.fcntl`.
 *
 * @param cmd - `F_GETFL`, `F_SETPIPE_SZ`, ...
 * @param argument - 0 by default; for a command that takes a struct, its bytes, which are not modified.
 * @returns what fcntl returns; if bytes were passed, as many, as the kernel left them.
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
 * Sends a request to a device, and returns what ioctl returns. A struct is read from the bytes, and the kernel's answer
 * overwrites them.
 *
 * Linux: ioctl(2). Python: `fcntl.ioctl`, which leaves immutable bytes as they are.
 *
 * @param request - `FIONREAD`, `TIOCGWINSZ`, ..., or a number from the device's headers; 32 bits, signed or unsigned.
 * @param argument - 0 by default, or the bytes of a struct, at least as many as the request needs.
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
